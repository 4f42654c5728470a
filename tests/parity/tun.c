/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /dev/net/tun: what may be asked of it.  Packets through it are tun_packets.c's business.
 */
#include <net/if_arp.h>

#include "tun_help.h"

TEST(before)
{
	int fd = tun_open(0), n = 1;
	char bytes[100] = "E";
	struct ifreq r;

	TRY(read(fd, bytes, sizeof bytes));
	TRY(write(fd, bytes, sizeof bytes));
	TRY(ioctl(fd, TUNGETIFF, &r));
	TRY(ioctl(fd, TUNSETPERSIST, 1));
	TRY(ioctl(fd, TUNGETSNDBUF, &n));
	TRY(ioctl(fd, TUNGETIFF, tun_nowhere));
	TRY(ioctl(fd, TUNGETFEATURES, tun_nowhere));
	TRY(ioctl(fd, TUNSETIFF, tun_nowhere));
	TRY(ioctl(fd, TUNGETFEATURES, &n));
	SAY("features %x", n & (IFF_TUN | IFF_TAP | IFF_NO_PI | IFF_ONE_QUEUE));
	TRY(fcntl(fd, F_GETFL) & O_ACCMODE);
}

static void
try_interface(const char *name, int flags)
{
	struct ifreq r = tun_request(name, flags);
	int fd = tun_open(0), result = ioctl(fd, TUNSETIFF, &r);

	SAY("'%s' %x: %s '%s'", name, flags, result == 0 ? "0" : strerrorname_np(errno),
	    r.ifr_name);
	close(fd);
}

TEST(names)
{
	char name[IFNAMSIZ];
	int first = tun_make("", IFF_TUN, name), second = tun_make("", IFF_TUN | IFF_NO_PI, name);
	struct ifreq r = tun_request("other", IFF_TUN);

	SAY("%s", name);
	close(first);
	try_interface("", IFF_TUN);
	try_interface("", IFF_TAP);
	try_interface("vpn%d", IFF_TAP);
	try_interface("fifteen_letters", IFF_TUN);
	try_interface("a/b", IFF_TUN);
	try_interface(".", IFF_TUN);
	try_interface("x", 0);
	try_interface("x", IFF_NO_PI);
	try_interface("x", IFF_TUN | IFF_TAP);
	try_interface("lo", IFF_TUN);
	try_interface(name, IFF_TUN);
	try_interface(name, IFF_TAP);
	try_interface(name, IFF_TUN | IFF_TUN_EXCL);
	TRY(ioctl(second, TUNSETIFF, &r));
	TRY(ioctl(second, TUNSETIFF, tun_nowhere));
	SAY("%s is there: %d", name, tun_is_there(name));
	close(second);
	SAY("%s is there: %d", name, tun_is_there(name));
}

TEST(questions)
{
	char name[IFNAMSIZ];
	int fd = tun_make("q0", IFF_TUN | IFF_NO_PI, name), n = 7, zero = 0, tap;
	struct ifreq r;

	tun_about(fd);
	TRY(ioctl(fd, TUNSETPERSIST, 1));
	tun_about(fd);
	TRY(ioctl(fd, TUNSETPERSIST, 0));
	TRY(ioctl(fd, TUNGETSNDBUF, &n));
	SAY("%d", n);
	n = 5000;
	TRY(ioctl(fd, TUNSETSNDBUF, &n));
	TRY(ioctl(fd, TUNSETSNDBUF, &zero));
	TRY(ioctl(fd, TUNGETSNDBUF, &n));
	SAY("%d", n);
	TRY(ioctl(fd, TUNGETVNETHDRSZ, &n));
	SAY("%d", n);
	TRY(ioctl(fd, TUNSETVNETHDRSZ, &zero));
	TRY(ioctl(fd, TUNSETOFFLOAD, 0));
	TRY(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM));
	TRY(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6));
	TRY(ioctl(fd, TUNSETOFFLOAD, TUN_F_TSO4));
	TRY(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO_ECN));
	TRY(ioctl(fd, TUNSETOFFLOAD, 0x4000));
	TRY(ioctl(fd, TUNSETNOCSUM, 1));
	TRY(ioctl(fd, TUNSETDEBUG, 0));
	TRY(ioctl(fd, TUNSETTXFILTER, &n));
	TRY(ioctl(fd, TUNSETOWNER, -1));
	TRY(ioctl(fd, TUNSETIFINDEX, &n));
	TRY(ioctl(fd, _IO('T', 250), 0));
	memset(&r, 0xff, sizeof r);
	TRY(ioctl(fd, SIOCGIFHWADDR, &r));
	SAY("%x", r.ifr_hwaddr.sa_family);
	TRY(ioctl(fd, SIOCSIFHWADDR, &r));
	TRY(ioctl(fd, TUNSETLINK, ARPHRD_PPP));
	tun_up(name, true);
	TRY(ioctl(fd, TUNSETLINK, ARPHRD_NONE));
	r = tun_request(name, 0);
	TRY(tun_configure(SIOCGIFHWADDR, &r));
	SAY("%x", r.ifr_hwaddr.sa_family);
	tap = tun_make("q1", IFF_TAP | IFF_NO_PI, name);
	tun_about(tap);
	TRY(ioctl(tap, SIOCGIFHWADDR, &r));
	memcpy(r.ifr_hwaddr.sa_data, "\2\1\2\3\4\5", 6);
	TRY(ioctl(tap, SIOCSIFHWADDR, &r));
	r = tun_request(name, 0);
	TRY(tun_configure(SIOCGIFHWADDR, &r));
	SAY("%x %x", r.ifr_hwaddr.sa_family, r.ifr_hwaddr.sa_data[5]);
}

