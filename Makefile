# SPDX-License-Identifier: GPL-2.0-only
#
# For people; kbuild reads Kbuild instead.
#
# How this file works: it only says what is where.  The module is compiled by the
# headers in KDIR, library and command by tools/Makefile, tests and checks by the
# scripts they are named after.  "make help" prints the lines marked with two hashes.

top := $(CURDIR)

# DKMS names the kernel it wants by KERNELRELEASE
ifneq ($(KERNELRELEASE),)
KDIR ?= /lib/modules/$(KERNELRELEASE)/build
endif
KDIR ?= $(shell $(top)/tools/scripts/kdir.sh)
PREFIX ?= /usr/local
export PREFIX DESTDIR

ifneq ($(V),1)
MAKEFLAGS += --no-print-directory
quiet := -s
endif

kbuild = $(if $(KDIR),,$(error no kernel headers found: install linux-headers-amd64 or give KDIR=)) \
	$(MAKE) $(quiet) -C $(KDIR) M=$(top)

all: modules tools ## rtm.ko, library and command (default)

modules: ## rtm.ko, for the kernel headers in KDIR=
	$(kbuild) modules

tools: ## librtm and rtmctl
	$(MAKE) -C tools

install: ## library, headers, pkg-config file, rtmctl, man pages (PREFIX= DESTDIR=)
	$(MAKE) -C tools install

# Debian's kernels have signed modules, and headers without the key.
unsigned = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)

modules_install: modules ## rtm.ko into /lib/modules (DESTDIR=)
	$(kbuild) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates $(unsigned) modules_install

clean: ## remove what was built here; kernels stay in the cache
	$(if $(KDIR),$(kbuild) clean)
	$(MAKE) -C tools clean
	rm -rf build

setup: ## install the Debian packages that check and demo need
	tools/scripts/setup.sh check

demo: ## a story in a virtual machine with Debian's kernel (TABLE=file)
	tools/scripts/setup.sh demo
	tools/demo/demo.sh

vm: ## a shell in that machine, module loaded, two interfaces up
	tools/scripts/setup.sh demo
	tools/testing/qemu/shell.sh

check: ## everything below except check-long (about an hour on two cores)
	tools/scripts/check.sh all

check-static: ## warnings, sparse, checkpatch, kernel-doc, shellcheck and friends
	tools/scripts/check.sh static

check-kunit: ## KUnit suites on the debug kernel
	tools/scripts/check.sh kunit

check-selftests: ## selftests and scenarios on Debian's kernel and on the debug kernel
	tools/scripts/check.sh selftests

check-kernels: ## compile for 6.1 and 6.12, selftests and scenarios on both Debian kernels
	tools/scripts/check.sh kernels

check-long: ## selftests on two CPUs, with scenarios on PREEMPT_RT, full tables, libFuzzer
	tools/scripts/check.sh long

bench: ## the trie with full tables: counts and times, in user space and beside the kernel's
	tools/scripts/setup.sh check
	tools/bench/bench.sh

help: ## this list
	@sed -n 's/^\([a-z_-]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | expand -t 20
	@echo
	@echo '  V=1 shows commands, KDIR= names kernel headers, KERNELRELEASE= a kernel'
	@echo '  RTM_CACHE= says where the test machines'\'' kernels are kept (~/.cache/rtm)'

.PHONY: all modules tools install modules_install clean setup demo vm help
.PHONY: check check-static check-kunit check-selftests check-kernels check-long bench
