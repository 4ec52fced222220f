/* Asking a registry over HTTP, with libcurl. */
#include "client/cli/rest.h"

#include <curl/curl.h>

#include "base/arena.h"
#include "client/cli/snapshot.h"

enum { CONNECT_SECONDS = 10, SILENCE_SECONDS = 120 };

struct rest {
	CURL *curl;
	struct curl_slist *headers;
	struct str url;
	struct str user;
	struct str ca;
};

static void close_rest(void *arg)
{
	struct rest *rest = arg;

	curl_slist_free_all(rest->headers);
	curl_easy_cleanup(rest->curl);
}

static size_t take(char *data, size_t size, size_t n, void *arg)
{
	buf_add(arg, str_make(data, size * n));
	return size * n;
}

/* What all requests to the registry have in common. */
static void set_up(const struct rest *rest, CURL *curl)
{
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, rest->headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "tenon/" TENON_VERSION);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_SECONDS);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	if (str_present(rest->user))
		curl_easy_setopt(curl, CURLOPT_USERPWD, rest->user.data);
	if (str_present(rest->ca))
		curl_easy_setopt(curl, CURLOPT_CAINFO, rest->ca.data);
}

enum err_code rest_open(struct arena *arena, struct str url, struct str user, struct str ca, struct rest **out,
	struct err *err)
{
	struct rest *rest = arena_new(arena, struct rest);

	while (str_ends(url, STR("/")))
		url = str_sub(url, 0, url.len - 1);
	rest->url = str_dup(arena, url);
	rest->curl = curl_easy_init();
	if (!rest->curl)
		return err_text(err, ERR_STORE, STR("libcurl does not start"));
	rest->headers = curl_slist_append(NULL, "Content-Type: application/vnd.schemaregistry.v1+json");
	rest->headers = curl_slist_append(rest->headers, "Accept: application/vnd.schemaregistry.v1+json, application/json");
	rest->headers = curl_slist_append(rest->headers, "Expect:");
	arena_defer(arena, close_rest, rest);
	rest->user = str_present(user) ? str_dup(arena, user) : STR_NONE;
	rest->ca = str_present(ca) ? str_dup(arena, ca) : STR_NONE;
	set_up(rest, rest->curl);
	*out = rest;
	return OK;
}

struct str rest_url(const struct rest *rest)
{
	return rest->url;
}

/* Makes an answer of what a transfer ended with. */
static enum err_code finish(const struct rest *rest, CURL *curl, CURLcode code, const char *why, const char *method,
	struct str path, struct buf *text, struct rest_answer *out, struct err *err)
{
	struct err unread = { .arena = text->arena };
	struct rest_answer answer = { .status = 0 };
	long status = 0;

	if (code != CURLE_OK)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s", STR_ARG(rest->url),
			why[0] ? why : curl_easy_strerror(code)));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 401 || status == 403)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s refuses %s %.*s with status %ld: give a user and password"
			" that may do this (--user, or --from-user and --to-user)", STR_ARG(rest->url), method, STR_ARG(path), status));
	answer.status = (int)status;
	answer.text = buf_str(text);
	if (jsn_parse(text->arena, answer.text, JSN_SURROGATES, SNAPSHOT_DEPTH, &answer.json, &unread) != OK)
		answer.json = NULL;
	*out = answer;
	return OK;
}

enum err_code rest_call(struct rest *rest, struct arena *arena, const char *method, struct str path, struct str body,
	struct rest_answer *out, struct err *err)
{
	struct buf text = buf_make(arena, 512);
	char why[CURL_ERROR_SIZE] = "";
	CURLcode code;

