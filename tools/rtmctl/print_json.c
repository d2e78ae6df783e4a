// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the user sees as JSON.
 *
 * How this file works: json-c builds one object at a time, which is printed and
 * freed before the next one is read; only the array around them is written by hand.
 * Keys are those of "ip -j route" where the meaning is the same.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "print.h"

static bool first;

static void put_object(struct json_object *object)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (opts.pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	fputs(json_object_to_json_string_ext(object, flags), stdout);
	json_object_put(object);
}

void json_begin(void)
{
	putchar('[');
	first = true;
}

void json_item(struct json_object *item)
{
	if (!first)
		fputs(opts.pretty ? ",\n" : ",", stdout);
	first = false;
	put_object(item);
}

void json_end(void)
{
	puts("]");
}

void json_single(struct json_object *object)
{
	put_object(object);
	putchar('\n');
}

static struct json_object *or_die(struct json_object *object)
{
	if (!object) {
		fputs("rtmctl: out of memory\n", stderr);
		exit(STATUS_REFUSED);
	}
	return object;
}

struct json_object *json_new(void)
{
	return or_die(json_object_new_object());
}

void json_text(struct json_object *to, const char *key, const char *value)
{
	json_object_object_add(to, key, or_die(json_object_new_string(value)));
}

void json_number(struct json_object *to, const char *key, uint64_t value)
{
	json_object_object_add(to, key, or_die(json_object_new_uint64(value)));
}

void json_flag(struct json_object *to, const char *key, bool value)
{
	json_object_object_add(to, key, or_die(json_object_new_boolean(value)));
}

void json_seconds(struct json_object *to, const char *key, double seconds)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f", seconds);
	json_object_object_add(to, key, or_die(json_object_new_double_s(seconds, text)));
}

void json_prefix(struct json_object *to, const char *key, const struct rtm_net_prefix *p)
{
	char buf[PREFIX_TEXT];

	json_text(to, key, prefix_text(buf, sizeof(buf), p));
}

void json_address(struct json_object *to, const char *key, const struct rtm_net_prefix *p)
{
	char buf[PREFIX_TEXT];

	json_text(to, key, address_text(buf, sizeof(buf), p));
}

struct json_object *json_array(struct json_object *to, const char *key)
{
	struct json_object *array = or_die(json_object_new_array());

	json_object_object_add(to, key, array);
	return array;
}

/* Always an array, [] for none; a bit without a word is a number in it. */
void json_words(struct json_object *to, const char *key, const struct name *names, uint32_t bits)
{
	struct json_object *array = json_array(to, key);

	for (; names->name; names++) {
		if (!(bits & names->value))
			continue;
		json_object_array_add(array, or_die(json_object_new_string(names->name)));
		bits &= ~names->value;
	}
	if (bits)
		json_object_array_add(array, or_die(json_object_new_int64(bits)));
}

void json_entity_members(struct json_object *to, const struct rtm_entity_id *id)
{
	char protocol[24];

	json_text(to, "protocol", protocol_text(protocol, sizeof(protocol), id->protocol));
	json_number(to, "id", id->id);
	json_number(to, "instance", id->instance);
}

/* The owner of an object: protocol as in "ip -j", and its whole name. */
void json_entity(struct json_object *to, const struct rtm_entity_id *id)
{
	struct json_object *entity = json_new();
	char protocol[24];

	json_entity_members(entity, id);
	json_text(to, "protocol", protocol_text(protocol, sizeof(protocol), id->protocol));
	json_object_object_add(to, "entity", entity);
}
