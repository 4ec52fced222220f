/*
 * The door into guarded work (docs/decisions/0005): what parses, builds or walks JSON and schemas runs as a `client_work_fn`, with
 * an arena that ends with the call, memory from the client's hooks, and TENON_NOMEM for who called when there is none.  Such work
 * holds no lock and no foreign object that is not deferred to an arena.  Belongs to one thread.
 */
#ifndef CLIENT_CALL_H
#define CLIENT_CALL_H

#include "base/err.h"
#include "client/include/tenon.h"

struct arena;

struct call {
	struct tenon_client *client;
	struct arena *arena;
	struct tenon_error *err;  /* never NULL */
	uint64_t deadline_ms;     /* of clock_mono_ns / 10^6: when the call has had its time */
};

#define CLIENT_CHECKED __attribute__((warn_unused_result))

/* As TRY, for codes of the client library. */
#define CLIENT_TRY(expression)                         \
	do {                                               \
		enum tenon_code client_try_ = (expression);    \
		if (client_try_ != TENON_OK)                   \
			return client_try_;                        \
	} while (0)

typedef enum tenon_code client_work_fn(struct call *call, void *arg);

/* Runs work(call, arg) in a guard.  `err` may be NULL. */
enum tenon_code client_enter(struct tenon_client *client, client_work_fn *work, void *arg, struct tenon_error *err);

/* ---- errors: fills *err (NULL is allowed) and returns `code` ---- */

enum tenon_code client_fail(struct tenon_error *err, enum tenon_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
enum tenon_code client_no_memory(struct tenon_error *err);
/* What compat/ says of a schema: TENON_LIMIT or TENON_INVALID, with line and column. */
enum tenon_code client_fail_schema(struct tenon_error *err, const struct err *from);
/* The same error for another caller: findings are copied, or left out when there is no memory for them. */
void client_error_copy(struct tenon_client *client, struct tenon_error *to, const struct tenon_error *from);

/* ---- plain memory of the client's hooks ---- */

/* As realloc and free, checked: NULL when there is none.  Not for what is handed out. */
void *client_resize(const struct tenon_client *client, void *old, size_t size);
void client_release(const struct tenon_client *client, void *memory);

/* What is handed out and released with tenon_free; client_hand_out gives NULL when there is none, client_give leaves the guard. */
void *client_hand_out(const struct tenon_client *client, size_t size);
void *client_give(struct call *call, size_t size);
/* A copy to hand out; guarded. */
char *client_give_text(struct call *call, struct str text);

#endif
