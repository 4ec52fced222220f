/*
 * The strings of a compatibility answer, letter for letter those of the reference (compat-rules 2):
 * they look like JSON and are none.  All live in the arena given.
 */
#ifndef COMPAT_MESSAGES_H
#define COMPAT_MESSAGES_H

#include "compat/finding.h"
#include "compat/level.h"

/* Which of the two schemas reads. */
enum message_direction { MESSAGE_NEW_READS_OLD, MESSAGE_OLD_READS_NEW };

/* One incompatibility. */
struct str message_finding(struct arena *arena, enum schema_type type, const struct finding *finding,
	enum message_direction direction);

struct explain_finding;

/* What SOUND refuses, in the same shape: the reference's own string where it has one, else with our rule as its type. */
struct str message_sound(struct arena *arena, enum schema_type type, const struct explain_finding *finding);

/* Why a table cannot follow the change, at a column ("" for the whole); the words are ours. */
struct str message_logical(struct arena *arena, enum schema_type type, struct str path, struct str why);

/* "{oldSchemaVersion: 3}" */
struct str message_old_version(struct arena *arena, int version);

/* "{oldSchema: '…'}", cut to its first 10240 characters when it is longer. */
struct str message_old_schema(struct arena *arena, struct str text);

/* "{validateFields: 'false', compatibility: 'BACKWARD'}" */
struct str message_settings(struct arena *arena, bool validate_fields, enum compat_level level);

/* The old version is of another type than the new schema. */
struct str message_other_type(void);

/* A name that the latest version reserves is not reserved any more. */
struct str message_reserved_removed(struct arena *arena, struct str name);

/* A name that the new schema reserves is one of its fields. */
struct str message_reserved_used(struct arena *arena, struct str name);

#endif
