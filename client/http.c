/* Connections: a pool of libcurl handles, each with its kept connections, and one request on one of them. */
#include "client/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <time.h>

/* A handle; idle ones are a stack, so that the warmest is used next. */
struct connection {
	struct connection *next;
	CURL *curl;
	char why[CURL_ERROR_SIZE];
};

struct client_pool {
	struct tenon_client *client;
	pthread_mutex_t lock;
	pthread_cond_t returned;
	struct connection *idle;
	size_t n_busy;
	struct curl_slist *headers;
};

/* An answer's body as it grows. */
struct body {
	const struct tenon_client *client;
	char *data;
	size_t len;
	size_t room;
	bool too_large;
	bool no_memory;
};

static const char *const headers[] = {
	"Content-Type: application/vnd.schemaregistry.v1+json",
	"Accept: application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json",
	"Expect:", /* no pause before a body is sent */
};

static bool add_header(struct client_pool *pool, const char *header)
{
	struct curl_slist *longer = curl_slist_append(pool->headers, header);

	if (longer)
		pool->headers = longer;
	return longer != NULL;
}

struct client_pool *client_pool_create(struct tenon_client *client)
{
	struct client_pool *pool = client_resize(client, NULL, sizeof(*pool));
	pthread_condattr_t steady;
	bool good = true;

	if (pool == NULL)
		return NULL;
	*pool = (struct client_pool){ .client = client };
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->returned, &steady);
	pthread_condattr_destroy(&steady);
	for (size_t i = 0; good && i < sizeof(headers) / sizeof(headers[0]); i++)
		good = add_header(pool, headers[i]);
	for (size_t i = 0; good && i < client->config.n_headers; i++)
		good = add_header(pool, client->config.headers[i]);
	if (good)
		return pool;
	client_pool_destroy(pool);
	return NULL;
}

static void close_connection(struct client_pool *pool, struct connection *connection)
{
	curl_easy_cleanup(connection->curl);
	client_release(pool->client, connection);
}

void client_pool_destroy(struct client_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->idle) {
		struct connection *connection = pool->idle;

		pool->idle = connection->next;
		close_connection(pool, connection);
	}
	curl_slist_free_all(pool->headers);
	pthread_cond_destroy(&pool->returned);
	pthread_mutex_destroy(&pool->lock);
	client_release(pool->client, pool);
}

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct body *body = arg;
	size_t more = size * n;

	if (more > body->client->config.max_response - body->len) {
		body->too_large = true;
		return 0;
	}
	if (body->len + more + 1 > body->room) {
		size_t room = body->room * 2 > body->len + more + 1 ? body->room * 2 : body->len + more + 1;
		char *larger = client_resize(body->client, body->data, room);

		if (larger == NULL) {
			body->no_memory = true;
			return 0;
		}
		body->data = larger;
		body->room = room;
	}
	memcpy(body->data + body->len, data, more);
	body->len += more;
	body->data[body->len] = '\0';
	return more;
}

/* What is the same for all requests; libcurl copies texts. */
static CURLcode set_up(const struct client_pool *pool, CURL *curl)
{
	const struct tenon_config *config = &pool->client->config;
	const struct {
		CURLoption option;
		const char *value;
	} texts[] = {
		{ CURLOPT_USERAGENT, "libtenon/" TENON_VERSION },
		{ CURLOPT_ACCEPT_ENCODING, "" }, /* all that this libcurl can undo */
		{ CURLOPT_PROTOCOLS_STR, "http,https" },
		{ CURLOPT_CAINFO, config->ca_file },
		{ CURLOPT_SSLCERT, config->certificate_file },
		{ CURLOPT_SSLKEY, config->key_file },
		{ CURLOPT_KEYPASSWD, config->key_password },
		{ CURLOPT_PROXY, config->proxy },
	};
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS },
		{ CURLOPT_CONNECTTIMEOUT_MS, (long)config->connect_timeout_ms },
		{ CURLOPT_PATH_AS_IS, 1 },
		{ CURLOPT_TCP_KEEPALIVE, 1 },
		{ CURLOPT_MAXCONNECTS, (long)pool->client->n_urls + 1 },
		{ CURLOPT_FOLLOWLOCATION, 1 },
		{ CURLOPT_MAXREDIRS, 5 },
		{ CURLOPT_POSTREDIR, CURL_REDIR_POST_ALL },
		{ CURLOPT_SSL_VERIFYPEER, !config->insecure },
		{ CURLOPT_SSL_VERIFYHOST, config->insecure ? 0 : 2 },
	};
	CURLcode code = CURLE_OK;

	for (size_t i = 0; code == CURLE_OK && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].value)
			code = curl_easy_setopt(curl, texts[i].option, texts[i].value);
	for (size_t i = 0; code == CURLE_OK && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		code = curl_easy_setopt(curl, numbers[i].option, numbers[i].value);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, pool->headers);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	return code;
}

