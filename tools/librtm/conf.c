// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * /etc/rtm.conf.
 *
 * How this file works: the file is read as a whole, libinih takes it apart, and every
 * key it finds comes here with the name of its section.  A file with an error is not
 * used at all, whatever else is in it: nobody can say what half of a file was meant to
 * say.  The reader between the file and libinih counts lines, since libinih does not
 * tell them, removes indentation, which to libinih would continue the line before, and
 * refuses what libinih would not look at: the end of a long line, and what stands behind
 * the name of a section.
 *
 * Nothing is remembered: entities register seldom, and whoever edits the file need not
 * restart anything.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"

#define MS_PER_S	1000u
#define MAX_TEXT	160		/* of a message */
#define MAX_SECTION	49		/* of a section's name, where libinih cuts it */

enum {
	KEY_CRASH = 1 << 0,
	KEY_HOLD_TIME = 1 << 1,
};

static const struct word {
	uint32_t value;
	const char *name;
} protocols[] = {
#include "protocol_names.def"
	{ 0, NULL },
};

static const struct word policies[] = {
	{ 0, "withdraw" },
	{ RTM_REQ_HOLD, "hold" },
	{ RTM_REQ_KEEP, "keep" },
	{ 0, NULL },
};

/**
 * struct parse - a file that is being read
 * @pos: next line
 * @end: end of the file
 * @line: lines read
 * @header: line of the section that the next key belongs to; 0 at first
 * @used: that section has a key
 * @error: 0, -EBADMSG, -ENOMEM
 * @report: told of each error, or NULL
 * @ctx: for @report
 * @conf: what has been read
 */
struct parse {
	const char *pos;
	const char *end;
	unsigned int line;
	unsigned int header;
	bool used;
	int error;
	rtmi_conf_report report;
	void *ctx;
	struct rtmi_conf *conf;
};

/* What is in the file goes to a terminal, which is to obey nothing of it. */
static void tame(char *text)
{
	for (; *text; text++) {
		if (iscntrl((unsigned char)*text))
			*text = '?';
	}
}

__attribute__((format(printf, 3, 4)))
static void flaw(struct parse *p, unsigned int line, const char *format, ...)
{
	char text[MAX_TEXT];
	va_list ap;

	if (!p->error)
		p->error = -EBADMSG;
	if (!p->report)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	tame(text);
	p->report(p->ctx, line, text);
}

/*
 * Words
 */

static bool word_find(const struct word *words, const char *name, uint32_t *value)
{
	for (; words->name; words++) {
		if (!strcmp(words->name, name)) {
			*value = words->value;
			return true;
		}
	}
	return false;
}

/* Decimal, or hexadecimal after 0x; nothing before or behind it. */
static bool number(const char *text, uint32_t max, uint32_t *value)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (*end || errno || n > max)
		return false;
	*value = (uint32_t)n;
	return true;
}

/*
 * Sections: "default", or "protocol PROTO" and perhaps "id N" and "instance N"
 */

static bool qualifier(struct rtmi_conf_section *s, const char *word, const char *value)
{
	bool is_id = !strcmp(word, "id");
	int64_t *to = is_id ? &s->id : &s->instance;
	uint32_t n;

	if (!is_id && strcmp(word, "instance"))
		return false;
	if (!value || *to >= 0 || !number(value, is_id ? UINT32_MAX : UINT16_MAX, &n))
		return false;
	*to = n;
	return true;
}

static bool protocol_of(struct rtmi_conf_section *s, const char *word)
{
	uint32_t n;

	if (!word || (!word_find(protocols, word, &n) && !number(word, UINT32_MAX, &n)))
		return false;
	s->protocol = n;
	return true;
}

static bool section_parse(const char *name, struct rtmi_conf_section *s)
{
	static const char blanks[] = " \t";
	char text[MAX_SECTION + 1], *rest = NULL;
	const char *word;

	*s = (struct rtmi_conf_section){ .protocol = -1, .id = -1, .instance = -1 };
	snprintf(text, sizeof(text), "%s", name);
	word = strtok_r(text, blanks, &rest);
	if (!word)
		return false;
	if (!strcmp(word, "default"))
		return !strtok_r(NULL, blanks, &rest);
	if (strcmp(word, "protocol") || !protocol_of(s, strtok_r(NULL, blanks, &rest)))
		return false;
	while ((word = strtok_r(NULL, blanks, &rest))) {
		if (!qualifier(s, word, strtok_r(NULL, blanks, &rest)))
			return false;
	}
	return true;
}

static struct rtmi_conf_section *section_add(struct parse *p, const struct rtmi_conf_section *s)
{
	struct rtmi_conf *conf = p->conf;
	struct rtmi_conf_section *sections;

	sections = realloc(conf->sections, (conf->count + 1) * sizeof(*sections));
	if (!sections) {
		p->error = -ENOMEM;
		return NULL;
	}
	conf->sections = sections;
	sections[conf->count] = *s;
	sections[conf->count].line = p->header;
	return &sections[conf->count++];
}

