// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtm.conf: what is understood, what is refused and where, and who asks it.
 *
 * How this file works: each case is a file of its own in a directory of its own, which
 * the environment names to the library.  Errors are compared as "LINE: text", one a
 * line, so that one too many is seen as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rtmv2.h>
#include <librtm.h>

#include "conf.h"
#include "fake.h"

#define BGP	14
#define OSPF	13

static char dir[32];
static char path[sizeof(dir) + 16];
static char said[1024];

static void write_bytes(const char *text, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void write_file(const char *text)
{
	write_bytes(text, strlen(text));
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	setenv("RTM_CONF", path, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	setenv("RTM_CONF", "/nonexistent/rtm.conf", 1);
	return 0;
}

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/rtm-conf-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/rtm.conf", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static void report(void *ctx, unsigned int line, const char *text)
{
	size_t used = strlen(said);

	assert_ptr_equal(ctx, said);
	snprintf(said + used, sizeof(said) - used, "%u: %s\n", line, text);
}

static int load(struct rtmi_conf *conf)
{
	said[0] = '\0';
	return rtmi_conf_load(path, report, said, conf);
}

/* What the file says of an entity. */
static void expect(uint32_t protocol, uint32_t id, uint16_t instance, uint32_t flags,
		   uint32_t hold_ms)
{
	const struct rtm_entity_id name = {
		.family = AF_INET, .instance = instance, .protocol = protocol, .id = id,
	};
	struct rtm_crash_policy policy = { .flags = 0xcc, .hold_ms = 0xcc };

	assert_int_equal(rtm_conf_crash_policy(&name, &policy), 0);
	assert_int_equal(policy.flags, flags);
	assert_int_equal(policy.hold_ms, hold_ms);
}

/* As expect(), of a file that cannot be used: the error, and nothing of it. */
static void expect_failure(int error)
{
	const struct rtm_entity_id name = { .family = AF_INET, .protocol = BGP, .id = 1 };
	struct rtm_crash_policy policy = { .flags = 0xcc, .hold_ms = 0xcc };

	assert_int_equal(rtm_conf_crash_policy(&name, &policy), error);
	assert_int_equal(policy.flags, 0);
	assert_int_equal(policy.hold_ms, 0);
}

static void test_policies(void **state)
{
	(void)state;
	write_file("# a comment\n"
		   "; another one\n"
		   "\n"
		   "[protocol bgp]\n"
		   "crash = hold ; to the end of the line\n"
		   "hold-time=120\n"
		   "[protocol 13]\n"
		   "crash: keep\n"
		   "  [ protocol   rip ]\n"
		   "\tcrash = withdraw\n"
		   "[protocol 0xc137000e]\n"
		   "    hold-time = 86400\n"
		   "    crash = hold\n");
	expect(BGP, 1, 0, RTM_REQ_HOLD, 120000);
	expect(BGP, 7, 3, RTM_REQ_HOLD, 120000);
	expect(OSPF, 1, 0, RTM_REQ_KEEP, 0);
	expect(8, 1, 0, 0, 0);
	expect(9, 1, 0, 0, 0);
	expect(0xc137000e, 1, 0, RTM_REQ_HOLD, RTM_MAX_HOLD_MS);
}

static void test_closest(void **state)
{
	(void)state;
	write_file("[protocol bgp id 2 instance 1]\ncrash = hold\nhold-time = 4\n"
		   "[protocol bgp instance 1]\ncrash = hold\nhold-time = 2\n"
		   "[protocol bgp id 2]\ncrash = hold\nhold-time = 3\n"
		   "[protocol bgp]\ncrash = hold\nhold-time = 1\n"
		   "[default]\ncrash = keep\n"
		   "[protocol ospf instance 65535 id 4294967295]\ncrash = withdraw\n");
	expect(BGP, 1, 0, RTM_REQ_HOLD, 1000);
	expect(BGP, 1, 1, RTM_REQ_HOLD, 2000);
	expect(BGP, 2, 0, RTM_REQ_HOLD, 3000);
	expect(BGP, 2, 1, RTM_REQ_HOLD, 4000);
	expect(OSPF, 1, 0, RTM_REQ_KEEP, 0);
	expect(OSPF, 0xffffffff, 0xffff, 0, 0);
}

/* What editors of other systems write: a byte order mark, and lines with CR LF. */
static void test_other_editors(void **state)
{
	(void)state;
	write_file("\xef\xbb\xbf[protocol bgp]\t ; a comment\r\n"
		   "crash = hold\r\n"
		   "\r\n"
		   "\fhold-time = 5\r\n"
		   "\v[default] \r\n"
		   "crash = keep\r\n");
	expect(BGP, 1, 0, RTM_REQ_HOLD, 5000);
	expect(OSPF, 1, 0, RTM_REQ_KEEP, 0);
	write_file("\xef\xbb\xbf");
	expect(BGP, 1, 0, 0, 0);
}

/* What is there in parts, or by name and by number, is one section. */
static void test_parts(void **state)
{
	struct rtmi_conf conf;

	(void)state;
	write_file("[protocol bgp]\ncrash = hold\n"
		   "[protocol ospf]\ncrash = keep\n"
		   "[protocol 14]\nhold-time = 9");
	expect(BGP, 1, 0, RTM_REQ_HOLD, 9000);
	assert_int_equal(load(&conf), 0);
	assert_int_equal(conf.count, 2);
	assert_int_equal(conf.sections[0].line, 1);
	assert_int_equal(conf.sections[1].line, 3);
	rtmi_conf_free(&conf);
	assert_null(conf.sections);
}

static void test_nothing_to_say(void **state)
{
	(void)state;
	expect(BGP, 1, 0, 0, 0);
	write_file("");
	expect(BGP, 1, 0, 0, 0);
	write_file("# nothing but this");
	expect(BGP, 1, 0, 0, 0);
}

static const struct {
	const char *text;
	const char *errors;
} wrong[] = {
	{ "crash = keep\n", "1: there is no section before this key\n" },
	{ "[protocol bgp]\n", "1: this section has no key\n" },
	{ "\n[protocol bgp]\n[default]\ncrash = keep\n", "2: this section has no key\n" },
	{ "[protocol nobody]\ncrash = keep\nhold-time = 1\n",
	  "1: there is no section [protocol nobody]\n" },
	{ "[]\ncrash = keep\n", "1: there is no section []\n" },
	{ "[Protocol bgp]\ncrash = keep\n", "1: there is no section [Protocol bgp]\n" },
	{ "[protocol]\ncrash = keep\n", "1: there is no section [protocol]\n" },
	{ "[protocol bgp id]\ncrash = keep\n", "1: there is no section [protocol bgp id]\n" },
	{ "[protocol bgp id -1]\ncrash = keep\n",
	  "1: there is no section [protocol bgp id -1]\n" },
	{ "[protocol bgp id 4294967296]\ncrash = keep\n",
	  "1: there is no section [protocol bgp id 4294967296]\n" },
	{ "[protocol bgp instance 65536]\ncrash = keep\n",
	  "1: there is no section [protocol bgp instance 65536]\n" },
	{ "[protocol bgp id 1 id 1]\ncrash = keep\n",
	  "1: there is no section [protocol bgp id 1 id 1]\n" },
	{ "[protocol bgp view 1]\ncrash = keep\n",
	  "1: there is no section [protocol bgp view 1]\n" },
	{ "[protocol 4294967296]\ncrash = keep\n",
	  "1: there is no section [protocol 4294967296]\n" },
	{ "[protocol 0x]\ncrash = keep\n", "1: there is no section [protocol 0x]\n" },
	{ "[default id 1]\ncrash = keep\n", "1: there is no section [default id 1]\n" },
	{ "[default]\ncrash = drop\n",
	  "2: crash is withdraw, hold or keep, not \"drop\"\n" },
	{ "[default]\ncrash = Keep\n",
	  "2: crash is withdraw, hold or keep, not \"Keep\"\n" },
	{ "[default]\ncrash =\n", "2: crash is withdraw, hold or keep, not \"\"\n" },
	{ "[default]\ncrash = keep\ncrash = keep\n", "3: \"crash\" is there twice\n" },
	{ "[default]\n crash = keep\n crash = keep\n", "3: \"crash\" is there twice\n" },
	{ "[default]\ncrash = hold\n", "1: \"crash = hold\" needs \"hold-time\"\n" },
	{ "[default]\nhold-time = 1\n", "1: \"crash\" is missing in this section\n" },
	{ "[default]\ncrash = keep\nhold-time = 1\n",
	  "1: \"hold-time\" is for \"crash = hold\" only\n" },
	{ "[default]\ncrash = hold\nhold-time = 0\n",
	  "3: hold-time is 1 to 86400 seconds, not \"0\"\n" },
	{ "[default]\ncrash = hold\nhold-time = 86401\n",
	  "3: hold-time is 1 to 86400 seconds, not \"86401\"\n" },
	{ "[default]\ncrash = hold\nhold-time = 1.5\n",
	  "3: hold-time is 1 to 86400 seconds, not \"1.5\"\n" },
	{ "[default]\ncrash = hold\nhold-time = -1\n",
	  "3: hold-time is 1 to 86400 seconds, not \"-1\"\n" },
	{ "[default]\ncrash = hold\nhold-time = 99999999999999999999\n",
	  "3: hold-time is 1 to 86400 seconds, not \"99999999999999999999\"\n" },
	{ "[default]\ncrash = keep\npreference = 3\n", "3: there is no key \"preference\"\n" },
	{ "[default]\ncrash = keep\nnonsense\n",
	  "3: this is neither [SECTION] nor KEY = VALUE\n" },
	{ "[default\ncrash = keep\n",
	  "1: there is no section []\n1: this is neither [SECTION] nor KEY = VALUE\n" },
	{ "[protocol bgp]\ncrash = no\n[protocol ospf]\ncrash = hold\nhold-time = x\n",
	  "2: crash is withdraw, hold or keep, not \"no\"\n"
	  "5: hold-time is 1 to 86400 seconds, not \"x\"\n" },
	{ "[protocol static-non-dod id 4294967295 instance 65535]\ncrash = keep\n",
	  "1: the name of the section is too long\n" },
	{ "[protocol bgp] id 2\ncrash = keep\n",
	  "1: something follows the name of the section\n" },
	{ "[default] crash = keep\ncrash = withdraw\n",
	  "1: something follows the name of the section\n" },
	{ "[default]crash = keep\n",
	  "1: something follows the name of the section\n1: this section has no key\n" },
	{ "[default]]\ncrash = keep\n", "1: something follows the name of the section\n" },
	{ "[default] # text\ncrash = keep\n",
	  "1: something follows the name of the section\n" },
	{ "[default];text\ncrash = keep\n",
	  "1: something follows the name of the section\n" },
	{ "[default]\ncrash = keep\n\f\v \rhold-time = 1\n",
	  "1: \"hold-time\" is for \"crash = hold\" only\n" },
	{ "[default]\ncrash = \033[2Jno\tsuch\177\n",
	  "2: crash is withdraw, hold or keep, not \"?[2Jno?such?\"\n" },
	{ "[\033c]\ncrash = keep\n", "1: there is no section [?c]\n" },
	{ "[default]\ncrash = keep\n\a = 1\n", "3: there is no key \"?\"\n" },
	{ "\xef\xbb\xbf[nobody]\ncrash = keep\n", "1: there is no section [nobody]\n" },
	{ "\357\273\277crash = keep\n", "1: there is no section before this key\n" },
};

/* The errors and no other; and the sections that are right do not count either. */
static void test_errors(void **state)
{
	struct rtmi_conf conf;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(text, sizeof(text), "%s[protocol 14 id 1]\ncrash = keep\n",
			 wrong[i].text);
		write_file(wrong[i].text);
		assert_int_equal(load(&conf), -EBADMSG);
		assert_string_equal(said, wrong[i].errors);
		assert_null(conf.sections);
		assert_int_equal(conf.count, 0);
		write_file(text);
		expect_failure(-EBADMSG);
	}
}

/* A good file with a comment of that many characters in its third line. */
static void write_line(int len)
{
	char text[1000];
	int n = snprintf(text, sizeof(text), "[default]\ncrash = keep\n #%0*d\n", len - 1, 0);

	assert_in_range(n, len, sizeof(text) - 1);
	write_bytes(text, (size_t)n);
}

static void test_long_lines(void **state)
{
	static const char nul[] = "[default]\ncrash = keep\0hold\n";
	static const int refused[] = { 199, 200, 201, 600 };
	struct rtmi_conf conf;
	size_t i;

	(void)state;
	write_line(198);
	assert_int_equal(load(&conf), 0);
	assert_int_equal(conf.count, 1);
	rtmi_conf_free(&conf);
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		write_line(refused[i]);
		assert_int_equal(load(&conf), -EBADMSG);
		assert_string_equal(said, "3: the line is too long, or is no text\n");
	}
	write_bytes(nul, sizeof(nul) - 1);
	assert_int_equal(load(&conf), -EBADMSG);
	assert_string_equal(said, "2: the line is too long, or is no text\n"
				  "1: this section has no key\n");
}