static struct connection *open_connection(struct client_pool *pool, enum tenon_code *code)
{
	struct connection *connection = client_resize(pool->client, NULL, sizeof(*connection));
	CURLcode set;

	*code = TENON_NOMEM;
	if (connection == NULL)
		return NULL;
	*connection = (struct connection){ .curl = curl_easy_init() };
	if (connection->curl == NULL) {
		client_release(pool->client, connection);
		return NULL;
	}
	set = set_up(pool, connection->curl);
	if (set == CURLE_OK)
		set = curl_easy_setopt(connection->curl, CURLOPT_ERRORBUFFER, connection->why);
	if (set == CURLE_OK)
		return connection;
	*code = set == CURLE_OUT_OF_MEMORY ? TENON_NOMEM : TENON_INVALID;
	close_connection(pool, connection);
	return NULL;
}

/* An idle connection or a new one; waits for one when there are as many as may be.  NULL with *code otherwise. */
static struct connection *borrow(struct client_pool *pool, uint64_t deadline_ms, enum tenon_code *code)
{
	struct connection *connection = NULL;

	pthread_mutex_lock(&pool->lock);
	while (pool->n_busy >= pool->client->config.max_connections) {
		const struct timespec until = { (time_t)(deadline_ms / 1000), (long)(deadline_ms % 1000) * 1000000 };

		if (pthread_cond_timedwait(&pool->returned, &pool->lock, &until) == ETIMEDOUT) {
			pthread_mutex_unlock(&pool->lock);
			*code = TENON_UNREACHABLE;
			return NULL;
		}
	}
	pool->n_busy++;
	connection = pool->idle;
	if (connection)
		pool->idle = connection->next;
	pthread_mutex_unlock(&pool->lock);
	if (connection == NULL)
		connection = open_connection(pool, code);
	if (connection == NULL) {
		pthread_mutex_lock(&pool->lock);
		pool->n_busy--;
		pthread_cond_signal(&pool->returned);
		pthread_mutex_unlock(&pool->lock);
	}
	return connection;
}

static void give_back(struct client_pool *pool, struct connection *connection)
{
	pthread_mutex_lock(&pool->lock);
	connection->next = pool->idle;
	pool->idle = connection;
	pool->n_busy--;
	pthread_cond_signal(&pool->returned);
	pthread_mutex_unlock(&pool->lock);
}

/* Credentials for this URL; a token is asked for each time. */
static CURLcode set_credentials(struct tenon_client *client, const struct client_url *url, CURL *curl, bool *no_token)
{
	const struct tenon_config *config = &client->config;
	char token[8192];
	CURLcode code;

	if (config->token) {
		*no_token = config->token(config->token_cls, token, sizeof(token)) != 0;
		token[sizeof(token) - 1] = '\0';
		if (*no_token)
			return CURLE_OK;
	}
	if (config->token || config->bearer_token) {
		code = curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, config->token ? token : config->bearer_token);
		return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) : code;
	}
	code = curl_easy_setopt(curl, CURLOPT_USERNAME, url->user);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_PASSWORD, url->password);
	return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) : code;
}

/* The whole URL in memory of the client's, or NULL. */
static char *make_target(const struct tenon_client *client, const struct client_url *url, const char *path)
{
	size_t len = strlen(path);
	char *target = client_resize(client, NULL, url->base.len + len + 1);

	if (target) {
		memcpy(target, url->base.data, url->base.len);
		memcpy(target + url->base.len, path, len + 1);
	}
	return target;
}

