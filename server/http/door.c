/* The door: one thread that accepts connections, watches those inside and sees the last ones off. */
#include "server/http/server_int.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"

enum {
	BACKLOG = SOMAXCONN,
	ACCEPT_BATCH = 64,
	EVENTS = 64,
	TICK_MS = 200,            /* between two looks at those inside */
	LINGER_MS = 5000,
	LINGER_READS = 32,        /* of 64 KB each at a time, so that others get their turn */
	MOST_LINGERING = 1024,
	OUT_OF_FDS_MS = 20,
	TOGETHER = 64,            /* connections that may be ahead of an even spread, for all threads together */
};

struct lingering {
	struct lingering *next;
	int fd;
	uint64_t until_ms;
};

struct http_door {
	struct http_server *server;
	pthread_t thread;
	bool running;
	int listen_fd;
	int epoll_fd;
	int wake_fd;
	uint64_t complained_ms;
	_Atomic bool shut, stop;
	pthread_mutex_t lock;         /* of `arrived` and n_lingering */
	struct lingering *arrived;    /* not yet in the epoll set */
	size_t n_lingering;
	struct lingering *lingering;  /* the thread's own */
};

/* ---- opening ---- */

static enum err_code cannot_listen(const struct http_options *options, int error, struct err *err)
{
	errno = error;
	return err_text(err, ERR_START,
		str_printf(err->arena, "Cannot listen on %s:%u: %m", options->host, (unsigned)options->port));
}

static int bind_to(const struct addrinfo *address)
{
	int on = 1, off = 0;
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

static enum err_code listen_on(const struct http_options *options, int *out, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *addresses;
	char *port = arena_printf(err->arena, "%u", (unsigned)options->port);
	int fd = -EADDRNOTAVAIL;
	int rc = getaddrinfo(options->host, port, &hints, &addresses);

	if (rc != 0)
		return err_text(err, ERR_START, str_printf(err->arena, "Cannot listen on %s: %s", options->host,
			gai_strerror(rc)));
	for (const struct addrinfo *a = addresses; a && fd < 0; a = a->ai_next)
		fd = bind_to(a);
	freeaddrinfo(addresses);
	if (fd < 0)
		return cannot_listen(options, -fd, err);
	*out = fd;
	return OK;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);

	getsockname(fd, (struct sockaddr *)&address, &len);
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static bool watch_fd(struct http_door *door, int fd, void *what)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = what };

	return epoll_ctl(door->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

enum err_code http_door_open(struct http_server *server, struct http_door **out, uint16_t *port, struct err *err)
{
	struct http_door *door;
	int listen_fd = -1;

	TRY(listen_on(&server->options, &listen_fd, err));
	door = calloc(1, sizeof(*door));
	if (door == NULL) {
		close(listen_fd);
		return cannot_listen(&server->options, ENOMEM, err);
	}
	door->server = server;
	door->listen_fd = listen_fd;
	door->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	door->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&door->lock, NULL);
	if (!watch_fd(door, listen_fd, &door->listen_fd) || !watch_fd(door, door->wake_fd, &door->wake_fd)) {
		http_door_close(door);
		return cannot_listen(&server->options, EMFILE, err);
	}
	*port = port_of(listen_fd);
	*out = door;
	return OK;
}

/* ---- accepting ---- */

/* Once a second at most: a full table of files fails thousands of times. */
static void out_of_files(struct http_door *door)
{
	uint64_t now_ms = clock_coarse_ms();

	if (now_ms - door->complained_ms >= 1000)
		log_text(LOG_WARN, "accept", "Cannot accept connections: %m");
	else
		now_ms = door->complained_ms;
	door->complained_ms = now_ms;
	usleep(OUT_OF_FDS_MS * 1000);
}

/*
 * Few connections are not spread over more threads than it takes: a thread that is awake serves
 * another one for less than it costs to wake a second.  Many are spread evenly but for that.
 */
static struct http_thread *choose_thread(struct http_server *server)
{
	uint64_t least = UINT64_MAX;
	unsigned i = 0;

	for (unsigned k = 0; k < server->n_threads; k++) {
		uint64_t n = atomic_load_explicit(&server->threads[k].n_peers, memory_order_relaxed);

		least = n < least ? n : least;
	}
	while (i + 1 < server->n_threads && atomic_load_explicit(&server->threads[i].n_peers, memory_order_relaxed) >=
		least + TOGETHER / server->n_threads)
		i++;
	return &server->threads[i];
}

/* False when there is nobody (more) to let in. */
static bool accept_one(struct http_door *door)
{
	struct http_server *server = door->server;
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int fd = accept4(door->listen_fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		int error = errno;

		if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM)
			out_of_files(door);
		return error == EINTR || error == ECONNABORTED;
	}
	atomic_fetch_add_explicit(&server->accepted, 1, memory_order_relaxed);
	if (atomic_fetch_add_explicit(&server->n_peers, 1, memory_order_relaxed) >= server->options.max_connections) {
		atomic_fetch_sub_explicit(&server->n_peers, 1, memory_order_relaxed);
		atomic_fetch_add_explicit(&server->refused, 1, memory_order_relaxed);
		http_send_raw(fd, ERR_NOT_READY, STR("The server has too many connections"));
		http_door_linger(door, fd);
	} else if (!http_thread_give(choose_thread(server), fd, &address, len)) {
		atomic_fetch_sub_explicit(&server->n_peers, 1, memory_order_relaxed);
		close(fd);
	}
	return true;
}

