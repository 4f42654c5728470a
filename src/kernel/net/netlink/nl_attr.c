/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of netlink messages. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "net/netlink/nl_priv.h"

void
nl_put_ip(struct nl_out *o, uint16_t type, const struct inaddr *ip)
{
	uint32_t v4;

	if (inaddr_is_v4(ip)) {
		v4 = htonl(inaddr_v4_of(ip));
		mnl_attr_put(o->message, type, sizeof v4, &v4);
	} else {
		mnl_attr_put(o->message, type, sizeof ip->ip, ip->ip);
	}
}

static int
keep(const struct nlattr *attr, void *arg)
{
	struct nl_attrs *a = arg;
	uint16_t type = mnl_attr_get_type(attr);

	if (type < NL_ATTRS_MAX)
		a->at[type] = attr;
	return MNL_CB_OK;
}

const void *
nl_payload(const struct nlmsghdr *h, size_t size)
{
	return mnl_nlmsg_get_payload_len(h) < size ? NULL : mnl_nlmsg_get_payload(h);
}

const void *
nl_parse(const struct nlmsghdr *h, size_t size, struct nl_attrs *ret)
{
	const void *fixed = nl_payload(h, size);

	memset(ret, 0, sizeof *ret);
	return fixed != NULL && mnl_attr_parse(h, (unsigned)size, keep, ret) < 0 ? NULL : fixed;
}

int
nl_parse_bytes(const void *bytes, size_t len, struct nl_attrs *ret)
{
	memset(ret, 0, sizeof *ret);
	return mnl_attr_parse_payload(bytes, len, keep, ret) < 0 ? EINVAL : 0;
}

int
nl_parse_nested(const struct nlattr *attr, struct nl_attrs *ret)
{
	memset(ret, 0, sizeof *ret);
	return attr != NULL && mnl_attr_parse_nested(attr, keep, ret) < 0 ? EINVAL : 0;
}

int
nl_get_ip(const struct nlattr *attr, int family, struct inaddr *ret)
{
	bool v4 = family == AF_INET;
	uint32_t ip;

	*ret = inaddr_any(v4);
	if (attr == NULL)
		return 0;
	if (mnl_attr_get_payload_len(attr) != (v4 ? sizeof ip : sizeof ret->ip))
		return EINVAL;
	if (v4) {
		memcpy(&ip, mnl_attr_get_payload(attr), sizeof ip);
		*ret = inaddr_v4(ntohl(ip), 0);
	} else {
		memcpy(ret->ip, mnl_attr_get_payload(attr), sizeof ret->ip);
	}
	return 0;
}

int
nl_get_u32(const struct nlattr *attr, uint32_t otherwise, uint32_t *ret)
{
	*ret = otherwise;
	if (attr == NULL)
		return 0;
	if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
		return EINVAL;
	*ret = mnl_attr_get_u32(attr);
	return 0;
}

int
nl_get_text(const struct nlattr *attr, char *ret, size_t size)
{
	size_t len = mnl_attr_get_payload_len(attr);

	len = strnlen(mnl_attr_get_payload(attr), len);
	if (len == 0 || len >= size)
		return EINVAL;
	memcpy(ret, mnl_attr_get_payload(attr), len);
	ret[len] = '\0';
	return 0;
}

int
nl_get_name(const struct nlattr *attr, char ret[16])
{
	return nl_get_text(attr, ret, 16);
}