	curl_easy_setopt(rest->curl, CURLOPT_URL, str_concat(arena, rest->url, path).data);
	curl_easy_setopt(rest->curl, CURLOPT_POSTFIELDS, str_present(body) ? body.data : NULL);
	curl_easy_setopt(rest->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	if (!str_present(body))
		curl_easy_setopt(rest->curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(rest->curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(rest->curl, CURLOPT_WRITEDATA, &text);
	curl_easy_setopt(rest->curl, CURLOPT_ERRORBUFFER, why);
	code = curl_easy_perform(rest->curl);
	curl_easy_setopt(rest->curl, CURLOPT_ERRORBUFFER, NULL);
	return finish(rest, rest->curl, code, why, method, path, &text, out, err);
}

enum err_code rest_need(struct rest *rest, struct arena *arena, struct str path, const struct jsn **out, struct err *err)
{
	struct rest_answer answer;

	TRY(rest_call(rest, arena, "GET", path, STR_NONE, &answer, err));
	if (answer.status != 200 || !answer.json)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s does not answer like a schema registry: GET %.*s has"
			" status %d and the body %.*s", STR_ARG(rest->url), STR_ARG(path), answer.status,
			STR_ARG(str_sub(answer.text, 0, 200))));
	*out = answer.json;
	return OK;
}

/* ---- many at a time ---- */

struct transfer {
	CURL *curl;
	struct buf text;
	char why[CURL_ERROR_SIZE];
	size_t at;           /* of its path */
};

struct many {
	struct rest *rest;
	struct arena *arena;
	const struct str *paths;
	size_t n, next, done;
	struct rest_answer *answers;
	CURLM *multi;
	struct transfer transfers[REST_PARALLEL];
};

static void close_many(void *arg)
{
	struct many *many = arg;

	for (size_t i = 0; i < REST_PARALLEL; i++) {
		if (!many->transfers[i].curl)
			continue;
		curl_multi_remove_handle(many->multi, many->transfers[i].curl);
		curl_easy_cleanup(many->transfers[i].curl);
	}
	curl_multi_cleanup(many->multi);
}

/* Gives an idle transfer the next path, if there is one. */
static void send_next(struct many *many, struct transfer *transfer)
{
	if (many->next == many->n)
		return;
	transfer->at = many->next++;
	transfer->text = buf_make(many->arena, 512);
	transfer->why[0] = '\0';
	curl_easy_setopt(transfer->curl, CURLOPT_URL,
		str_concat(many->arena, many->rest->url, many->paths[transfer->at]).data);
	curl_easy_setopt(transfer->curl, CURLOPT_WRITEDATA, &transfer->text);
	curl_multi_add_handle(many->multi, transfer->curl);
}

static enum err_code open_many(struct many *many, struct err *err)
{
	many->multi = curl_multi_init();
	if (!many->multi)
		return err_text(err, ERR_STORE, STR("libcurl does not start"));
	for (size_t i = 0; i < REST_PARALLEL && i < many->n; i++) {
		struct transfer *transfer = &many->transfers[i];

		transfer->curl = curl_easy_init();
		if (!transfer->curl)
			return err_text(err, ERR_STORE, STR("libcurl does not start"));
		set_up(many->rest, transfer->curl);
		curl_easy_setopt(transfer->curl, CURLOPT_ERRORBUFFER, transfer->why);
		curl_easy_setopt(transfer->curl, CURLOPT_PRIVATE, transfer);
		send_next(many, transfer);
	}
	return OK;
}

/* Takes what has ended, and sends what is next. */
static enum err_code take_ended(struct many *many, struct err *err)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(many->multi, &left)) != NULL) {
		CURL *curl = message->easy_handle;
		CURLcode code = message->data.result;
		struct transfer *transfer = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&transfer);
		TRY(finish(many->rest, curl, code, transfer->why, "GET", many->paths[transfer->at], &transfer->text,
			&many->answers[transfer->at], err));
		curl_multi_remove_handle(many->multi, curl);
		many->done++;
		send_next(many, transfer);
	}
	return OK;
}

enum err_code rest_get_many(struct rest *rest, struct arena *arena, const struct str *paths, size_t n,
	struct rest_answer *answers, rest_progress_fn *progress, void *cls, struct err *err)
{
	struct many *many = arena_new(arena, struct many);
	int running;

	*many = (struct many){ .rest = rest, .arena = arena, .paths = paths, .n = n, .answers = answers };
	if (n == 0)
		return OK;
	arena_defer(arena, close_many, many);
	TRY(open_many(many, err));
	while (many->done < n) {
		if (curl_multi_perform(many->multi, &running) != CURLM_OK ||
			curl_multi_poll(many->multi, NULL, 0, running > 0 ? 1000 : 0, NULL) != CURLM_OK)
			return err_text(err, ERR_STORE, STR("libcurl does not go on"));
		TRY(take_ended(many, err));
		if (progress)
			progress(cls, many->done, n);
	}
	return OK;
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
