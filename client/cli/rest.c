/* Asking a registry over HTTP, with the client library. */
#include "client/cli/rest.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "client/cli/snapshot.h"
#include "client/exchange.h"

enum {
	CONNECT_MS = 10 * 1000,
	REQUEST_MS = 30 * 1000, /* of a gate somebody waits for; --timeout says otherwise … */
	CALL_TIMES = 3,         /* … and with attempts again a call may take so many of these */
	MOST_SECONDS = 3600,
	PATIENCE_SECONDS = 2,   /* without an answer, before a terminal is told what is waited for */
	ANSWER_BYTES = 1 << 30,
};

struct rest {
	struct tenon_client *client;
	struct str url;
};

static void close_rest(void *arg)
{
	const struct rest *rest = arg;

	tenon_client_destroy(rest->client);
}

/* In milliseconds. */
static enum err_code read_timeout(struct str given, uint32_t *out, struct err *err)
{
	struct str text = str_present(given) ? given : str_of(getenv("TENON_TIMEOUT"));
	int64_t seconds;

	*out = REQUEST_MS;
	if (!str_present(text) || text.len == 0)
		return OK;
	if (!str_to_i64(text, &seconds) || seconds < 1 || seconds > MOST_SECONDS)
		return err_text(err, ERR_CONFIG_FILE, str_printf(err->arena, "%s is how many seconds a registry may take to answer, from 1"
			" to %d", str_present(given) ? "--timeout" : "TENON_TIMEOUT", MOST_SECONDS));
	*out = (uint32_t)seconds * 1000;
	return OK;
}

enum err_code rest_open(struct arena *arena, const struct server *server, struct rest **out, struct err *err)
{
	struct str url = server->url, user = server->user;
	struct rest *rest = arena_new(arena, struct rest);
	struct tenon_error why = { .code = TENON_OK };
	struct tenon_config config;
	ptrdiff_t colon = str_index(user, ':');
	uint32_t timeout;

	while (str_ends(url, STR("/")))
		url = str_sub(url, 0, url.len - 1);
	rest->url = str_dup(arena, url);
	tenon_config_init(&config, sizeof(config));
	config.urls = rest->url.data;
	if (str_present(user)) {
		config.user = arena_strndup(arena, user.data, colon < 0 ? user.len : (size_t)colon);
		config.password = colon < 0 ? "" : arena_strdup(arena, user.data + colon + 1);
	}
	config.ca_file = str_present(server->ca) ? str_dup(arena, server->ca).data : NULL;
	TRY(read_timeout(server->timeout, &timeout, err));
	config.connect_timeout_ms = timeout < CONNECT_MS ? timeout : CONNECT_MS;
	config.request_timeout_ms = timeout;
	config.timeout_ms = CALL_TIMES * timeout;
	config.max_connections = REST_PARALLEL;
	config.max_response = ANSWER_BYTES;
	config.cache_bytes = 0;
	if (tenon_client_create(&config, &rest->client, &why) != TENON_OK)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%s", why.message));
	arena_defer(arena, close_rest, rest);
	*out = rest;
	return OK;
}

struct str rest_url(const struct rest *rest)
{
	return rest->url;
}

struct tenon_client *rest_client(const struct rest *rest)
{
	return rest->client;
}

/* ---- saying what is waited for ---- */

struct waiting {
	const struct rest *rest;
	pthread_t thread;
	pthread_mutex_t lock;       /* of `done` */
	pthread_cond_t changed;
	bool started, done;
};

static void *tell_waiting(void *arg)
{
	struct waiting *waiting = arg;
	struct timespec until;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_SECONDS;
	pthread_mutex_lock(&waiting->lock);
	while (!waiting->done && late != ETIMEDOUT)
		late = pthread_cond_timedwait(&waiting->changed, &waiting->lock, &until);
	if (!waiting->done)
		fprintf(stderr, "waiting for %.*s ", STR_ARG(waiting->rest->url));
	late = !waiting->done;
	while (!waiting->done)
		pthread_cond_wait(&waiting->changed, &waiting->lock);
	if (late)
		fprintf(stderr, "\r\033[K");
	pthread_mutex_unlock(&waiting->lock);
	return NULL;
}

