/*
 * A load client that costs little: sends the requests of a file over many keep-alive connections,
 * each connection the next one when its last is answered, and prints one line of JSON.
 *
 *   load PORT CONNECTIONS FILE [COUNT]
 *
 * FILE holds whole HTTP requests, each after its length as four bytes, highest first.  Without COUNT
 * each is sent once, in order; with it, COUNT are drawn at random.  Answers must have a Content-Length.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_BYTES = 64 * 1024, STATUSES = 600, MAX_EVENTS = 256 };

struct request {
	const char *data;
	size_t len;
};

struct connection {
	int fd;
	const struct request *sent;
	size_t n_written;
	uint64_t started;
	size_t n_read;     /* bytes of the head in `head` */
	bool has_head;
	size_t rest;       /* bytes of the body still to come */
	int status;
	char head[BUFFER_BYTES];
};

struct load {
	struct request *requests;
	size_t n_requests;
	size_t n_total;
	size_t n_started;
	size_t n_done;
	bool draw;
	uint64_t random;
	uint32_t *micros;  /* in tenths */
	size_t by_status[STATUSES];
	int epoll;
};

static void fail(const char *what)
{
	(void)fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "not as expected");
	exit(1);
}

static uint64_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static char *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");

	if (!file || fseek(file, 0, SEEK_END) != 0)
		fail(path);
	*len = (size_t)ftell(file);
	rewind(file);
	char *data = malloc(*len + 1);

	if (!data || fread(data, 1, *len, file) != *len)
		fail(path);
	(void)fclose(file);
	return data;
}

static void read_requests(struct load *load, const char *path)
{
	size_t len;
	char *data = read_file(path, &len);
	size_t room = 1024;
	uint32_t n;

	load->requests = malloc(room * sizeof(*load->requests));
	for (size_t at = 0; at + 4 <= len; at += n) {
		memcpy(&n, data + at, 4);
		n = ntohl(n);
		at += 4;
		if (n > len - at)
			fail("the file ends in a request");
		if (load->n_requests == room) {
			room *= 2;
			load->requests = realloc(load->requests, room * sizeof(*load->requests));
		}
		if (!load->requests)
			fail("memory");
		load->requests[load->n_requests++] = (struct request){ data + at, n };
	}
	if (load->n_requests == 0)
		fail("the file holds no request");
}

static const struct request *next_request(struct load *load)
{
	size_t index = load->n_started++;

	if (!load->draw)
		return &load->requests[index];
	load->random ^= load->random << 13;
	load->random ^= load->random >> 7;
	load->random ^= load->random << 17;
	return &load->requests[load->random % load->n_requests];
}