/* One that is there in several parts, or by name and by number, is one. */
static struct rtmi_conf_section *section_get(struct parse *p, const struct rtmi_conf_section *s)
{
	size_t i;

	for (i = 0; i < p->conf->count; i++) {
		struct rtmi_conf_section *other = &p->conf->sections[i];

		if (other->protocol == s->protocol && other->id == s->id &&
		    other->instance == s->instance)
			return other;
	}
	return section_add(p, s);
}

/* What two keys say together. */
static void section_check(struct parse *p, const struct rtmi_conf_section *s)
{
	bool hold = s->policy.flags & RTM_REQ_HOLD;
	bool has_time = s->keys & KEY_HOLD_TIME;

	if (!(s->keys & KEY_CRASH))
		flaw(p, s->line, "\"crash\" is missing in this section");
	else if (hold && !has_time)
		flaw(p, s->line, "\"crash = hold\" needs \"hold-time\"");
	else if (!hold && has_time)
		flaw(p, s->line, "\"hold-time\" is for \"crash = hold\" only");
}

/*
 * Keys
 */

static void take_crash(struct parse *p, struct rtmi_conf_section *s, const char *value)
{
	if (!word_find(policies, value, &s->policy.flags))
		flaw(p, p->line, "crash is withdraw, hold or keep, not \"%s\"", value);
}

static void take_hold_time(struct parse *p, struct rtmi_conf_section *s, const char *value)
{
	const uint32_t max = RTM_MAX_HOLD_MS / MS_PER_S;
	uint32_t n;

	if (number(value, max, &n) && n)
		s->policy.hold_ms = n * MS_PER_S;
	else
		flaw(p, p->line, "hold-time is 1 to %u seconds, not \"%s\"", max, value);
}

static const struct key {
	const char *name;
	unsigned int bit;
	void (*take)(struct parse *p, struct rtmi_conf_section *s, const char *value);
} keys[] = {
	{ "crash", KEY_CRASH, take_crash },
	{ "hold-time", KEY_HOLD_TIME, take_hold_time },
	{ NULL, 0, NULL },
};

/* Called by libinih; what goes wrong is kept in @user, so it never hears of it. */
static int on_key(void *user, const char *section, const char *name, const char *value)
{
	struct rtmi_conf_section parsed, *s;
	struct parse *p = user;
	const struct key *key = keys;
	bool first = !p->used;

	p->used = true;
	if (!p->header || !section_parse(section, &parsed)) {
		if (first && p->header)
			flaw(p, p->header, "there is no section [%s]", section);
		else if (first)
			flaw(p, p->line, "there is no section before this key");
		return 1;
	}
	s = section_get(p, &parsed);
	if (!s)
		return 1;
	while (key->name && strcmp(key->name, name))
		key++;
	if (!key->name) {
		flaw(p, p->line, "there is no key \"%s\"", name);
	} else if (s->keys & key->bit) {
		flaw(p, p->line, "\"%s\" is there twice", name);
	} else {
		s->keys |= key->bit;
		key->take(p, s, value);
	}
	return 1;
}

/*
 * Lines
 */

static void header_end(struct parse *p)
{
	if (p->header && !p->used)
		flaw(p, p->header, "this section has no key");
}

static const char *skip_blanks(const char *from, const char *end)
{
	while (from < end && isspace((unsigned char)*from))
		from++;
	return from;
}

/* Behind the name of a section: nothing, or blanks and perhaps a comment after them. */
static bool header_ends(const char *from, const char *end)
{
	const char *next = skip_blanks(from, end);

	return next == end || (next > from && *next == ';');
}

static void header_begin(struct parse *p, const char *text, size_t len)
{
	const char *end = memchr(text, ']', len);

	if (end && end - text - 1 > MAX_SECTION)
		flaw(p, p->line, "the name of the section is too long");
	if (end && !header_ends(end + 1, text + len))
		flaw(p, p->line, "something follows the name of the section");
	header_end(p);
	p->header = p->line;
	p->used = false;
}

/* Called by libinih in the place of fgets(): a line, or NULL at the end. */
static char *next_line(char *to, int size, void *stream)
{
	struct parse *p = stream;
	const char *from = p->pos, *end;
	size_t len;

	if (from == p->end)
		return NULL;
	end = memchr(from, '\n', (size_t)(p->end - from));
	end = end ? end : p->end;
	p->pos = end == p->end ? end : end + 1;
	p->line++;
	from = skip_blanks(from, end);
	len = (size_t)(end - from);
	if (len + 2 > (size_t)size || memchr(from, '\0', len)) {
		flaw(p, p->line, "the line is too long, or is no text");
		len = 0;
	}
	if (len && *from == '[')
		header_begin(p, from, len);
	memcpy(to, from, len);
	strcpy(to + len, "\n");
	return to;
}

/*
 * Files
 */