/* Only a terminal is told. */
static void begin_waiting(struct waiting *waiting, const struct rest *rest)
{
	*waiting = (struct waiting){ .rest = rest };
	if (!isatty(STDERR_FILENO))
		return;
	pthread_mutex_init(&waiting->lock, NULL);
	pthread_cond_init(&waiting->changed, NULL);
	waiting->started = pthread_create(&waiting->thread, NULL, tell_waiting, waiting) == 0;
}

static void end_waiting(struct waiting *waiting)
{
	if (!waiting->started)
		return;
	pthread_mutex_lock(&waiting->lock);
	waiting->done = true;
	pthread_cond_signal(&waiting->changed);
	pthread_mutex_unlock(&waiting->lock);
	pthread_join(waiting->thread, NULL);
	pthread_cond_destroy(&waiting->changed);
	pthread_mutex_destroy(&waiting->lock);
}

/* ---- one request, as any thread makes it ---- */

struct raw_answer {
	enum tenon_code code;    /* TENON_OK: there is a status */
	int status;
	uint64_t waited_ms;      /* for it, with all attempts */
	char *text;              /* tenon_free; NULL: none */
	size_t len;
	char why[TENON_MESSAGE_SIZE];
};

static void ask(const struct rest *rest, const char *method, const char *path, struct str body, struct raw_answer *out)
{
	const struct client_request request = { .method = method, .path = path, .body = body,
		.repeatable = strcmp(method, "GET") == 0 };
	struct tenon_error why = { .code = TENON_OK };
	uint64_t start_ns = clock_mono_ns();

	*out = (struct raw_answer){ .text = NULL };
	out->code = client_exchange(rest->client, &request, &out->status, &out->text, &out->len, &why);
	if (out->code != TENON_OK && why.http_status != 0) {
		out->code = TENON_OK; /* a server in trouble has answered, too */
		out->status = why.http_status;
	}
	out->waited_ms = (clock_mono_ns() - start_ns) / (1000 * 1000);
	memcpy(out->why, why.message, sizeof(out->why));
	tenon_error_clear(&why);
}

static enum err_code tell_failure(const struct raw_answer *raw, struct err *err)
{
	if (!strstr(raw->why, "timed out"))
		return err_text(err, ERR_STORE, str_printf(err->arena, "%s", raw->why));
	return err_text(err, ERR_STORE, str_printf(err->arena, "%s; waited for %.1f seconds in all, --timeout SECONDS (or TENON_TIMEOUT)"
		" gives it longer", raw->why, (double)raw->waited_ms / 1000));
}

/* Moves what came into the arena. */
static enum err_code take(const struct rest *rest, struct arena *arena, const char *method, struct str path,
	struct raw_answer *raw, struct rest_answer *out, struct err *err)
{
	struct err unread = { .arena = arena };
	struct rest_answer answer = { .status = raw->status };

	answer.text = raw->text ? str_dup(arena, str_make(raw->text, raw->len)) : str_dup(arena, str_of(raw->why));
	tenon_free(raw->text);
	raw->text = NULL;
	if (raw->code != TENON_OK)
		return tell_failure(raw, err);
	if (raw->status == 401 || raw->status == 403)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s refuses %s %.*s with status %d: give a user and password"
			" that may do this (--user, or --from-user and --to-user)", STR_ARG(rest->url), method, STR_ARG(path), raw->status));
	if (jsn_parse(arena, answer.text, JSN_SURROGATES, SNAPSHOT_DEPTH, &answer.json, &unread) != OK)
		answer.json = NULL;
	*out = answer;
	return OK;
}

enum err_code rest_call(struct rest *rest, struct arena *arena, const char *method, struct str path, struct str body,
	struct rest_answer *out, struct err *err)
{
	struct waiting waiting;
	struct raw_answer raw;

	begin_waiting(&waiting, rest);
	ask(rest, method, str_dup(arena, path).data, body, &raw);
	end_waiting(&waiting);
	return take(rest, arena, method, path, &raw, out, err);
}

struct str rest_excerpt(const struct rest_answer *answer)
{
	struct str text = str_trim(answer->text);
	ptrdiff_t end;

	end = str_index(text, '\n');
	return str_trim(str_sub(text, 0, end >= 0 && end < 200 ? (size_t)end : 200));
}

