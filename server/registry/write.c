/* A prepared change on its way through the store: from the caller's thread to the writer thread and back. */
#include "server/registry/registry_int.h"

#include "base/arena.h"

static enum err_code decide(struct command *command, struct view *view, struct decision *decision, struct err *err)
{
	struct write *write = (struct write *)command;
	struct call call = {
		.registry = write->registry,
		.view = view,
		.arena = write->arena,
		.actor = command->actor,
	};

	return write->decide(write, &call, decision, err);
}

static void done(struct command *command, const struct err *err)
{
	struct write *write = (struct write *)command;

	write->outcome = *err;
	if (err->code != OK)
		write->outcome.message = str_dup(write->arena, err->message); /* the detail lives in the write's arena */
	write->outcome.arena = write->arena;
	write->done(write->done_arg);
}

struct write *write_create(struct call *call, write_decide_fn *fn, void *input)
{
	struct write *write = arena_new(call->arena, struct write);

	write->command.decide = decide;
	write->command.done = done;
	write->command.arena = call->arena;
	write->command.actor = call->actor;
	write->registry = call->registry;
	write->arena = call->arena;
	write->decide = fn;
	write->input = input;
	return write;
}

void registry_commit(struct write *write, void (*fn)(void *arg), void *arg)
{
	write->done = fn;
	write->done_arg = arg;
	if (store_submit(write->registry->options.store, &write->command))
		return;
	write->outcome.arena = write->arena;
	(void)err_raise(&write->outcome, NOT_READY, "The registry is shutting down");
	fn(arg);
}

enum err_code registry_committed(struct write *write, struct err *err)
{
	if (write->outcome.code == OK)
		return OK;
	err->detail = write->outcome.detail;
	return err_text(err, write->outcome.code, write->outcome.message);
}
