/*
 * Rule sets of a schema: migration, domain and encoding rules (contract 2.2, 5.10).  They are executed
 * by clients; here they are validated, kept, merged and printed.  No rule set (NULL) differs from an
 * empty one.
 */
#ifndef SERVER_REGISTRY_RULESET_H
#define SERVER_REGISTRY_RULESET_H

#include "base/err.h"
#include "server/registry/metadata.h"

enum rule_kind { RULE_TRANSFORM, RULE_CONDITION, RULE_KINDS };

enum rule_mode { RULE_UPGRADE, RULE_DOWNGRADE, RULE_UPDOWN, RULE_WRITE, RULE_READ, RULE_WRITEREAD, RULE_MODES };

enum rule_phase { RULES_MIGRATION, RULES_DOMAIN, RULES_ENCODING, RULE_PHASES };

struct data_rule {
	struct str name, doc, type, expr, on_success, on_failure; /* absent when not given */
	enum rule_kind kind;
	enum rule_mode mode;
	const struct str *tags;                   /* sorted, without duplicates */
	size_t n_tags;
	const struct metadata_property *params;   /* sorted by key */
	size_t n_params;
	bool disabled;
};

struct rule_list {
	const struct data_rule *rules;
	size_t n_rules;
};

struct rule_set {
	struct rule_list phases[RULE_PHASES];
	struct str enable_at;                     /* ALL, CLIENT, GATEWAY, SERVER, NONE; absent when not given */
};

struct str rule_kind_name(enum rule_kind kind);
struct str rule_mode_name(enum rule_mode mode);
struct str rule_phase_name(enum rule_phase phase); /* the member: "migrationRules" … */
bool rule_kind_find(struct str name, enum rule_kind *out);
bool rule_mode_find(struct str name, enum rule_mode *out);

/* Names, types, modes and actions as contract 5.10 has them; 42210. */
ERR_CHECKED enum err_code ruleset_check(const struct rule_set *set, struct err *err);

/* Canonical JSON; absent for NULL. */
struct str ruleset_print(struct arena *arena, const struct rule_set *set);
/* The inverse, for text that ruleset_print made; NULL for absent. */
const struct rule_set *ruleset_parse(struct arena *arena, struct str text);

/* What the guid covers (contract 5.1 step 4), the leading 0x01 included; nothing for NULL. */
void ruleset_digest_text(struct buf *out, const struct rule_set *set);

/* In each list earlier rules with a name of the later list are dropped, then the later list follows; NULL is neutral. */
const struct rule_set *ruleset_merge(struct arena *arena, const struct rule_set *earlier, const struct rule_set *later);

/* Without the rules of these names, in all lists. */
const struct rule_set *ruleset_without(struct arena *arena, const struct rule_set *set, const struct str *names, size_t n);

/*
 * With the names that the DEK registry needs: a domain rule with a KMS key but without a KEK gets one named
 * after the key (contract 5.10); NULL for NULL.
 */
const struct rule_set *ruleset_completed(struct arena *arena, const struct rule_set *set);

/* Whether a rule of this type is in any list. */
bool ruleset_has_type(const struct rule_set *set, struct str type);

bool ruleset_equal(struct arena *arena, const struct rule_set *a, const struct rule_set *b);

#endif
