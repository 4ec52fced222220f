/* The configuration: its defaults, and the client's own copy of it. */
#include "client/config.h"

#include <curl/curl.h>

#include "base/arena.h"

static const struct tenon_config defaults = {
	.connect_timeout_ms = 5000,
	.request_timeout_ms = 15000,
	.timeout_ms = 60000,
	.retries = 3,
	.retry_wait_ms = 100,
	.retry_wait_max_ms = 5000,
	.max_connections = 8,
	.max_response = 16u * 1024 * 1024,
	.cache_bytes = 64u * 1024 * 1024,
	.latest_ttl_ms = 60000,
	.not_found_ttl_ms = 10000,
};

void tenon_config_init(struct tenon_config *config, size_t size)
{
	struct tenon_config full = defaults;

	full.size = size;
	memset(config, 0, size);
	memcpy(config, &full, size < sizeof(full) ? size : sizeof(full));
}

/* The texts of a configuration: each is copied in the same way. */
static const size_t texts[] = {
	offsetof(struct tenon_config, urls),
	offsetof(struct tenon_config, user),
	offsetof(struct tenon_config, password),
	offsetof(struct tenon_config, bearer_token),
	offsetof(struct tenon_config, ca_file),
	offsetof(struct tenon_config, certificate_file),
	offsetof(struct tenon_config, key_file),
	offsetof(struct tenon_config, key_password),
	offsetof(struct tenon_config, proxy),
	offsetof(struct tenon_config, bundle_file),
};

static void copy_texts(struct arena *arena, struct tenon_config *config)
{
	const char **headers = arena_array(arena, const char *, config->n_headers);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char **text = (const char **)(void *)((char *)config + texts[i]);

		if (*text)
			*text = arena_strdup(arena, *text);
	}
	for (size_t i = 0; i < config->n_headers; i++)
		headers[i] = arena_strdup(arena, config->headers[i]);
	config->headers = headers;
}

static enum tenon_code fail_url(struct tenon_error *err, struct str text, const char *what)
{
	return client_fail(err, TENON_INVALID, "urls: '%.*s' %s", STR_ARG(text), what);
}

static void free_url(void *url)
{
	curl_url_cleanup(url);
}

/* One part of a URL, in the arena; NULL when it has none. */
static const char *take_part(struct arena *arena, CURLU *url, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	const char *copy;

	if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
		return NULL;
	arena_defer(arena, curl_free, text);
	copy = arena_strdup(arena, text);
	return copy;
}

/* Splits credentials from a URL, so that no message shows them. */
static enum tenon_code read_url(struct call *call, struct str text, struct client_url *out)
{
	struct arena *kept = call->client->arena;
	CURLU *url = curl_url();
	const char *scheme, *whole;

	if (url == NULL)
		memory_out(sizeof(url));
	arena_defer(call->arena, free_url, url);
	if (str_index(text, '\0') >= 0 || curl_url_set(url, CURLUPART_URL, str_dup(call->arena, text).data, 0) != CURLUE_OK)
		return fail_url(call->err, text, "is no URL");
	scheme = take_part(call->arena, url, CURLUPART_SCHEME, 0);
	if (scheme == NULL || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		return fail_url(call->err, text, "is neither http nor https");
	if (take_part(call->arena, url, CURLUPART_QUERY, 0) || take_part(call->arena, url, CURLUPART_FRAGMENT, 0))
		return fail_url(call->err, text, "has a query or fragment");
	out->https = strcmp(scheme, "https") == 0;
	out->user = call->client->config.user;
	out->password = call->client->config.password;
	if (take_part(call->arena, url, CURLUPART_USER, 0)) {
		out->user = take_part(kept, url, CURLUPART_USER, CURLU_URLDECODE);
		out->password = take_part(kept, url, CURLUPART_PASSWORD, CURLU_URLDECODE);
		curl_url_set(url, CURLUPART_USER, NULL, 0);
		curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
	}
	whole = take_part(call->arena, url, CURLUPART_URL, 0);
	if (whole == NULL)
		return fail_url(call->err, text, "is no URL");
	out->base = str_of(whole);
	while (str_ends(out->base, STR("/")))
		out->base.len--;
	out->base = str_dup(kept, out->base);
	return TENON_OK;
}

static enum tenon_code read_urls(struct call *call)
{
	struct tenon_client *client = call->client;
	struct str rest = str_of(client->config.urls ? client->config.urls : "");
	size_t room = 0;

	while (rest.len > 0) {
		ptrdiff_t comma = str_index(rest, ',');
		struct str text = str_trim(str_sub(rest, 0, comma >= 0 ? (size_t)comma : rest.len));

		rest = comma >= 0 ? str_sub(rest, (size_t)comma + 1, rest.len) : STR("");
		if (text.len == 0)
			continue;
		client->urls = arena_grow(client->arena, client->urls, client->n_urls, &room, sizeof(*client->urls));
		client->urls[client->n_urls] = (struct client_url){ .https = false };
		CLIENT_TRY(read_url(call, text, &client->urls[client->n_urls]));
		client->n_urls++;
	}
	if (client->n_urls == 0 && !client->config.offline)
		return client_fail(call->err, TENON_INVALID, "urls: none is given");
	return TENON_OK;
}

static enum tenon_code check_texts(struct call *call)
{
	const struct tenon_config *config = &call->client->config;

	for (size_t i = 0; i < config->n_headers; i++)
		if (strpbrk(config->headers[i], "\r\n") || !strchr(config->headers[i], ':'))
			return client_fail(call->err, TENON_INVALID, "headers: '%s' is not of the form Name: value", config->headers[i]);
	if (config->bearer_token && strpbrk(config->bearer_token, "\r\n"))
		return client_fail(call->err, TENON_INVALID, "bearer_token: there is a line's end in it");
	if (config->key_file && !config->certificate_file)
		return client_fail(call->err, TENON_INVALID, "key_file: certificate_file is missing");
	if (config->max_connections == 0 || config->request_timeout_ms == 0 || config->timeout_ms == 0)
		return client_fail(call->err, TENON_INVALID, "max_connections, request_timeout_ms and timeout_ms are at least 1");
	return TENON_OK;
}

enum tenon_code client_config_read(struct call *call)
{
	copy_texts(call->client->arena, &call->client->config);
	CLIENT_TRY(check_texts(call));
	return read_urls(call);
}

enum tenon_code client_config_copy(const struct tenon_config *given, struct tenon_config *out, struct tenon_error *err)
{
	const size_t known = sizeof(*out), size = given->size;
	const char *bytes = (const char *)given;

	if (size < offsetof(struct tenon_config, user) || size > 64 * known)
		return client_fail(err, TENON_INVALID, "the configuration has not been through tenon_config_init");
	for (size_t i = known; i < size; i++)
		if (bytes[i] != 0)
			return client_fail(err, TENON_INVALID, "the configuration sets what this version of the library (" TENON_VERSION
				") does not know");
	*out = defaults;
	memcpy(out, given, size < known ? size : known);
	out->size = known;
	return TENON_OK;
}
