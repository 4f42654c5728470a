# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Servers in node, php, ruby and java on the first machine, and clients in the same languages on the second.
make_random blob 3000000

cat >server.js <<'END'
const http = require('http'), net = require('net'), dgram = require('dgram'), fs = require('fs');
http.createServer((q, r) => {
	let n = 0;
	if (q.url === '/who') return r.end(`${q.socket.remoteAddress} ${q.socket.localAddress} ${q.socket.localPort}\n`);
	if (q.method !== 'POST') return fs.createReadStream('blob').pipe(r);
	q.on('data', d => n += d.length).on('end', () => r.end(`got ${n}\n`));
}).listen(8000, '::');
net.createServer(c => c.pipe(c)).listen(8001, '10.0.0.1');
const u = dgram.createSocket('udp4');
u.on('message', (m, r) => u.send('echo ' + m, r.port, r.address)).bind(8002);
END
cat >client.js <<'END'
const http = require('http'), net = require('net'), dgram = require('dgram');
const agent = new http.Agent({keepAlive: true, maxSockets: 4});
const get = url => new Promise((ok, no) => http.get(url, {agent}, r => {
	let n = 0;
	r.on('data', d => n += d.length).on('end', () => ok(n));
}).on('error', no));
const echo = () => new Promise(ok => {
	const c = net.connect(8001, '10.0.0.1', () => c.write('x'.repeat(300000)));
	let n = 0;
	c.on('data', d => (n += d.length) === 300000 && c.end()).on('close', () => ok(n));
});
const datagram = () => new Promise(ok => {
	const u = dgram.createSocket('udp4');
	u.on('message', m => { u.close(); ok('' + m); }).send('one', 8002, '10.0.0.1');
});
(async () => {
	for (const url of ['http://10.0.0.1:8000/b', 'http://[fd00::1]:8000/b'])
		console.log(await Promise.all([1, 2, 3, 4, 5, 6].map(() => get(url))));
	console.log(await echo(), await datagram());
	await get('http://10.0.0.1:9/').catch(e => console.log(e.code, e.syscall, e.address, e.port));
	agent.destroy();
})();
END
on_bg 1 node server.js
server=$!
until_open 1 10.0.0.1 8001
until_udp 1 8002
on 2 node client.js
on 2 curl -s http://10.0.0.1:8000/who 'http://[fd00::1]:8000/who'
on 2 curl -s --data-binary @blob http://10.0.0.1:8000/
stop $server

mkdir php
cp blob php
cat >php/who.php <<'END'
<?php echo $_SERVER["REMOTE_ADDR"], " ", strlen(file_get_contents("php://input")), "\n";
END
cat >client.php <<'END'
<?php
$s = stream_socket_client("tcp://10.0.0.1:8100", $e, $m, 5);
fwrite($s, "GET /who.php HTTP/1.0\r\n\r\n");
echo explode("\r\n\r\n", stream_get_contents($s))[1];
echo strlen(file_get_contents("http://10.0.0.1:8100/blob")), "\n";
var_dump(@stream_socket_client("tcp://10.0.0.1:9", $e, $m, 5));
echo "$e $m\n";
END
on_bg 1 php -S 10.0.0.1:8100 -t php >/dev/null 2>&1
server=$!
until_open 1 10.0.0.1 8100
on 2 curl -s http://10.0.0.1:8100/who.php
on 2 curl -s --data-binary @blob http://10.0.0.1:8100/who.php
for _ in 1 2 3 4 5 6 7 8; do on 2 curl -sS http://10.0.0.1:8100/blob | cmp - blob; done
on 2 php client.php
stop $server

cat >server.rb <<'END'
require 'socket'
listener = TCPServer.new('::', 8200)
Thread.new { Socket.udp_server_loop(8201) { |message, from| from.reply message.reverse } }
loop { Thread.new(listener.accept) { |c| while (line = c.gets); c.puts line.upcase; end; c.close } }
END
cat >client.rb <<'END'
require 'socket'
['10.0.0.1', 'fd00::1'].each do |address|
  s = TCPSocket.new(address, 8200)
  s.puts 'line'
  puts s.gets, s.remote_address.ip_port
  s.close_write
  p s.read