/* One whose size says nothing about it, as that of a file which is being written. */
static void test_size_is_no_promise(void **state)
{
	static const char grows[] = "/proc/self/stat";
	struct rtmi_conf conf;
	struct stat st;

	(void)state;
	assert_int_equal(stat(grows, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_size, 0);
	said[0] = '\0';
	assert_int_equal(rtmi_conf_load(grows, report, said, &conf), -EBADMSG);
	assert_non_null(strstr(said, "1: "));
}

static void test_files(void **state)
{
	char *big = calloc(1, RTMI_CONF_MAX_SIZE + 2);

	(void)state;
	assert_non_null(big);
	memset(big, '\n', RTMI_CONF_MAX_SIZE + 1);
	write_bytes(big, RTMI_CONF_MAX_SIZE);
	expect(BGP, 1, 0, 0, 0);
	write_bytes(big, RTMI_CONF_MAX_SIZE + 1);
	expect_failure(-EFBIG);
	free(big);
	write_file("[default]\ncrash = keep\n");
	assert_int_equal(chmod(path, 0666), 0);
	expect_failure(-EPERM);
	assert_int_equal(chmod(path, 0664), 0);
	expect(BGP, 1, 0, RTM_REQ_KEEP, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_failure(-EINVAL);
	setenv("RTM_CONF", dir, 1);
	expect_failure(-EINVAL);
	setenv("RTM_CONF", path, 1);
}

/* What a registration through <rtmv2.h> asks of the kernel. */
static void expect_registration(uint32_t protocol, uint32_t flags, uint32_t hold_ms)
{
	RTM_ENTITY_INFO info = {
		.AddressFamily = AF_INET,
		.EntityId = { .EntityProtocolId = protocol, .EntityInstanceId = 1 },
	};
	RTM_ENTITY_HANDLE handle = NULL;
	RTM_REGN_PROFILE profile;

	assert_int_equal(RtmRegisterEntity(&info, NULL, NULL, TRUE, &profile, &handle),
			 NO_ERROR);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.flags, RTM_REQ_OPAQUE_SLOT | flags);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.hold_ms, hold_ms);
	assert_int_equal(RtmDeregisterEntity(handle), NO_ERROR);
}

