/* A command whose thread waits until it is done, which by default emits the records that it is given. */
#ifndef TESTS_STORAGE_WAITED_H
#define TESTS_STORAGE_WAITED_H

#include "storage/store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>

struct waited {
	struct command command;
	const struct record *records; /* emitted by the default decision */
	size_t n_records;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool is_done;
	enum err_code code;
	char message[300];
};

static inline enum err_code decide_records(struct command *command, struct view *view, struct decision *decision,
	struct err *err)
{
	struct waited *w = (struct waited *)(void *)command;

	(void)view;
	(void)err;
	for (size_t i = 0; i < w->n_records; i++)
		store_emit(decision, &w->records[i]);
	return OK;
}

static inline void waited_done(struct command *command, const struct err *err)
{
	struct waited *w = (struct waited *)(void *)command;

	pthread_mutex_lock(&w->mutex);
	w->code = err->code;
	(void)snprintf(w->message, sizeof(w->message), "%.*s", STR_ARG(err->message));
	w->is_done = true;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->mutex);
}

/* Prepares `w` to emit the records; the caller may set another decision. */
static inline void waited_init(struct waited *w, struct arena *arena, const struct record *records, size_t n)
{
	*w = (struct waited){
		.command = { .decide = decide_records, .done = waited_done, .arena = arena, .actor = STR("tester") },
		.records = records,
		.n_records = n,
	};
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->cond, NULL);
}

static inline enum err_code waited_wait(struct waited *w)
{
	pthread_mutex_lock(&w->mutex);
	while (!w->is_done)
		pthread_cond_wait(&w->cond, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
	pthread_mutex_destroy(&w->mutex);
	pthread_cond_destroy(&w->cond);
	return w->code;
}

static inline enum err_code waited_run(struct store *store, struct waited *w)
{
	assert_true(store_submit(store, &w->command));
	return waited_wait(w);
}

#endif