end
u = UDPSocket.new
u.connect('10.0.0.1', 8201)
u.send('abc', 0)
p u.recvfrom(10)[0]
threads = 10.times.map do |i|
  Thread.new do
    s = TCPSocket.new('10.0.0.1', 8200)
    50.times { |j| s.puts "l#{i}.#{j}"; raise unless s.gets == "L#{i}.#{j}\n" }
    s.close
    1
  end
end
p threads.sum(&:value)
begin
  TCPSocket.new('10.0.0.1', 9)
rescue SystemCallError => e
  puts e.class, e.message
end
END
on_bg 1 ruby server.rb
server=$!
until_open 1 10.0.0.1 8200
until_udp 1 8201
on 2 ruby client.rb
stop $server

cat >Server.java <<'END'
import com.sun.net.httpserver.*;
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.util.concurrent.Executors;

public class Server {
	static void answer(HttpExchange x, byte[] b) throws java.io.IOException {
		x.sendResponseHeaders(200, b.length);
		x.getResponseBody().write(b);
		x.close();
	}

	public static void main(String[] args) throws Exception {
		var http = HttpServer.create(new InetSocketAddress(8300), 0);
		http.createContext("/", x -> answer(x, new byte[2000000]));
		http.createContext("/who", x -> answer(x, (x.getRemoteAddress().getAddress().getHostAddress() + "\n").getBytes()));
		http.setExecutor(Executors.newFixedThreadPool(4));
		http.start();
		var selector = Selector.open();
		var listener = ServerSocketChannel.open();
		listener.bind(new InetSocketAddress(8301)).configureBlocking(false);
		listener.register(selector, SelectionKey.OP_ACCEPT);
		var b = ByteBuffer.allocate(65536);
		while (true) {
			selector.select();
			for (var key : selector.selectedKeys()) {
				if (key.isAcceptable()) {
					var c = listener.accept();
					c.configureBlocking(false);
					c.register(selector, SelectionKey.OP_READ);
					continue;
				}
				var c = (SocketChannel)key.channel();
				b.clear();
				if (c.read(b) < 0)
					c.close();
				for (b.flip(); c.isOpen() && b.hasRemaining();)
					c.write(b);
			}
			selector.selectedKeys().clear();
		}
	}
}
END
cat >Client.java <<'END'
import java.net.*;
import java.net.http.*;

public class Client {
	static <T> T get(HttpClient c, String url, HttpResponse.BodyHandler<T> h) throws Exception {
		return c.send(HttpRequest.newBuilder(URI.create(url)).build(), h).body();
	}

	public static void main(String[] args) throws Exception {
		var c = HttpClient.newHttpClient();
		for (var host : new String[] {"10.0.0.1", "[fd00::1]"})
			System.out.println(get(c, "http://" + host + ":8300/", HttpResponse.BodyHandlers.ofByteArray()).length);
		System.out.print(get(c, "http://10.0.0.1:8300/who", HttpResponse.BodyHandlers.ofString()));
		var s = new Socket("10.0.0.1", 8301);
		s.getOutputStream().write(new byte[50000]);
		s.shutdownOutput();
		System.out.println(s.getInputStream().readAllBytes().length + " " + s.getLocalAddress());
		try {
			new Socket("10.0.0.1", 9);
		} catch (ConnectException e) {
			System.out.println(e);
		}
		for (var n : java.util.Collections.list(NetworkInterface.getNetworkInterfaces()))
			System.out.println(n.getName() + " " + n.isUp() + " " + n.getMTU());
		System.out.println(InetAddress.getByName("10.0.0.1").isReachable(5000));
	}
}
END
javac Server.java Client.java
on_bg 1 java -cp . Server
server=$!
until_open 1 10.0.0.1 8301
on 2 java -cp . Client
stop $server