static CURLcode set_request(const struct client_url *url, const struct client_request *request, CURL *curl, uint64_t wait_ms,
	struct body *body)
{
	char *target = make_target(body->client, url, request->path);
	CURLcode code = target ? curl_easy_setopt(curl, CURLOPT_URL, target) : CURLE_OUT_OF_MEMORY;

	client_release(body->client, target);
	/* A redirect must not take what was sent over TLS out of it. */
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, url->https ? "https" : "http,https");
	if (code != CURLE_OK)
		return code;
	curl_easy_setopt(curl, CURLOPT_NOBODY, (long)(strcmp(request->method, "HEAD") == 0));
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, str_present(request->body) ? request->body.data : NULL);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
	if (!str_present(request->body) && strcmp(request->method, "HEAD") != 0)
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)wait_ms);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	return curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

/* What a failure of libcurl means.  Not listed: the network's trouble, which may be over next time. */
static const struct {
	CURLcode curl;
	enum tenon_code code;
} hopeless[] = {
	{ CURLE_OUT_OF_MEMORY, TENON_NOMEM },
	{ CURLE_UNSUPPORTED_PROTOCOL, TENON_PROTOCOL },
	{ CURLE_TOO_MANY_REDIRECTS, TENON_PROTOCOL },
	{ CURLE_BAD_CONTENT_ENCODING, TENON_PROTOCOL },
	{ CURLE_URL_MALFORMAT, TENON_PROTOCOL },
	{ CURLE_PEER_FAILED_VERIFICATION, TENON_REFUSED },
	{ CURLE_SSL_CERTPROBLEM, TENON_REFUSED },
	{ CURLE_SSL_CIPHER, TENON_REFUSED },
	{ CURLE_SSL_ISSUER_ERROR, TENON_REFUSED },
	{ CURLE_SSL_PINNEDPUBKEYNOTMATCH, TENON_REFUSED },
	{ CURLE_SSL_CACERT_BADFILE, TENON_INVALID },
	{ CURLE_SSL_ENGINE_NOTFOUND, TENON_INVALID },
	{ CURLE_NOT_BUILT_IN, TENON_INVALID },
	{ CURLE_FILESIZE_EXCEEDED, TENON_LIMIT },
};

/* An alert: the other side of TLS has refused ours, which over TLS 1.3 comes as a failure to read. */
static bool is_refusal(CURLcode curl, const char *why)
{
	return (curl == CURLE_SSL_CONNECT_ERROR || curl == CURLE_RECV_ERROR || curl == CURLE_SEND_ERROR) && strstr(why, "alert");
}

static enum client_outcome explain_failure(const struct connection *connection, const struct client_url *url, CURLcode curl,
	const struct body *body, struct tenon_error *err)
{
	const char *why = connection->why[0] ? connection->why : curl_easy_strerror(curl);
	long sent = 0;

	if (body->no_memory) {
		client_no_memory(err);
		return CLIENT_HOPELESS;
	}
	if (body->too_large) {
		client_fail(err, TENON_LIMIT, "%.*s: the answer is larger than %zu bytes", STR_ARG(url->base),
			body->client->config.max_response);
		return CLIENT_HOPELESS;
	}
	for (size_t i = 0; i < sizeof(hopeless) / sizeof(hopeless[0]); i++) {
		if (hopeless[i].curl == curl) {
			client_fail(err, hopeless[i].code, "%.*s: %s", STR_ARG(url->base), why);
			return CLIENT_HOPELESS;
		}
	}
	if (is_refusal(curl, why)) {
		client_fail(err, TENON_REFUSED, "%.*s: %s", STR_ARG(url->base), why);
		return CLIENT_HOPELESS;
	}
	client_fail(err, TENON_UNREACHABLE, "%.*s: %s", STR_ARG(url->base), why);
	curl_easy_getinfo(connection->curl, CURLINFO_REQUEST_SIZE, &sent);
	return sent == 0 ? CLIENT_NOT_SENT : CLIENT_LOST;
}

