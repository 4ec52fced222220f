/*
 * Names of subjects and contexts (contract 4.1, 4.2).  A subject is handled by its qualified name:
 * "orders" in the default context, ":.ctx:orders" elsewhere, ":.ctx:" for the context itself and ""
 * for the global entry of configuration and mode.
 */
#ifndef SERVER_REGISTRY_SUBJECT_H
#define SERVER_REGISTRY_SUBJECT_H

#include "base/err.h"
#include "base/str.h"

struct arena;

#define CONTEXT_DEFAULT STR(".")
#define CONTEXT_GLOBAL STR(".__GLOBAL")
#define SUBJECT_GLOBAL STR(":.__GLOBAL:")

struct subject_name {
	struct str context;   /* "." or ".ctx" */
	struct str name;      /* without the context */
	bool qualified;       /* not in the default context */
};

/* Splits a name as a client writes it; never fails: what is no qualified form is a name in the default context, absent is "". */
struct subject_name subject_split(struct str text);

/* The qualified name: ":.:x" is "x", ":.ctx" is ":.ctx:". */
struct str subject_normalize(struct arena *arena, struct str text);

/* ":.ctx:name"; just the name in the default context. */
struct str subject_join(struct arena *arena, struct str context, struct str name);

/* What messages print after "in context": empty for the default one, ":.ctx:" otherwise. */
struct str subject_context_shown(struct arena *arena, struct str subject);

/* 42208 for a name that may not be registered or configured; `text` is printed. */
ERR_CHECKED enum err_code subject_check_register(struct str text, struct err *err);
ERR_CHECKED enum err_code subject_check_configure(struct str text, struct err *err);

/* Whether the subject names a whole context (":.ctx:"). */
bool subject_is_context(struct str subject);

#endif
