/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routing tables as text.
 */
#ifndef TRIE_TABLE_H
#define TRIE_TABLE_H

#include "rtm_prefix.h"

/**
 * table_read_line() - the next prefix of a table on standard input
 * @p: out: the prefix
 * @bits: width of its addresses, 32 or 128
 *
 * Lines are "prefix/length", and what follows a space does not matter.
 *
 * Return: whether there was one; anything else ends the program.
 */
bool table_read_line(struct rtm_prefix *p, unsigned int bits);

#endif /* TRIE_TABLE_H */
