# SPDX-License-Identifier: GPL-2.0-only
#
# What the trie of the kernel module needs to be compiled for user space; to be included
# with TOP and OUT set.
#
# How this file works: the kernel headers its sources include are one-line files made
# here, all of which include shim.h.

TRIE_SHIM := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
TRIE_SOURCES := $(addprefix $(TOP)/,rtm_trie.c rtm_trie_node.c rtm_prefix.c) \
	$(TRIE_SHIM)/shim.c
TRIE_HEADERS := $(wildcard $(TOP)/include/rtm_trie*.h $(TOP)/include/rtm_prefix.h) \
	$(TRIE_SHIM)/shim.h

KERNEL_HEADERS := asm/byteorder kunit/visibility $(addprefix linux/,align bitops \
	build_bug cache compiler export gfp kernel lockdep math minmax mm mutex \
	rcupdate refcount sched slab socket string)

CPPFLAGS := -D_GNU_SOURCE -I$(TRIE_SHIM) -I$(OUT)/include -I$(TOP)/include -I$(TOP) \
	-I$(TOP)/uapi

$(OUT)/include.stamp: $(TRIE_SHIM)/kernel.mk
	rm -rf $(OUT)/include && mkdir -p $(OUT)
	for h in $(KERNEL_HEADERS); do \
		mkdir -p $$(dirname $(OUT)/include/$$h) && \
		echo '#include "shim.h"' >$(OUT)/include/$$h.h || exit; \
	done
	touch $@
