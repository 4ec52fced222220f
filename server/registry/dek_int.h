/* What the files of the DEK registry share: documents behind keys, and the checks both kinds need. */
#ifndef SERVER_REGISTRY_DEK_INT_H
#define SERVER_REGISTRY_DEK_INT_H

#include "base/json.h"
#include "server/registry/dek.h"
#include "server/registry/registry_int.h"

#define KEK_COLLECTION STR("kek")
#define DEK_COLLECTION STR("dek")

/* 42271 unless the name is 1 to 256 letters, digits, "_" and "-" that start with a letter or "_". */
ERR_CHECKED enum err_code kek_check_name(struct str name, struct err *err);

/* NULL when there is none. */
ERR_CHECKED enum err_code kek_find(struct call *call, struct str name, const struct kek **out, struct err *err);
/* 40470 when there is none, or it is deleted and that is not asked for. */
ERR_CHECKED enum err_code kek_need(struct call *call, struct str name, bool deleted, const struct kek **out, struct err *err);

/* All DEKs of a KEK (all of all with "" as the name), by subject, algorithm and version; deleted ones when asked for. */
ERR_CHECKED enum err_code dek_list(struct call *call, struct str kek, bool deleted, const struct dek **out, size_t *n_out,
	struct err *err);

/* 40370: the operation needs a key management service. */
enum err_code kek_refuse_kms(struct err *err, const char *what, struct str subject);

/* Text members of a kept key; "" when missing. */
struct str key_text(const struct jsn *object, struct str name);
bool key_flag(const struct jsn *object, struct str name);

#endif
