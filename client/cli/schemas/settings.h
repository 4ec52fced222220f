/*
 * tenon.toml: what a folder of schemas is judged by.  The nearest one at or above a file counts, alone.
 * docs/check.md lists its keys.
 */
#ifndef CLIENT_CLI_SCHEMAS_SETTINGS_H
#define CLIENT_CLI_SCHEMAS_SETTINGS_H

#include "base/map.h"
#include "compat/level.h"
#include "compat/rule.h"

enum severity { SEVERITY_UNSET, SEVERITY_OFF, SEVERITY_WARNING, SEVERITY_ERROR };

struct judging {
	bool has_level, has_policy;
	enum compat_level level;
	enum schema_policy policy;
};

/* A reference whose file cannot be found by its name. */
struct settings_reference {
	struct str name;
	struct str file;      /* from the tree's root */
};

struct settings_subject {
	struct str name;
	struct str file;      /* from the tree's root */
	uint32_t line;        /* in its file */
	struct judging judging;
	bool has_type;
	enum schema_type type;
	struct settings_reference *references;
	size_t n_references;
};

struct settings_ignore {
	struct str rule;      /* an id, or "*" */
	struct str path;      /* a pattern, from the tree's root */
	struct str until;     /* "2027-01-31": the last day; absent: for ever */
	struct str reason;
	uint32_t line;        /* in its file */
};

struct settings {
	struct str path;      /* of the file; absent: there is none, and these are the defaults */
	struct str folder;    /* from the tree's root, "" or with a slash at its end */
	struct str registry;
	struct str naming;    /* the subject of a file that no entry names: "{file}-value"; absent: "{file}" */
	struct judging judging;
	enum severity severity[RULES];
	struct str *exclude;  /* patterns, from the tree's root */
	size_t n_exclude;
	struct settings_subject *subjects;
	size_t n_subjects;
	struct settings_ignore *ignores;
	size_t n_ignores;
};

/* `path` is from the tree's root.  ERR_CONFIG_FILE with path and line for what is not understood. */
ERR_CHECKED enum err_code settings_parse(struct arena *arena, struct str path, struct str text, struct settings *out,
	struct err *err);

/* Whether a path fits a pattern, in which * stands for anything and a folder for what is in it. */
bool settings_match(struct str pattern, struct str path);

/* What makes a text a pattern, or has to be escaped in one. */
#define SETTINGS_SPECIAL "*?[\\"

/* The pattern that only this path fits, and what is in it. */
struct str settings_literal(struct arena *arena, struct str path);

/* The subject of the file at `path`, or NULL. */
const struct settings_subject *settings_subject_of(const struct settings *settings, struct str path);

/* "strict", "lenient", "logical" or "sound" in any case. */
bool settings_policy_find(struct str name, enum schema_policy *out);
struct str settings_policy_name(enum schema_policy policy);

/* Without "." and with ".." resolved; above the root it stays where it is. */
struct str settings_path(struct arena *arena, struct str folder, struct str path);

#endif