/* What a status says about asking again: 408, 429 and 503 turn a request away, a gateway does not know what became of it. */
static enum client_outcome judge_status(int status)
{
	if (status == 408 || status == 429 || status == 503)
		return CLIENT_NOT_SENT;
	if (status == 502 || status == 504)
		return CLIENT_LOST;
	return status >= 500 ? CLIENT_SICK : CLIENT_ANSWERED;
}

/* Up to the first line's end, for a message. */
static struct str first_line(const struct body *body)
{
	struct str text = str_make(body->data, body->len);
	ptrdiff_t end = str_index(text, '\n');

	return str_sub(text, 0, end >= 0 && end < 200 ? (size_t)end : 200);
}

static enum client_outcome take_answer(struct connection *connection, const struct client_url *url, struct body *body,
	struct client_answer *out, struct tenon_error *err)
{
	enum client_outcome outcome;
	curl_off_t after = 0;
	long status = 0;

	curl_easy_getinfo(connection->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(connection->curl, CURLINFO_RETRY_AFTER, &after);
	outcome = judge_status((int)status);
	*out = (struct client_answer){ .status = (int)status, .retry_after_ms = (uint32_t)(after < 3600 ? after : 3600) * 1000 };
	if (outcome == CLIENT_ANSWERED) {
		out->data = body->data;
		out->len = body->len;
		body->data = NULL;
		return outcome;
	}
	client_fail(err, TENON_UNREACHABLE, "%.*s: status %ld: %.*s", STR_ARG(url->base), status, STR_ARG(first_line(body)));
	if (err)
		err->http_status = (int)status;
	return outcome;
}

/* On a connection that is ready. */
static enum client_outcome perform(struct tenon_client *client, struct connection *connection, const struct client_url *url,
	const struct client_request *request, uint64_t wait_ms, struct client_answer *out, struct tenon_error *err)
{
	struct body body = { .client = client };
	enum client_outcome outcome;
	bool no_token = false;
	CURLcode code;

	body.data = client_resize(client, NULL, 256); /* there is a body, if only an empty one */
	if (body.data == NULL) {
		client_no_memory(err);
		return CLIENT_HOPELESS;
	}
	body.data[0] = '\0';
	body.room = 256;
	connection->why[0] = '\0';
	code = set_request(url, request, connection->curl, wait_ms, &body);
	if (code == CURLE_OK)
		code = set_credentials(client, url, connection->curl, &no_token);
	if (code == CURLE_OK && no_token) {
		client_fail(err, TENON_REFUSED, "%.*s: there is no token to send", STR_ARG(url->base));
		outcome = CLIENT_HOPELESS;
	} else {
		if (code == CURLE_OK) {
			atomic_fetch_add_explicit(&client->n_requests, 1, memory_order_relaxed);
			code = curl_easy_perform(connection->curl);
		}
		outcome = code == CURLE_OK ? take_answer(connection, url, &body, out, err)
								   : explain_failure(connection, url, code, &body, err);
	}
	client_release(client, body.data);
	return outcome;
}

enum client_outcome client_http_ask(struct tenon_client *client, const struct client_url *url,
	const struct client_request *request, uint64_t deadline_ms, struct client_answer *out, struct tenon_error *err)
{
	enum tenon_code code = TENON_OK;
	struct connection *connection = borrow(client->pool, deadline_ms, &code);
	uint64_t now = client_now_ms(), wait_ms = client->config.request_timeout_ms;
	enum client_outcome outcome;

	*out = (struct client_answer){ .status = 0 };
	if (connection == NULL) {
		client_fail(err, code, "%s", code == TENON_NOMEM ? "out of memory"
			: code == TENON_UNREACHABLE ? "all connections were in use until the time was up"
			: "libcurl does not take the configuration: a certificate, key or proxy");
		return CLIENT_HOPELESS;
	}
	if (deadline_ms <= now)
		wait_ms = 1;
	else if (deadline_ms - now < wait_ms)
		wait_ms = deadline_ms - now;
	outcome = perform(client, connection, url, request, wait_ms, out, err);
	give_back(client->pool, connection);
	return outcome;
}