static void accept_some(struct http_door *door)
{
	for (int i = 0; i < ACCEPT_BATCH; i++)
		if (!accept_one(door))
			break;
}

/* ---- seeing off ---- */

static void wake(struct http_door *door)
{
	uint64_t one = 1;

	if (write(door->wake_fd, &one, sizeof(one)) < 0)
		log_text(LOG_WARN, "door", "Cannot wake the thread that accepts connections: %m");
}

/* Whether there was room among those that linger. */
static bool put_arrived(struct http_door *door, struct lingering *one)
{
	bool room;

	pthread_mutex_lock(&door->lock);
	room = door->n_lingering < MOST_LINGERING;
	if (room) {
		door->n_lingering++;
		one->next = door->arrived;
		door->arrived = one;
	}
	pthread_mutex_unlock(&door->lock);
	return room;
}

void http_door_linger(struct http_door *door, int fd)
{
	struct lingering *one = malloc(sizeof(*one));

	if (one)
		*one = (struct lingering){ .fd = fd, .until_ms = clock_coarse_ms() + LINGER_MS };
	if (one && put_arrived(door, one)) {
		wake(door);
		return;
	}
	close(fd);
	free(one);
}

static void take_arrived(struct http_door *door)
{
	struct lingering *list;
	uint64_t count;

	if (read(door->wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return;
	pthread_mutex_lock(&door->lock);
	list = door->arrived;
	door->arrived = NULL;
	pthread_mutex_unlock(&door->lock);
	while (list) {
		struct lingering *one = list;

		list = one->next;
		one->next = door->lingering;
		door->lingering = one;
		shutdown(one->fd, SHUT_WR);
		if (!watch_fd(door, one->fd, one))
			one->until_ms = 0;
	}
}

/* Reads and forgets what the client is still sending. */
static void drain(struct lingering *one)
{
	char waste[64 * 1024];

	for (int i = 0; i < LINGER_READS; i++) {
		ssize_t n = recv(one->fd, waste, sizeof(waste), MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			one->until_ms = 0;
			return;
		}
		if (n < 0)
			return;
	}
}

static void drop_finished(struct http_door *door, uint64_t now_ms)
{
	struct lingering **at = &door->lingering;

	while (*at) {
		struct lingering *one = *at;

		if (one->until_ms > now_ms) {
			at = &one->next;
			continue;
		}
		*at = one->next;
		/* libmicrohttpd may not have closed its number of this socket yet: close alone would leave it in the set */
		epoll_ctl(door->epoll_fd, EPOLL_CTL_DEL, one->fd, NULL);
		close(one->fd);
		free(one);
		pthread_mutex_lock(&door->lock);
		door->n_lingering--;
		pthread_mutex_unlock(&door->lock);
	}
}

/* ---- the thread ---- */

static void stop_listening(struct http_door *door)
{
	if (door->listen_fd < 0)
		return;
	epoll_ctl(door->epoll_fd, EPOLL_CTL_DEL, door->listen_fd, NULL);
	close(door->listen_fd);
	door->listen_fd = -1;
}

static void handle_events(struct http_door *door, const struct epoll_event *events, int n)
{
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == &door->listen_fd)
			accept_some(door);
		else if (events[i].data.ptr == &door->wake_fd)
			take_arrived(door);
		else
			drain(events[i].data.ptr);
	}
}

static void *run(void *arg)
{
	struct http_door *door = arg;
	uint64_t watched_ms = clock_coarse_ms();
	unsigned round = 0;

	while (!atomic_load(&door->stop)) {
		struct epoll_event events[EVENTS];
		int n = epoll_wait(door->epoll_fd, events, EVENTS, TICK_MS);
		uint64_t now_ms = clock_coarse_ms();

		if (atomic_load(&door->shut))
			stop_listening(door);
		handle_events(door, events, n < 0 ? 0 : n);
		if (door->lingering)
			drop_finished(door, now_ms);
		if (now_ms - watched_ms >= TICK_MS) {
			http_peers_watch(door->server, now_ms, round++);
			watched_ms = now_ms;
		}
	}
	return NULL;
}

void http_door_shut(struct http_door *door)
{
	atomic_store(&door->shut, true);
	wake(door);
}

enum err_code http_door_start(struct http_door *door, struct err *err)
{
	int rc = pthread_create(&door->thread, NULL, run, door);

	if (rc != 0)
		return cannot_listen(&door->server->options, rc, err);
	door->running = true;
	return OK;
}

void http_door_close(struct http_door *door)
{
	if (door == NULL)
		return;
	if (door->running) {
		atomic_store(&door->stop, true);
		http_door_shut(door);
		pthread_join(door->thread, NULL);
	}
	take_arrived(door);
	drop_finished(door, UINT64_MAX);
	if (door->listen_fd >= 0)
		close(door->listen_fd);
	if (door->epoll_fd >= 0)
		close(door->epoll_fd);
	if (door->wake_fd >= 0)
		close(door->wake_fd);
	pthread_mutex_destroy(&door->lock);
	free(door);
}
