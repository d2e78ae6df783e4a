/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the user sees: lines of text, or JSON.
 */
#ifndef RTMCTL_PRINT_H
#define RTMCTL_PRINT_H

#include <json-c/json_object.h>

#include "common.h"
#include "names.h"

#define PREFIX_TEXT	64	/* room for any prefix */
#define WORDS_TEXT	256	/* room for all words of one table */

struct json_object;

/* Values as text; the buffer is returned. */
const char *prefix_text(char *buf, size_t size, const struct rtm_net_prefix *p);
const char *address_text(char *buf, size_t size, const struct rtm_net_prefix *p);
const char *words_text(char *buf, size_t size, const struct name *names, uint32_t bits);
const char *entity_text(char *buf, size_t size, const struct rtm_entity_id *id);
const char *protocol_text(char *buf, size_t size, uint32_t protocol);
const char *interface_text(uint32_t ifindex);
const char *family_text(int family);
void process_text(char *buf, size_t size, int pid, int tid);

/* A line of text: fields, each padded to a width on a terminal. */
void line_field(int width, const char *format, ...) __attribute__((format(printf, 2, 3)));
void line_prefix(const struct rtm_net_prefix *p);
void line_entity(const struct rtm_entity_id *id);
void line_end(void);

/* JSON: an array whose items are built and printed one at a time. */
void json_begin(void);
void json_item(struct json_object *item);
void json_end(void);
void json_single(struct json_object *object);

struct json_object *json_new(void);
void json_text(struct json_object *to, const char *key, const char *value);
void json_number(struct json_object *to, const char *key, uint64_t value);
void json_flag(struct json_object *to, const char *key, bool value);
void json_seconds(struct json_object *to, const char *key, double seconds);
void json_prefix(struct json_object *to, const char *key, const struct rtm_net_prefix *p);
void json_address(struct json_object *to, const char *key, const struct rtm_net_prefix *p);
void json_words(struct json_object *to, const char *key, const struct name *names, uint32_t bits);
struct json_object *json_array(struct json_object *to, const char *key);
void json_entity(struct json_object *to, const struct rtm_entity_id *id);
void json_entity_members(struct json_object *to, const struct rtm_entity_id *id);

#endif /* RTMCTL_PRINT_H */