TEST(index)
{
	int fd = tun_open(0), n = 4711;
	struct ifreq r = tun_request("i0", IFF_TUN);

	TRY(ioctl(fd, TUNSETIFINDEX, &n));
	MUST(ioctl(fd, TUNSETIFF, &r));
	TRY(if_nametoindex("i0"));
}

/* Flags of an interface as everybody sees them.  That it has no carrier Linux says with some delay.
 */
static void
say_flags(const char *name)
{
	struct ifreq r = tun_request(name, 0);

	if (tun_configure(SIOCGIFFLAGS, &r) != 0)
		SAY("%s: %s", name, strerrorname_np(errno));
	else
		SAY("%s: %x", name, r.ifr_flags & ~IFF_RUNNING & 0xffff);
}

TEST(persistent)
{
	char name[IFNAMSIZ];
	int fd = tun_make("p0", IFF_TUN, name), n = 0;

	TRY(ioctl(fd, TUNSETPERSIST, 1));
	tun_up(name, true);
	say_flags(name);
	close(fd);
	say_flags(name);
	fd = tun_make("p0", IFF_TUN | IFF_NO_PI, name);
	say_flags(name);
	tun_about(fd);
	TRY(ioctl(fd, TUNSETCARRIER, &n));
	say_flags(name);
	try_interface("p0", IFF_TUN);
	TRY(ioctl(fd, TUNSETPERSIST, 0));
	close(fd);
	say_flags(name);
}

static void
as_other_user(const char *name)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct ifreq r = tun_request(name, IFF_TUN), made = tun_request("u9", IFF_TUN);
		int fd = tun_open(0);

		MUST(setegid(4711));
		MUST(seteuid(4711));
		TRY(ioctl(fd, TUNSETIFF, &made));
		TRY(ioctl(fd, TUNSETIFF, &r));
		exit(0);
	}
	MUST(waitpid(pid, NULL, 0));
}

TEST(owners)
{
	char name[IFNAMSIZ];
	int fd = tun_make("u0", IFF_TUN, name);

	MUST(ioctl(fd, TUNSETPERSIST, 1));
	close(fd);
	as_other_user(name);
	fd = tun_make("u0", IFF_TUN, name);
	TRY(ioctl(fd, TUNSETOWNER, 4712));
	close(fd);
	as_other_user(name);
	fd = tun_make("u0", IFF_TUN, name);
	TRY(ioctl(fd, TUNSETOWNER, 4711));
	close(fd);
	as_other_user(name);
	fd = tun_make("u0", IFF_TUN, name);
	TRY(ioctl(fd, TUNSETGROUP, 4712));
	close(fd);
	as_other_user(name);
	fd = tun_make("u0", IFF_TUN, name);
	TRY(ioctl(fd, TUNSETPERSIST, 0));
}

int
main(void)
{
	return parity_main();
}