/* Writes what the socket takes; epoll tells when it takes more. */
static void write_more(struct connection *c)
{
	while (c->n_written < c->sent->len) {
		ssize_t n = send(c->fd, c->sent->data + c->n_written, c->sent->len - c->n_written, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			fail("send");
		c->n_written += (size_t)n;
	}
}

/* False when there is nothing left to send. */
static bool start_next(struct load *load, struct connection *c)
{
	if (load->n_started == load->n_total)
		return false;
	c->sent = next_request(load);
	c->n_written = 0;
	c->n_read = 0;
	c->has_head = false;
	c->started = now();
	write_more(c);
	return true;
}

static size_t content_length(const char *head)
{
	const char *line = strcasestr(head, "\r\nContent-Length:");

	if (!line)
		fail("an answer without Content-Length");
	return strtoul(line + 17, NULL, 10);
}

static void count_answer(struct load *load, struct connection *c)
{
	uint64_t tenths = (now() - c->started) / 100;
	bool is_known = c->status > 0 && c->status < STATUSES;

	load->micros[load->n_done++] = tenths > UINT32_MAX ? UINT32_MAX : (uint32_t)tenths;
	load->by_status[is_known ? c->status : 0]++;
	if (c->status >= 300 && load->by_status[c->status] == 1)
		(void)fprintf(stderr, "load: first answer with status %d:\n%.*s\n", c->status, (int)c->n_read, c->head);
}

/* The head is complete or not yet; whatever follows it belongs to the body. */
static void read_head(struct connection *c, size_t n)
{
	c->n_read += n;
	c->head[c->n_read] = '\0';
	char *end = strstr(c->head, "\r\n\r\n");

	if (!end) {
		if (c->n_read + 1 >= sizeof(c->head))
			fail("a head that is too long");
		return;
	}
	size_t after = c->n_read - (size_t)(end + 4 - c->head);

	c->status = (int)strtol(c->head + 9, NULL, 10);
	c->rest = content_length(c->head);
	if (after > c->rest)
		fail("more than an answer");
	c->rest -= after;
	c->has_head = true;
}

/* Reads until the answer is complete or the socket is empty. */
static bool read_answer(struct connection *c)
{
	char sink[BUFFER_BYTES];

	while (!c->has_head || c->rest > 0) {
		ssize_t n = c->has_head ?
			recv(c->fd, sink, c->rest < sizeof(sink) ? c->rest : sizeof(sink), 0) :
			recv(c->fd, c->head + c->n_read, sizeof(c->head) - 1 - c->n_read, 0);

		if (n < 0 && errno == EAGAIN)
			return false;
		if (n <= 0)
			fail("the server closed a connection");
		if (c->has_head)
			c->rest -= (size_t)n;
		else
			read_head(c, (size_t)n);
	}
	return true;
}

static bool set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static struct connection *open_connection(struct load *load, uint16_t port)
{
	struct connection *c = calloc(1, sizeof(*c));
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int one = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!c || (c->fd = socket(AF_INET, SOCK_STREAM, 0)) < 0)
		fail("socket");
	if (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		fail("connect");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c };

	if (!set_nonblocking(c->fd) || epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
		fail("epoll_ctl");
	return c;
}

static void serve_event(struct load *load, struct connection *c)
{
	if (!c->sent)
		return;
	write_more(c);
	while (c->sent && read_answer(c)) {
		count_answer(load, c);
		if (!start_next(load, c))
			c->sent = NULL;
	}
}

static int by_size(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static double percentile(const struct load *load, double part)
{
	size_t index = (size_t)((double)load->n_done * part);

	return load->micros[index < load->n_done ? index : load->n_done - 1] / 10.0;
}

static void print_result(struct load *load, uint64_t nanos)
{
	struct rusage used;
	double seconds = (double)nanos / 1e9;
	const char *separator = "";

	(void)getrusage(RUSAGE_SELF, &used);
	double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
		(double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;

	qsort(load->micros, load->n_done, sizeof(load->micros[0]), by_size);
	printf("{\"requests\":%zu,\"seconds\":%.6f,\"per_s\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,"
		"\"client_cpu_s\":%.3f,\"status\":{", load->n_done, seconds, (double)load->n_done / seconds,
		percentile(load, 0.5), percentile(load, 0.99), percentile(load, 1), cpu);
	for (int i = 0; i < STATUSES; i++) {
		if (load->by_status[i] == 0)
			continue;
		printf("%s\"%d\":%zu", separator, i, load->by_status[i]);
		separator = ",";
	}
	printf("}}\n");
}

static void run(struct load *load, uint16_t port, size_t n_connections)
{
	struct connection **all = calloc(n_connections, sizeof(*all));
	struct epoll_event events[MAX_EVENTS];

	if (!all || (load->epoll = epoll_create1(0)) < 0)
		fail("epoll");
	for (size_t i = 0; i < n_connections; i++)
		all[i] = open_connection(load, port);
	uint64_t started = now();

	for (size_t i = 0; i < n_connections; i++)
		if (!start_next(load, all[i]))
			all[i]->sent = NULL;
	while (load->n_done < load->n_total) {
		int n = epoll_wait(load->epoll, events, MAX_EVENTS, 60000);

		if (n == 0 || (n < 0 && errno != EINTR))
			fail("no answer for a minute");
		for (int i = 0; i < n; i++)
			serve_event(load, events[i].data.ptr);
	}
	print_result(load, now() - started);
}

int main(int argc, char **argv)
{
	struct load load = { .random = 88172645463325252u };

	if (argc != 4 && argc != 5) {
		(void)fprintf(stderr, "usage: load PORT CONNECTIONS FILE [COUNT]\n");
		return 2;
	}
	read_requests(&load, argv[3]);
	load.draw = argc == 5;
	load.n_total = load.draw ? strtoul(argv[4], NULL, 10) : load.n_requests;
	load.micros = malloc((load.n_total + 1) * sizeof(load.micros[0]));
	if (!load.micros || load.n_total == 0)
		fail("nothing to send");
	run(&load, (uint16_t)strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10));
	return 0;
}