static void test_register(void **state)
{
	(void)state;
	expect_registration(BGP, 0, 0);
	write_file("[protocol bgp]\ncrash = hold\nhold-time = 120\n"
		   "[protocol ospf]\ncrash = keep\n");
	expect_registration(BGP, RTM_REQ_HOLD, 120000);
	expect_registration(OSPF, RTM_REQ_KEEP, 0);
	expect_registration(8, 0, 0);
	write_file("[protocol bgp]\ncrash = hold\nhold-time = never\n"
		   "[protocol ospf]\ncrash = keep\n");
	expect_registration(BGP, 0, 0);
	expect_registration(OSPF, 0, 0);
}

/* A native client asks for itself, and says what it wants. */
static void test_native(void **state)
{
	const struct rtm_entity_id id = { .family = AF_INET, .protocol = BGP, .id = 1 };
	struct rtm_ctx *ctx;
	uint64_t entity = 0;

	(void)state;
	write_file("[protocol bgp]\ncrash = hold\nhold-time = 120\n");
	assert_int_equal(rtm_open(0, &ctx), 0);
	assert_int_equal(rtm_entity_register(ctx, &id, 0, &entity, NULL), 0);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.flags, 0);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.hold_ms, 0);
	rtm_close(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_policies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_closest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_editors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_say, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_size_is_no_promise, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_register, setup, teardown),
		cmocka_unit_test_setup_teardown(test_native, setup, teardown),
	};

	return cmocka_run_group_tests_name("conf", tests, make_dir, remove_dir);
}
