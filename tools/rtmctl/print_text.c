// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the user sees as text.
 *
 * How this file works: every object is one line of fields, in an order that does
 * not depend on the values.  On a terminal fields are padded so that they stand in
 * columns; elsewhere one space separates them, for cut and awk.  Widths are fixed
 * because a table is printed while it is read.
 *
 * Prefixes are written as "ip route" writes them: "default", and a host without its
 * length.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parse.h"
#include "print.h"

static int pending;	/* spaces before the next field, -1 at the start of a line */
static bool in_line;

static bool aligned(void)
{
	static int terminal = -1;

	if (terminal < 0)
		terminal = isatty(STDOUT_FILENO);
	return terminal;
}

void line_field(int width, const char *format, ...)
{
	va_list ap;
	int n;

	if (in_line)
		printf("%*s", pending, "");
	va_start(ap, format);
	n = vprintf(format, ap);
	va_end(ap);
	pending = aligned() && n < width ? width - n + 1 : 1;
	in_line = true;
}

void line_end(void)
{
	putchar('\n');
	in_line = false;
}

void line_prefix(const struct rtm_net_prefix *p)
{
	char buf[PREFIX_TEXT];

	line_field(p->family == AF_INET6 ? 24 : 18, "%s", prefix_text(buf, sizeof(buf), p));
}

void line_entity(const struct rtm_entity_id *id)
{
	char buf[96];

	line_field(17, "%s", entity_text(buf, sizeof(buf), id));
}

const char *address_text(char *buf, size_t size, const struct rtm_net_prefix *p)
{
	if (!inet_ntop(p->family, p->addr, buf, (socklen_t)size))
		snprintf(buf, size, "?");
	return buf;
}

const char *prefix_text(char *buf, size_t size, const struct rtm_net_prefix *p)
{
	size_t n;

	if (!p->len) {
		snprintf(buf, size, "default");
		return buf;
	}
	address_text(buf, size, p);
	n = strlen(buf);
	if (p->len != address_bits(p->family))
		snprintf(buf + n, size - n, "/%u", p->len);
	return buf;
}

/* "ucast,mcast"; bits without a word as a number; empty for none. */
const char *words_text(char *buf, size_t size, const struct name *names, uint32_t bits)
{
	const char *comma = "";
	size_t n = 0;

	buf[0] = '\0';
	for (; names->name && n < size; names++) {
		if (!(bits & names->value))
			continue;
		n += (size_t)snprintf(buf + n, size - n, "%s%s", comma, names->name);
		bits &= ~names->value;
		comma = ",";
	}
	if (bits && n < size)
		snprintf(buf + n, size - n, "%s0x%x", comma, bits);
	return buf;
}

/* A vendor's protocol reads better in hexadecimal. */
const char *protocol_text(char *buf, size_t size, uint32_t protocol)
{
	const char *name = name_of(protocol_names, protocol);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, protocol > UINT16_MAX ? "0x%x" : "%u", protocol);
	return buf;
}

/* As it is typed: "proto bgp id 1", with the instance if it is not 0. */
const char *entity_text(char *buf, size_t size, const struct rtm_entity_id *id)
{
	char protocol[24], instance[24] = "";

	if (id->instance)
		snprintf(instance, sizeof(instance), " instance %u", id->instance);
	snprintf(buf, size, "proto %s id %u%s",
		 protocol_text(protocol, sizeof(protocol), id->protocol), id->id, instance);
	return buf;
}

/* Remembers names: asking costs a system call, and tables are long. */
const char *interface_text(uint32_t ifindex)
{
	static struct {
		uint32_t ifindex;
		char name[IF_NAMESIZE];
	} known[64];
	size_t slot = ifindex % ARRAY_SIZE(known);

	if (known[slot].ifindex != ifindex || !known[slot].name[0]) {
		known[slot].ifindex = ifindex;
		if (!if_indextoname(ifindex, known[slot].name))
			snprintf(known[slot].name, IF_NAMESIZE, "if%u", ifindex);
	}
	return known[slot].name;
}

const char *family_text(int family)
{
	return family == AF_INET6 ? "inet6" : "inet";
}

/* The name of a thread's program, or "?" when it is gone or in another namespace. */
void process_text(char *buf, size_t size, int pid, int tid)
{
	char path[64];
	FILE *file;

	snprintf(buf, size, "?");
	if (pid <= 0)
		return;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(buf, (int)size, file))
		buf[strcspn(buf, "\n")] = '\0';
	fclose(file);
}
