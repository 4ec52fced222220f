/*
 * The rules that findings are told under: one row each in compat/rules_<format>.def, one page each in
 * docs/rules/, made from these rows.  Ids are stable: tools filter by them.  Constant tables, for any thread.
 */
#ifndef COMPAT_RULE_H
#define COMPAT_RULE_H

#include "compat/schema.h"

/* What a change of this kind does to data. */
enum rule_effect {
	EFFECT_FAILS,    /* the reader cannot read some event: there is a witness */
	EFFECT_CHANGES,  /* the reader reads some event as something else: there is a witness */
	EFFECT_POLICY,   /* no event breaks; generated code, names or agreements do */
	EFFECT_HARMLESS, /* the reference refuses it, but nothing breaks */
	EFFECT_UNPROVEN, /* taken to break, but no event was found that shows it */
	RULE_EFFECTS,
};

/* Rows: R(name, "AVRO-…", effect, title, what, why, old, new): see compat/rules_avro.def. */
enum rule {
#define R(name, ...) RULE_##name,
#include "compat/rules_common.def"
#include "compat/rules_avro.def"
#include "compat/rules_json.def"
#include "compat/rules_protobuf.def"
#undef R
	RULES
};

struct rule_info {
	const char *id;           /* "AVRO-FIELD-NO-DEFAULT": A-Z, digits and hyphens */
	enum schema_type type;    /* SCHEMA_TYPES: of every type */
	enum rule_effect effect;  /* what it claims; EFFECT_FAILS and EFFECT_CHANGES promise a witness */
	const char *title;        /* a few words, no full stop */
	const char *what;         /* what is reported, one or two sentences */
	const char *why;          /* why it matters, with the specification's section */
	const char *old_schema;   /* an example, reader and writer as said in `what`, that leads to this finding … */
	const char *new_schema;   /* … when the new schema reads what the old one wrote; NULL: there is none to show */
};

const struct rule_info *rule_info(enum rule rule);
/* Letter case does not count; false when there is no such id. */
bool rule_find(struct str id, enum rule *out);
/* "fails", "changes", "policy", "harmless", "unproven". */
struct str rule_effect_name(enum rule_effect effect);
/* Whether data breaks or may break: fails, changes or unproven.  What SOUND refuses (compat/schema.h). */
bool rule_effect_breaks(enum rule_effect effect);

#endif
