/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classic BPF: checking filters and running them, as socket(7) and Linux's filter documentation
 * have it.  A load from outside of the frame rejects it.
 */
#include <errno.h>
#include <string.h>

#include "net/ifnet.h"
#include "net/packet/packet_priv.h"

/* --- checking --- */

/* Are the operands of this instruction possible?  `left`: how many come after it. */
static bool
is_possible(const struct sock_filter *i, size_t left)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
	case BPF_LDX:
		return BPF_MODE(i->code) != BPF_MEM || i->k < BPF_MEMWORDS;
	case BPF_ST:
	case BPF_STX:
		return i->k < BPF_MEMWORDS;
	case BPF_ALU:
		if (BPF_SRC(i->code) == BPF_X)
			return true;
		if (BPF_OP(i->code) == BPF_DIV || BPF_OP(i->code) == BPF_MOD)
			return i->k != 0;
		return (BPF_OP(i->code) != BPF_LSH && BPF_OP(i->code) != BPF_RSH) || i->k < 32;
	case BPF_JMP:
		return BPF_OP(i->code) == BPF_JA ? i->k < left : i->jt < left && i->jf < left;
	default:
		return true;
	}
}

/* Is there such an instruction? */
static bool
is_known(uint16_t code)
{
	unsigned size = BPF_SIZE(code), mode = BPF_MODE(code), op = BPF_OP(code);

	switch (BPF_CLASS(code)) {
	case BPF_LD:
		if (mode == BPF_ABS || mode == BPF_IND)
			return code < 0x60 && (size == BPF_W || size == BPF_H || size == BPF_B);
		return size == BPF_W && (mode == BPF_IMM || mode == BPF_MEM || mode == BPF_LEN);
	case BPF_LDX:
		return (size == BPF_W && (mode == BPF_IMM || mode == BPF_MEM || mode == BPF_LEN)) ||
		       (size == BPF_B && mode == BPF_MSH);
	case BPF_ST:
	case BPF_STX:
		return code == BPF_ST || code == BPF_STX;
	case BPF_ALU:
		return op <= BPF_XOR && (op != BPF_NEG || BPF_SRC(code) == BPF_K);
	case BPF_JMP:
		return op <= BPF_JSET && (op != BPF_JA || BPF_SRC(code) == BPF_K);
	case BPF_RET:
		return BPF_RVAL(code) == BPF_K || BPF_RVAL(code) == BPF_A;
	case BPF_MISC:
		return BPF_MISCOP(code) == BPF_TAX || BPF_MISCOP(code) == BPF_TXA;
	default:
		return false;
	}
}

int
bpf_check(const struct sock_filter *code, size_t n)
{
	if (n == 0 || n > BPF_MAXINSNS)
		return EINVAL;
	for (size_t i = 0; i < n; i++)
		if (!is_known(code[i].code) || !is_possible(&code[i], n - i - 1))
			return EINVAL;
	return BPF_CLASS(code[n - 1].code) == BPF_RET ? 0 : EINVAL;
}

/* --- running --- */

struct machine {
	const struct packet_frame *f;
	const uint8_t *bytes;
	size_t len;
	uint32_t a, x, memory[BPF_MEMWORDS];
};

/* What Linux knows of a packet besides its bytes. */
static bool
load_known(struct machine *m, uint32_t what)
{
	switch (what) {
	case SKF_AD_PROTOCOL:
		m->a = m->f->protocol;
		return true;
	case SKF_AD_PKTTYPE:
		m->a = m->f->type;
		return true;
	case SKF_AD_IFINDEX:
		m->a = (uint32_t)m->f->ifp->index;
		return true;
	case SKF_AD_HATYPE:
		m->a = m->f->ifp->type;
		return true;
	case SKF_AD_ALU_XOR_X:
		m->a ^= m->x;
		return true;
	default: /* no VLAN, no mark, no queue, ... */
		m->a = 0;
		return what < SKF_AD_MAX;
	}
}

