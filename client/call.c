/* Guarded calls, and the plain memory that is handed out. */
#include "client/call.h"

#include "base/arena.h"
#include "base/clock.h"
#include "client/client_int.h"

uint64_t client_now_ms(void)
{
	return clock_mono_ns() / 1000000;
}

struct entered {
	struct call call;
	client_work_fn *work;
	void *arg;
	enum tenon_code code;
};

static void enter(void *arg)
{
	struct entered *e = arg;

	e->call.arena = arena_create(0);
	e->code = e->work(&e->call, e->arg);
	arena_destroy(e->call.arena);
}

enum tenon_code client_enter(struct tenon_client *client, client_work_fn *work, void *arg, struct tenon_error *err)
{
	struct tenon_error unwanted = { .code = TENON_OK };
	struct entered e = {
		.call = {
			.client = client,
			.err = err ? err : &unwanted,
			.deadline_ms = client_now_ms() + client->config.timeout_ms,
		},
		.work = work,
		.arg = arg,
	};

	if (!memory_guard(&client->hooks, enter, &e))
		e.code = client_no_memory(e.call.err);
	tenon_error_clear(&unwanted);
	return e.code;
}

void *client_resize(const struct tenon_client *client, void *old, size_t size)
{
	return client->hooks.resize(client->hooks.cls, old, size);
}

void client_release(const struct tenon_client *client, void *memory)
{
	if (memory)
		client->hooks.resize(client->hooks.cls, memory, 0);
}

/* What lies before everything that is handed out, so that it may outlive the client. */
struct handed {
	struct memory_hooks hooks;
	_Alignas(max_align_t) char data[];
};

void *client_hand_out(const struct tenon_client *client, size_t size)
{
	struct handed *handed = size <= PTRDIFF_MAX - sizeof(*handed) ? client_resize(client, NULL, sizeof(*handed) + size) : NULL;

	if (handed == NULL)
		return NULL;
	handed->hooks = client->hooks;
	return handed->data;
}

void tenon_free(void *memory)
{
	struct memory_hooks hooks;
	struct handed *handed;

	if (memory == NULL)
		return;
	handed = (struct handed *)(void *)((char *)memory - offsetof(struct handed, data));
	hooks = handed->hooks;
	hooks.resize(hooks.cls, handed, 0);
}

void *client_give(struct call *call, size_t size)
{
	void *memory = client_hand_out(call->client, size);

	if (memory == NULL)
		memory_out(size);
	return memory;
}

char *client_give_text(struct call *call, struct str text)
{
	char *copy = client_give(call, text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return copy;
}