static ssize_t read_all(int fd, char *to, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = read(fd, to + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* A file that anybody may write is nobody's word. */
static int file_check(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return st.st_mode & 0002 ? -EPERM : 0;
}

/*
 * The size is that of what was read, since that of the file may change in between; half
 * of a file would be taken for all of it.
 */
static int file_get(int fd, char **text, size_t *size)
{
	ssize_t n;
	int err;

	err = file_check(fd);
	if (err)
		return err;
	*text = malloc(RTMI_CONF_MAX_SIZE + 1);
	if (!*text)
		return -ENOMEM;
	n = read_all(fd, *text, RTMI_CONF_MAX_SIZE + 1);
	if (n >= 0 && n <= RTMI_CONF_MAX_SIZE) {
		*size = (size_t)n;
		return 0;
	}
	free(*text);
	*text = NULL;
	return n < 0 ? (int)n : -EFBIG;
}

static int file_read(const char *path, char **text, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int err;

	if (fd < 0)
		return -errno;
	err = file_get(fd, text, size);
	close(fd);
	return err;
}

/* libinih would skip it too, but then a section in the first line were not seen here. */
static void skip_bom(struct parse *p)
{
	static const char bom[] = "\xef\xbb\xbf";
	const size_t len = sizeof(bom) - 1;

	if ((size_t)(p->end - p->pos) >= len && !memcmp(p->pos, bom, len))
		p->pos += len;
}

static int parse(struct parse *p)
{
	size_t i;
	int ret;

	skip_bom(p);
	ret = ini_parse_stream(next_line, p, on_key, p);
	if (ret > 0)
		flaw(p, (unsigned int)ret, "this is neither [SECTION] nor KEY = VALUE");
	else if (ret < 0)
		p->error = -ENOMEM;
	header_end(p);
	for (i = 0; i < p->conf->count; i++)
		section_check(p, &p->conf->sections[i]);
	return p->error;
}

/**
 * rtmi_conf_path() - which file counts
 *
 * The environment names another one, for tests; not that of a program with rights which
 * whoever started it has not.
 *
 * Return: its path.
 */
const char *rtmi_conf_path(void)
{
	const char *path = secure_getenv(RTMI_CONF_VARIABLE);

	return path ? path : RTMI_CONF_FILE;
}

/**
 * rtmi_conf_load() - read a file
 * @path: the file
 * @report: told of errors in it; may be NULL
 * @ctx: for @report
 * @conf: out: what is in it, for rtmi_conf_free()
 *
 * Return: 0; -EBADMSG: there are errors in it; -EINVAL: it is no regular file; -EPERM:
 * everybody may write it; -EFBIG; -ENOMEM; or why it cannot be read.  After a failure
 * there is nothing in @conf.
 */
int rtmi_conf_load(const char *path, rtmi_conf_report report, void *ctx, struct rtmi_conf *conf)
{
	struct parse p = { .report = report, .ctx = ctx, .conf = conf };
	char *text = NULL;
	size_t size = 0;
	int err;

	*conf = (struct rtmi_conf){ 0 };
	err = file_read(path, &text, &size);
	if (err)
		return err;
	p.pos = text;
	p.end = text + size;
	err = parse(&p);
	free(text);
	if (err)
		rtmi_conf_free(conf);
	return err;
}

/**
 * rtmi_conf_free() - forget what was read
 * @conf: what rtmi_conf_load() stored
 */
void rtmi_conf_free(struct rtmi_conf *conf)
{
	free(conf->sections);
	*conf = (struct rtmi_conf){ 0 };
}

/* How closely a section names an entity; -1: not at all. */
static int closeness(const struct rtmi_conf_section *s, const struct rtm_entity_id *id)
{
	if ((s->protocol >= 0 && s->protocol != id->protocol) ||
	    (s->id >= 0 && s->id != id->id) ||
	    (s->instance >= 0 && s->instance != id->instance))
		return -1;
	return (s->protocol >= 0) + 2 * (s->id >= 0) + (s->instance >= 0);
}

/**
 * rtmi_conf_find() - the policy of an entity
 * @conf: a file
 * @id: the entity
 * @policy: out: that of the section which names it most closely; withdraw without one
 */
void rtmi_conf_find(const struct rtmi_conf *conf, const struct rtm_entity_id *id,
		    struct rtmi_conf_policy *policy)
{
	int best = -1;
	size_t i;

	*policy = (struct rtmi_conf_policy){ 0 };
	for (i = 0; i < conf->count; i++) {
		int close_by = closeness(&conf->sections[i], id);

		if (close_by > best) {
			best = close_by;
			*policy = conf->sections[i].policy;
		}
	}
}

/**
 * rtmi_conf_policy() - what the system's file says of an entity
 * @id: the entity
 * @policy: out: its policy; withdraw if the file is not there or cannot be used
 *
 * Return: 0, also without a file; or what rtmi_conf_load() says of it.
 */
int rtmi_conf_policy(const struct rtm_entity_id *id, struct rtmi_conf_policy *policy)
{
	struct rtmi_conf conf;
	int err;

	err = rtmi_conf_load(rtmi_conf_path(), NULL, NULL, &conf);
	rtmi_conf_find(&conf, id, policy);
	rtmi_conf_free(&conf);
	return err == -ENOENT ? 0 : err;
}