static bool
load(struct machine *m, unsigned size, uint32_t at)
{
	const uint8_t *from = m->bytes;
	size_t len = m->len;
	unsigned n = size == BPF_W ? 4 : size == BPF_H ? 2 : 1;

	if (at >= (uint32_t)SKF_AD_OFF && at < (uint32_t)SKF_AD_OFF + SKF_AD_MAX)
		return load_known(m, at - (uint32_t)SKF_AD_OFF);
	if (at >= (uint32_t)SKF_NET_OFF) {
		from = m->f->bytes + ETHER_HEADER;
		len = m->f->len - ETHER_HEADER;
		at -= (uint32_t)SKF_NET_OFF;
	} else if (at >= (uint32_t)SKF_LL_OFF) {
		from = m->f->bytes + m->f->ifp->hidden;
		len = m->f->len - m->f->ifp->hidden;
		at -= (uint32_t)SKF_LL_OFF;
	}
	if (at >= len || len - at < n)
		return false;
	m->a = 0;
	for (unsigned i = 0; i < n; i++)
		m->a = m->a << 8 | from[at + i];
	return true;
}

static bool
load_a(struct machine *m, const struct sock_filter *i)
{
	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		return load(m, BPF_SIZE(i->code), i->k);
	case BPF_IND:
		return load(m, BPF_SIZE(i->code), m->x + i->k);
	case BPF_LEN:
		m->a = (uint32_t)m->len;
		return true;
	case BPF_MEM:
		m->a = m->memory[i->k];
		return true;
	default:
		m->a = i->k;
		return true;
	}
}

static bool
load_x(struct machine *m, const struct sock_filter *i)
{
	uint32_t a = m->a;

	switch (BPF_MODE(i->code)) {
	case BPF_MSH: /* the length of an IP header */
		if (!load(m, BPF_B, i->k))
			return false;
		m->x = (m->a & 0xf) << 2;
		m->a = a;
		return true;
	case BPF_LEN:
		m->x = (uint32_t)m->len;
		return true;
	case BPF_MEM:
		m->x = m->memory[i->k];
		return true;
	default:
		m->x = i->k;
		return true;
	}
}

static bool
compute(struct machine *m, uint16_t code, uint32_t by)
{
	switch (BPF_OP(code)) {
	case BPF_ADD:
		m->a += by;
		return true;
	case BPF_SUB:
		m->a -= by;
		return true;
	case BPF_MUL:
		m->a *= by;
		return true;
	case BPF_DIV:
		m->a = by == 0 ? 0 : m->a / by;
		return by != 0;
	case BPF_MOD:
		m->a = by == 0 ? 0 : m->a % by;
		return by != 0;
	case BPF_AND:
		m->a &= by;
		return true;
	case BPF_OR:
		m->a |= by;
		return true;
	case BPF_XOR:
		m->a ^= by;
		return true;
	case BPF_LSH:
		m->a = m->a << (by & 31);
		return true;
	case BPF_RSH:
		m->a = m->a >> (by & 31);
		return true;
	default:
		m->a = -m->a;
		return true;
	}
}

static bool
compare(const struct machine *m, uint16_t code, uint32_t with)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return m->a == with;
	case BPF_JGT:
		return m->a > with;
	case BPF_JGE:
		return m->a >= with;
	default:
		return (m->a & with) != 0;
	}
}

uint32_t
bpf_run(
    const struct sock_filter *code, const struct packet_frame *f, const uint8_t *bytes, size_t len)
{
	struct machine m = {.f = f, .bytes = bytes, .len = len};
	const struct sock_filter *i;
	uint32_t k;
	bool good = true;

	for (i = code; good; i++) {
		k = BPF_SRC(i->code) == BPF_X ? m.x : i->k;
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			good = load_a(&m, i);
			break;
		case BPF_LDX:
			good = load_x(&m, i);
			break;
		case BPF_ST:
			m.memory[i->k] = m.a;
			break;
		case BPF_STX:
			m.memory[i->k] = m.x;
			break;
		case BPF_ALU:
			good = compute(&m, i->code, k);
			break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_JA)
				i += i->k;
			else
				i += compare(&m, i->code, k) ? i->jt : i->jf;
			break;
		case BPF_RET:
			return BPF_RVAL(i->code) == BPF_A ? m.a : i->k;
		default:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				m.x = m.a;
			else
				m.a = m.x;
			break;
		}
	}
	return 0;
}