enum err_code rest_need(struct rest *rest, struct arena *arena, struct str path, const struct jsn **out, struct err *err)
{
	struct rest_answer answer;

	TRY(rest_call(rest, arena, "GET", path, STR_NONE, &answer, err));
	if (answer.status != 200 || !answer.json)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s does not answer like a schema registry: GET %.*s has"
			" status %d and the body %.*s", STR_ARG(rest->url), STR_ARG(path), answer.status,
			STR_ARG(rest_excerpt(&answer))));
	*out = answer.json;
	return OK;
}

/* ---- many at a time ---- */

struct many {
	const struct rest *rest;
	const char **paths;
	struct raw_answer *answers;
	size_t n;
	pthread_mutex_t lock;       /* of what follows */
	pthread_cond_t changed;
	size_t next, done;
	bool stopped;               /* one failed: no more are sent */
};

/* Asks for one path after the other until there is none left. */
static void *work(void *arg)
{
	struct many *many = arg;

	pthread_mutex_lock(&many->lock);
	while (many->next < many->n && !many->stopped) {
		size_t at = many->next++;

		pthread_mutex_unlock(&many->lock);
		ask(many->rest, "GET", many->paths[at], STR_NONE, &many->answers[at]);
		pthread_mutex_lock(&many->lock);
		many->done++;
		many->stopped |= many->answers[at].code != TENON_OK;
		pthread_cond_signal(&many->changed);
	}
	pthread_mutex_unlock(&many->lock);
	return NULL;
}

/* Tells how far it is until all is done, or one has failed. */
static void watch(struct many *many, rest_progress_fn *progress, void *cls)
{
	pthread_mutex_lock(&many->lock);
	while (many->done < many->n && !many->stopped) {
		size_t done = many->done;

		while (many->done == done && !many->stopped)
			pthread_cond_wait(&many->changed, &many->lock);
		done = many->done;
		pthread_mutex_unlock(&many->lock);
		if (progress)
			progress(cls, done, many->n);
		pthread_mutex_lock(&many->lock);
	}
	pthread_mutex_unlock(&many->lock);
}

static enum err_code ask_all(struct many *many, rest_progress_fn *progress, void *cls, struct err *err)
{
	struct waiting waiting = { .started = false };
	pthread_t threads[REST_PARALLEL];
	size_t n_threads = 0;

	while (n_threads < REST_PARALLEL && n_threads < many->n
		&& pthread_create(&threads[n_threads], NULL, work, many) == 0)
		n_threads++;
	if (n_threads == 0)
		return err_text(err, ERR_STORE, STR("no thread can be started"));
	if (!progress)
		begin_waiting(&waiting, many->rest);
	watch(many, progress, cls);
	for (size_t i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	end_waiting(&waiting);
	return OK;
}

enum err_code rest_get_many(struct rest *rest, struct arena *arena, const struct str *paths, size_t n,
	struct rest_answer *answers, rest_progress_fn *progress, void *cls, struct err *err)
{
	struct many many = { .rest = rest, .n = n };
	enum err_code code = OK;

	if (n == 0)
		return OK;
	many.paths = arena_array(arena, const char *, n);
	many.answers = arena_array(arena, struct raw_answer, n);
	for (size_t i = 0; i < n; i++) {
		many.paths[i] = str_dup(arena, paths[i]).data;
		many.answers[i].text = NULL;
	}
	pthread_mutex_init(&many.lock, NULL);
	pthread_cond_init(&many.changed, NULL);
	code = ask_all(&many, progress, cls, err);
	pthread_cond_destroy(&many.changed);
	pthread_mutex_destroy(&many.lock);
	for (size_t i = 0; i < n; i++) {
		if (code == OK && (!many.stopped || many.answers[i].code != TENON_OK))
			code = take(rest, arena, "GET", paths[i], &many.answers[i], &answers[i], err);
		tenon_free(many.answers[i].text);
	}
	return code;
}

struct str rest_escape(struct arena *arena, struct str text)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buf out = buf_make(arena, text.len + 16);

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-_.~", c))) {
			buf_add_c(&out, (char)c);
		} else {
			buf_add_c(&out, '%');
			buf_add_c(&out, digits[c >> 4]);
			buf_add_c(&out, digits[c & 15]);
		}
	}
	return buf_str(&out);
}
