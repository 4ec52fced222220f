/* The state of one compatibility check of two files, and what it finds. */
#ifndef COMPAT_PROTOBUF_CHECK_INT_H
#define COMPAT_PROTOBUF_CHECK_INT_H

#include "compat/finding.h"
#include "compat/protobuf/pbuf_int.h"

/* Where something differs: a message, and in it a oneof, a field. */
struct place {
	struct str message;              /* its name without package; "" is the file */
	const struct pbuf_oneof *oneof;  /* NULL: none */
	bool has_number;
	int32_t number;
};

/* One finding, or all findings about a message of another file. */
struct trouble {
	struct trouble *next;
	const struct troubles *inner;    /* NULL: one finding, described by the rest */
	enum finding_type type;
	struct place place;
	const struct pbuf_type *old, *new; /* the messages compared; of one that is gone `new` is NULL */
};

struct troubles {
	struct trouble *first;
	struct trouble *last;
};

struct check {
	struct arena *arena;
	struct err *err;
	struct troubles *found;          /* of the message being compared */
	const struct pbuf_type *old, *new; /* being compared */
	const struct pbuf_type **active; /* by index of the old message: what it is being compared with */
	struct map memo;                 /* pair of messages to struct troubles */
	size_t n_foreign;                /* comparisons cut short though the new message was another */
	uint64_t n_pairs;
	unsigned depth;
	enum err_code failed;
};

/* The fields of one number: of those given twice the last counts. */
struct slot {
	int32_t number;
	const struct pbuf_field *old_plain, *old_member; /* outside and inside of a oneof; NULL: none */
	const struct pbuf_field *new_plain, *new_member;
};

struct slots {
	struct slot *items;
	size_t n;
};

void pbuf_report(struct check *c, enum finding_type type, struct place place);
/* Numbers of both messages, ascending. */
struct slots pbuf_slots_make(struct arena *arena, const struct pbuf_type *old, const struct pbuf_type *new);
struct slot *pbuf_slot_find(const struct slots *slots, int32_t number);

/* What is done with oneofs: members that came together or are gone. */
void pbuf_check_membership(struct check *c, const struct slots *slots, const struct pbuf_type *new);
void pbuf_check_oneof(struct check *c, const struct slots *slots, const struct pbuf_oneof *old,
	const struct pbuf_oneof *new, struct str message);
void pbuf_check_field(struct check *c, struct place place, const struct pbuf_field *old, const struct pbuf_field *new);

/* As pbuf_check; `each` is told of every finding as it is listed, with its index. */
typedef void pbuf_trouble_fn(void *cls, const struct trouble *trouble, size_t finding);
ERR_CHECKED enum err_code pbuf_check_each(const struct pbuf_schema *old, const struct pbuf_schema *new, struct findings *out,
	pbuf_trouble_fn *each, void *cls, struct err *err);

/* The order in which the reference's hash sets hand out what is put into them. */
size_t pbuf_hash_bucket(uint32_t hash, size_t n);
uint32_t pbuf_java_hash(struct str s);

#endif
