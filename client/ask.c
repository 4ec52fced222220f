/* Asking until there is an answer: several URLs, pauses that grow and are random, an end. */
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "client/http.h"

/* Whether another URL may be asked at once, and whether another round may begin. */
static bool may_go_on(enum client_outcome outcome, const struct client_request *request)
{
	return outcome == CLIENT_NOT_SENT || (request->repeatable && (outcome == CLIENT_LOST || outcome == CLIENT_SICK));
}

static bool may_begin_again(enum client_outcome outcome)
{
	return outcome == CLIENT_NOT_SENT || outcome == CLIENT_LOST;
}

/* Somebody does not know it, and there is somebody else. */
static bool may_be_elsewhere(const struct client_request *request, const struct client_answer *answer, size_t n_others)
{
	return request->insist && answer->status == 404 && n_others > 0;
}

/*
 * One round through the URLs, from the one that answered last.  The best chance that any of them leaves is what comes out; that one
 * does not know it counts when no other one does.
 */
static enum client_outcome ask_all(struct call *call, const struct client_request *request, struct client_answer *answer,
	bool *again)
{
	struct tenon_client *client = call->client;
	size_t first = atomic_load_explicit(&client->preferred, memory_order_relaxed);
	struct client_answer unknown = { .data = NULL };
	uint32_t retry_after_ms = 0;
	enum client_outcome outcome = CLIENT_HOPELESS;

	*again = false;
	for (size_t i = 0; i < client->n_urls; i++) {
		size_t at = (first + i) % client->n_urls;

		outcome = client_http_ask(client, &client->urls[at], request, call->deadline_ms, answer, call->err);
		if (outcome == CLIENT_ANSWERED && may_be_elsewhere(request, answer, client->n_urls - 1 - i)) {
			client_release(client, unknown.data);
			unknown = *answer;
			continue;
		}
		if (outcome == CLIENT_ANSWERED) {
			atomic_store_explicit(&client->preferred, at, memory_order_relaxed);
			client_release(client, unknown.data);
			return outcome;
		}
		if (answer->retry_after_ms > retry_after_ms)
			retry_after_ms = answer->retry_after_ms;
		if (!may_go_on(outcome, request)) {
			*again = false;
			break;
		}
		*again |= may_begin_again(outcome);
	}
	if (unknown.data) {
		*answer = unknown;
		return CLIENT_ANSWERED;
	}
	answer->retry_after_ms = retry_after_ms;
	return outcome;
}

/* A random time up to one that doubles with each round, or what the registry asked for. */
static uint64_t pause_of(const struct tenon_config *config, uint32_t round, uint32_t retry_after_ms)
{
	uint64_t most = round < 20 ? (uint64_t)config->retry_wait_ms << round : config->retry_wait_max_ms;
	uint64_t pause;

	if (most > config->retry_wait_max_ms)
		most = config->retry_wait_max_ms;
	pause = most > 0 ? random_u64() % (most + 1) : 0;
	if (retry_after_ms > config->retry_wait_max_ms)
		retry_after_ms = config->retry_wait_max_ms;
	return pause > retry_after_ms ? pause : retry_after_ms;
}

static void sleep_ms(uint64_t ms)
{
	struct timespec left = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) != 0)
		;
}

static enum client_outcome ask_in_rounds(struct call *call, const struct client_request *request, struct client_answer *answer)
{
	const struct tenon_config *config = &call->client->config;

	for (uint32_t round = 0;; round++) {
		bool again;
		enum client_outcome outcome = ask_all(call, request, answer, &again);
		uint64_t pause;

		if (outcome == CLIENT_ANSWERED || !again || round >= config->retries)
			return outcome;
		pause = pause_of(config, round, answer->retry_after_ms);
		if (client_now_ms() + pause >= call->deadline_ms)
			return outcome;
		sleep_ms(pause);
	}
}

/* An answer's body, until the call's arena ends. */
struct kept_body {
	const struct tenon_client *client;
	char *data;
};

static void release_body(void *arg)
{
	struct kept_body *kept = arg;

	client_release(kept->client, kept->data);
}

enum tenon_code client_ask(struct call *call, const struct client_request *request, int *status, struct str *body)
{
	struct kept_body *kept = arena_new(call->arena, struct kept_body);
	struct client_answer answer;

	if (call->client->config.offline)
		return client_fail(call->err, TENON_NOT_FOUND, "not in the bundle, and the registry is not asked (offline)");
	kept->client = call->client;
	arena_defer(call->arena, release_body, kept);
	if (ask_in_rounds(call, request, &answer) != CLIENT_ANSWERED)
		return call->err->code;
	kept->data = answer.data;
	*status = answer.status;
	*body = str_make(answer.data, answer.len);
	return TENON_OK;
}
