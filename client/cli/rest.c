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
	curl_easy_setopt(rest->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(rest->curl, CURLOPT_HTTPHEADER, rest->headers);
	curl_easy_setopt(rest->curl, CURLOPT_USERAGENT, "tenon/" TENON_VERSION);
	curl_easy_setopt(rest->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(rest->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(rest->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(rest->curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_SECONDS);
	curl_easy_setopt(rest->curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(rest->curl, CURLOPT_WRITEFUNCTION, take);
	if (str_present(user))
		curl_easy_setopt(rest->curl, CURLOPT_USERPWD, str_dup(arena, user).data);
	if (str_present(ca))
		curl_easy_setopt(rest->curl, CURLOPT_CAINFO, str_dup(arena, ca).data);
	*out = rest;
	return OK;
}

struct str rest_url(const struct rest *rest)
{
	return rest->url;
}

enum err_code rest_call(struct rest *rest, struct arena *arena, const char *method, struct str path, struct str body,
	struct rest_answer *out, struct err *err)
{
	struct err unread = { .arena = arena };
	struct buf text = buf_make(arena, 512);
	struct rest_answer answer = { .status = 0 };
	char why[CURL_ERROR_SIZE] = "";
	CURLcode code;
	long status = 0;

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
	if (code != CURLE_OK)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s", STR_ARG(rest->url),
			why[0] ? why : curl_easy_strerror(code)));
	curl_easy_getinfo(rest->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 401 || status == 403)
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s refuses %s %.*s with status %ld: give a user and password"
			" that may do this (--from-user, --to-user)", STR_ARG(rest->url), method, STR_ARG(path), status));
	answer.status = (int)status;
	answer.text = buf_str(&text);
	if (jsn_parse(arena, answer.text, JSN_SURROGATES, SNAPSHOT_DEPTH, &answer.json, &unread) != OK)
		answer.json = NULL;
	*out = answer;
	return OK;
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
