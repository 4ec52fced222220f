/* Configuration entries and modes: what an entry holds, how it is printed and read back (contract 2.2, 2.6, 2.7). */
#ifndef SERVER_REGISTRY_CONFIG_H
#define SERVER_REGISTRY_CONFIG_H

#include "compat/level.h"
#include "server/registry/metadata.h"
#include "server/registry/ruleset.h"

enum registry_mode {
	MODE_NONE, /* no entry */
	MODE_READWRITE,
	MODE_READONLY,
	MODE_READONLY_OVERRIDE,
	MODE_IMPORT,
	MODE_FORWARD,
	MODES,
};

struct str registry_mode_name(enum registry_mode mode);
bool registry_mode_find(struct str name, enum registry_mode *out); /* any letter case */

enum config_flag { CONFIG_UNSET, CONFIG_FALSE, CONFIG_TRUE };

enum config_policy { POLICY_UNSET, POLICY_STRICT, POLICY_LENIENT, POLICY_LOGICAL, POLICY_SOUND };

/* Members of an entry, as bits: which ones an update names. */
enum config_member {
	CONFIG_ALIAS = 1 << 0,
	CONFIG_ALIAS_FOR_DEKS = 1 << 1,
	CONFIG_NORMALIZE = 1 << 2,
	CONFIG_VALIDATE_FIELDS = 1 << 3,
	CONFIG_VALIDATE_NEW_SCHEMAS = 1 << 4,
	CONFIG_VALIDATE_RULES = 1 << 5,
	CONFIG_LEVEL = 1 << 6,
	CONFIG_POLICY = 1 << 7,
	CONFIG_GROUP = 1 << 8,
	CONFIG_DEFAULT_METADATA = 1 << 9,
	CONFIG_OVERRIDE_METADATA = 1 << 10,
	CONFIG_DEFAULT_RULE_SET = 1 << 11,
	CONFIG_OVERRIDE_RULE_SET = 1 << 12,
};

struct config {
	struct str alias;             /* absent: not set; so with all members */
	struct str alias_for_deks;
	enum config_flag normalize;
	enum config_flag validate_fields;
	enum config_flag validate_new_schemas;
	enum config_flag validate_rules;
	bool has_level;
	enum compat_level level;
	enum config_policy policy;
	struct str group;
	const struct metadata *default_metadata;
	const struct metadata *override_metadata;
	const struct rule_set *default_rule_set;
	const struct rule_set *override_rule_set;
};

struct config_update {
	unsigned present;             /* members the request names; those without a value are cleared */
	struct config values;
};

enum config_shape {
	CONFIG_SHOWN,  /* the answer of GET and DELETE: "compatibilityLevel", empty texts left out */
	CONFIG_ECHOED, /* the answer of PUT: "compatibility", everything that is set */
	CONFIG_STORED, /* the log's and the view's: "compatibilityLevel", everything that is set */
};

/* JSON, members in the reference's order. */
struct str config_print(struct arena *arena, const struct config *config, enum config_shape shape);

/* Reads what config_print(…, CONFIG_STORED) made. */
void config_parse(struct arena *arena, struct str text, struct config *out);

struct config config_updated(const struct config *stored, const struct config_update *update);

/* Whose entry says what is in force for a subject: the first there is of its own, its context's and the global one. */
enum config_origin { ORIGIN_SUBJECT, ORIGIN_CONTEXT, ORIGIN_GLOBAL, ORIGIN_DEFAULT };
/* "subject", "context", "global"; "default": none, or one that does not name a level. */
struct str config_origin_name(enum config_origin origin);

struct str config_policy_name(enum config_policy policy);
bool config_policy_find(struct str name, enum config_policy *out);

#endif
