/* An HTTP client of plain sockets for tests: what it sends and gets is exactly what is written there. */
#ifndef TESTS_UNIT_SERVER_HTTP_CLIENT_H
#define TESTS_UNIT_SERVER_HTTP_CLIENT_H

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define MAYBE_UNUSED __attribute__((unused))

struct client {
	int fd;
	char *data;    /* received, not yet taken */
	size_t len;
	size_t room;
};

struct answer {
	int status;             /* 0: the connection ended without one */
	char *head;             /* status line and headers, NUL-terminated */
	char *body;             /* NUL-terminated */
	size_t body_len;
};

static MAYBE_UNUSED struct client client_open(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct timeval limit = { .tv_sec = 30 };
	struct client c = { .fd = socket(AF_INET, SOCK_STREAM, 0) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(c.fd >= 0);
	setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(c.fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail_msg("connect: %s", strerror(errno));
	return c;
}

static MAYBE_UNUSED void client_close(struct client *c)
{
	close(c->fd);
	free(c->data);
}

/* False when the server has gone. */
static MAYBE_UNUSED bool client_send(struct client *c, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(c->fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static MAYBE_UNUSED void client_text(struct client *c, const char *text)
{
	assert_true(client_send(c, text, strlen(text)));
}

/* False at the end of the connection or after 30 s. */
static MAYBE_UNUSED bool client_receive(struct client *c)
{
	ssize_t n;

	if (c->room - c->len < 16384) {
		c->room = c->room * 2 + 65536;
		c->data = realloc(c->data, c->room);
		assert_non_null(c->data);
	}
	n = recv(c->fd, c->data + c->len, c->room - c->len - 1, 0);
	if (n <= 0)
		return false;
	c->len += (size_t)n;
	c->data[c->len] = '\0';
	return true;
}

static MAYBE_UNUSED void answer_free(struct answer *a)
{
	free(a->head);
	free(a->body);
	*a = (struct answer){ 0 };
}

/* The value of a header up to the line's end, into `out`; false when absent. */
static MAYBE_UNUSED bool answer_header(const struct answer *a, const char *name, char *out, size_t room)
{
	const char *line = a->head;
	size_t len = strlen(name);

	while (line && (line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
			const char *value = line + len + 1 + strspn(line + len + 1, " ");

			snprintf(out, room, "%.*s", (int)strcspn(value, "\r"), value);
			return true;
		}
	}
	return false;
}

static MAYBE_UNUSED char *take_text(const char *data, size_t len)
{
	char *text = malloc(len + 1);

	assert_non_null(text);
	memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

/* Reads one answer; `has_body` is false for HEAD. */
static MAYBE_UNUSED struct answer client_answer(struct client *c, bool has_body)
{
	struct answer a = { 0 };
	char length[32] = "0";
	char *end;
	size_t head, want;

	while (c->len == 0 || (end = strstr(c->data, "\r\n\r\n")) == NULL)
		if (!client_receive(c))
			return a;
	head = (size_t)(end - c->data) + 2;
	a.head = take_text(c->data, head);
	a.status = (int)strtol(c->data + 9, NULL, 10);
	answer_header(&a, "Content-Length", length, sizeof(length));
	want = head + 2 + (has_body ? strtoul(length, NULL, 10) : 0);
	while (c->len < want)
		if (!client_receive(c)) {
			a.status = 0;
			return a;
		}
	a.body_len = want - head - 2;
	a.body = take_text(c->data + head + 2, a.body_len);
	memmove(c->data, c->data + want, c->len - want + 1);
	c->len -= want;
	return a;
}

/* One request on an open connection; `headers` are lines with CRLF. */
static MAYBE_UNUSED struct answer client_ask(struct client *c, const char *method, const char *target,
	const char *headers, const char *body)
{
	size_t room = strlen(method) + strlen(target) + strlen(headers) + (body ? strlen(body) : 0) + 200;
	char *text = malloc(room);
	int len;

	assert_non_null(text);
	len = snprintf(text, room, "%s %s HTTP/1.1\r\nHost: test\r\n%s", method, target, headers);
	if (body)
		len += snprintf(text + len, room - (size_t)len, "Content-Length: %zu\r\n", strlen(body));
	len += snprintf(text + len, room - (size_t)len, "\r\n%s", body ? body : "");
	client_send(c, text, (size_t)len);
	free(text);
	return client_answer(c, strcmp(method, "HEAD") != 0);
}

#define assert_header(a, name, expected)                                              \
	do {                                                                              \
		char value_[8192];                                                            \
		if (!answer_header((a), (name), value_, sizeof(value_)))                      \
			fail_msg("no header %s in:\n%s", (name), (a)->head);                      \
		assert_string_equal(value_, (expected));                                      \
	} while (0)

#define assert_no_header(a, name)                                                     \
	do {                                                                              \
		char value_[8192];                                                            \
		if (answer_header((a), (name), value_, sizeof(value_)))                       \
			fail_msg("header %s: %s", (name), value_);                                \
	} while (0)

#endif
