# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# A network of machines for a script of tests/long/network: on the host they are network namespaces, else rump kernels.
#
#   machines.sh host|rump flat|routed MACHINES SCRIPT
#
# flat: all on one Ethernet, with the addresses 10.0.0.N and fd00::N. routed: each on its own, a router between
# them; what the script calls 10.0.0.N and fd00::N is 10.0.N.1 and fd00:N::1 then.
#
# Started in namespaces of its own (tests/lib/machines.bash), so that nothing reaches the machine's interfaces, and
# all processes end with this one. Scripts see the functions below, $SCRATCH, and $D: a directory that is
# another one in each machine, for rump kernels below /rump.

world=$1 topology=$2 machines=$3 script=$4

# The processes that hold the namespaces of the machines.
holders=()

plan() {
	if [ "$topology" = flat ]; then
		address=10.0.0.$1 address6=fd00::$1 bus=all
	else
		address=10.0.$1.1 address6=fd00:$1::1 bus=$1 router=10.0.$1.254 router6=fd00:$1::254
	fi
}

host_machines() {
	local i

	D=$SCRATCH/w
	mkdir "$D"
	ip link add bridge0 type bridge && ip link set bridge0 up
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	for ((i = 1; i <= machines; i++)); do
		# shellcheck disable=SC2016
		unshare -nm sh -c 'mount -t tmpfs tmpfs "$0" && : >"$0/.here" && exec sleep infinity' "$D" &
		holders[i]=$!
		until [ -e "/proc/$!/root$D/.here" ]; do :; done
		rm "/proc/$!/root$D/.here"
		plan "$i"
		ip link add "v$i" type veth peer name eth0 netns "$!" || return
		nsenter -n -t "$!" sh -c "ip link set lo up; ip link set eth0 up
			ip addr add $address/24 dev eth0; ip addr add $address6/64 dev eth0 nodad"
		host_uplink "$i" "$!" || return
	done
}

host_uplink() {
	ip link set "v$1" up || return
	if [ "$topology" = flat ]; then
		ip link set "v$1" master bridge0
	else
		ip addr add "$router/24" dev "v$1" && ip addr add "$router6/64" dev "v$1" nodad &&
			nsenter -n -t "$2" sh -c "ip route add default via $router; ip route add default via $router6"
	fi
}

rump_machines() {
	local i gw ports=()

	D=/rump/w
	for ((i = 1; i <= machines; i++)); do
		plan "$i"
		gw=
		if [ "$topology" = routed ]; then
			gw=,gw=$router,gw=$router6
			ports+=(--net "bus=$bus,addr=$router/24,addr=$router6/64,router")
		fi
		rump_server --net "bus=$bus,addr=$address/24,addr=$address6/64$gw" "unix://$SCRATCH/kernel$i" || return
		on "$i" mkdir "$D"
	done
	[ "$topology" = flat ] || rump_server "${ports[@]}" "unix://$SCRATCH/kernel0"
}

rump_halt() {
	local kernel

	for kernel in "$SCRATCH"/kernel*; do
		RUMP_SERVER=unix://$kernel timeout 10 rump.halt || echo "${kernel##*/} was not halted"
	done
}

# on N COMMAND...: in that machine.
on() {
	if [ "$world" = host ]; then
		nsenter -m -n "--wd=$PWD" -t "${holders[$1]}" "${@:2}"
	else
		env RUMP_SERVER="unix://$SCRATCH/kernel$1" LD_PRELOAD="$RUMPHIJACK_LIB" "${@:2}"
	fi
}

# on_bg N COMMAND...: leaves it running there; its process is $!. (No function in the background: that would
# be a process between.)
on_bg() {
	if [ "$world" = host ]; then
		nsenter -m -n "--wd=$PWD" -t "${holders[$1]}" "${@:2}" </dev/null &
	else
		RUMP_SERVER=unix://$SCRATCH/kernel$1 LD_PRELOAD=$RUMPHIJACK_LIB "${@:2}" </dev/null &
	fi
}

# until_open N ADDRESS PORT, until_udp N PORT: until a program of that machine gets through; until it is bound.
until_open() {
	until on "$1" nc -z "$2" "$3" 2>/dev/null; do :; done
}

until_udp() {
	until on "$1" ss -uln | grep -q ":$2 "; do :; done
}

# stop PID...: ends background processes, says nothing about it.
stop() {
	kill "$@" 2>/dev/null
	wait "$@" 2>/dev/null || :
}

# A certificate for machine 1, and random bytes.
make_certificate() {
	plan 1
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=one -addext "subjectAltName=IP:$address,IP:$address6" -days 9 \
		-keyout key -out crt 2>/dev/null
}

make_random() {
	head -c "$2" /dev/urandom >"$1"
}

ip link set lo up
cd "$SCRATCH" && "${world}_machines" || exit
cp "$script" script
[ "$topology" = flat ] || sed -i 's/10\.0\.0\.\([0-9]\)/10.0.\1.1/g; s/fd00::\([0-9]\)/fd00:\1::1/g' script
export D SCRATCH
status=0
# shellcheck disable=SC1091
(. "$SCRATCH/script") || status=$?
echo "exit status $status"
[ "$world" = host ] || rump_halt
