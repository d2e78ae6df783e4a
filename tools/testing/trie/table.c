// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routing tables as text.
 *
 * How this file works: inet_pton() has the address in network byte order, from which the
 * two words of a key follow.
 */
#include "table.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <asm/byteorder.h>

bool table_read_line(struct rtm_prefix *p, unsigned int bits)
{
	unsigned char addr[16] = {};
	char line[128];
	char *slash;
	__be64 word;

	if (!fgets(line, sizeof(line), stdin))
		return false;
	slash = strchr(line, '/');
	if (!slash)
		abort();
	*slash = '\0';
	if (inet_pton(bits == 32 ? AF_INET : AF_INET6, line, addr) != 1)
		abort();
	memcpy(&word, addr, 8);
	p->key.hi = be64_to_cpu(word);
	memcpy(&word, addr + 8, 8);
	p->key.lo = be64_to_cpu(word);
	p->len = atoi(slash + 1);
	return true;
}
