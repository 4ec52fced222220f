/* Connections: the list of them, and cutting off the slow ones. */
#include "server/http/server_int.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	SETTLE_MS = 100, /* the coarse clock's and the kernel's difference of opinion */
	LEFT_MS = 200,   /* before anyone wonders whether a client that is sending has left */
	TURNS = 4,       /* idle connections are many and looked at in turns */
};

static void name_actor(struct http_peer *peer, const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN] = "unknown";

	if (address && address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text, sizeof(text));
	else if (address && address->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text,
			sizeof(text));
	snprintf(peer->actor, sizeof(peer->actor), "anonymous@%s", text);
}

static void started(struct http_thread *thread, struct MHD_Connection *connection, void **context)
{
	struct http_server *server = thread->server;
	const union MHD_ConnectionInfo *info;
	struct http_peer *peer = calloc(1, sizeof(*peer));

	*context = peer;
	if (peer == NULL)
		return;
	peer->thread = thread;
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	peer->fd = info ? info->connect_fd : -1;
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	name_actor(peer, info ? info->client_addr : NULL);
	http_peer_wait(peer, PEER_IDLE);
	pthread_mutex_lock(&server->lock);
	peer->next = server->peers;
	peer->link = &server->peers;
	if (peer->next)
		peer->next->link = &peer->next;
	server->peers = peer;
	pthread_mutex_unlock(&server->lock);
}

/*
 * Closing a socket with unread bytes resets the connection, and the reset may overtake the answer.
 * The door keeps such a socket open under another number until the client is done.
 */
static void see_off(struct http_peer *peer)
{
	int unread = 0;
	int fd;

	if (!peer->linger && (ioctl(peer->fd, FIONREAD, &unread) != 0 || unread == 0))
		return;
	fd = dup(peer->fd);
	if (fd >= 0)
		http_door_linger(peer->thread->server->door, fd);
}

void http_peer_left(struct http_thread *thread)
{
	atomic_fetch_sub_explicit(&thread->server->n_peers, 1, memory_order_relaxed);
	atomic_fetch_sub_explicit(&thread->n_peers, 1, memory_order_relaxed);
}

static void closed(struct http_thread *thread, struct http_peer *peer)
{
	struct http_server *server = thread->server;

	http_peer_left(thread);
	if (peer == NULL)
		return;
	pthread_mutex_lock(&server->lock);
	*peer->link = peer->next;
	if (peer->next)
		peer->next->link = peer->link;
	pthread_mutex_unlock(&server->lock);
	see_off(peer);
	free(peer);
}

void http_peer_notify(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		started(cls, connection, context);
	else
		closed(cls, *context);
}

bool http_peer_enter(struct http_peer *peer)
{
	int before = atomic_exchange_explicit(&peer->phase, PEER_BUSY, memory_order_acq_rel);

	if (before < PEER_CUT)
		return true;
	atomic_store_explicit(&peer->phase, before, memory_order_release);
	return false;
}

/* From PEER_BUSY, which only the pool thread leaves. */
void http_peer_wait(struct http_peer *peer, enum peer_phase phase)
{
	atomic_store_explicit(&peer->since_ms, clock_coarse_ms(), memory_order_relaxed);
	atomic_store_explicit(&peer->phase, (int)phase, memory_order_release);
}

static bool ask_kernel(const struct http_peer *peer, struct tcp_info *out)
{
	socklen_t len = sizeof(*out);

	return getsockopt(peer->fd, IPPROTO_TCP, TCP_INFO, out, &len) == 0;
}

/* Whether bytes have come since the last request: then a request line has begun and is not complete. */
static bool has_begun(const struct tcp_info *info, uint64_t for_ms)
{
	return info->tcpi_last_data_recv + SETTLE_MS < for_ms;
}

/* libmicrohttpd overlooks an end that comes together with the last bytes. */
static bool has_left(const struct http_peer *peer, const struct tcp_info *info)
{
	int unread = 0;

	return info->tcpi_state != TCP_ESTABLISHED && ioctl(peer->fd, FIONREAD, &unread) == 0 && unread == 0;
}

/* Ends a request that does not come to its end, unless it just did. */
static void cut(struct http_peer *peer, int phase, enum peer_phase how)
{
	struct http_server *server = peer->thread->server;

	if (!atomic_compare_exchange_strong_explicit(&peer->phase, &phase, (int)how, memory_order_acq_rel,
			memory_order_relaxed))
		return;
	if (how == PEER_CUT) {
		http_send_raw(peer->fd, ERR_REQUEST_TIMEOUT, STR("The request took too long to arrive"));
		atomic_fetch_add_explicit(&server->cut, 1, memory_order_relaxed);
	}
	shutdown(peer->fd, SHUT_RD); /* wakes libmicrohttpd, which then closes */
}

static void watch_idle(struct http_peer *peer, uint64_t now_ms, uint64_t since, uint64_t limit)
{
	struct tcp_info info;

	if (now_ms < since + LEFT_MS || !ask_kernel(peer, &info))
		return;
	if (has_left(peer, &info))
		cut(peer, PEER_IDLE, PEER_GONE);
	else if (peer->partial_ms <= since)
		peer->partial_ms = has_begun(&info, now_ms - since) ? now_ms : 0;
	else if (now_ms > peer->partial_ms + limit)
		cut(peer, PEER_IDLE, PEER_CUT);
}

static void watch_reading(struct http_peer *peer, uint64_t now_ms, uint64_t since, uint64_t limit)
{
	struct tcp_info info;

	if (now_ms > since + limit)
		cut(peer, PEER_READING, PEER_CUT);
	else if (now_ms > since + LEFT_MS && ask_kernel(peer, &info) && has_left(peer, &info))
		cut(peer, PEER_READING, PEER_GONE);
}

void http_peers_watch(struct http_server *server, uint64_t now_ms, unsigned round)
{
	uint64_t limit = server->options.request_seconds * UINT64_C(1000);

	pthread_mutex_lock(&server->lock);
	for (struct http_peer *peer = server->peers; peer; peer = peer->next) {
		int phase = atomic_load_explicit(&peer->phase, memory_order_acquire);
		uint64_t since = atomic_load_explicit(&peer->since_ms, memory_order_relaxed);

		if (phase == PEER_READING)
			watch_reading(peer, now_ms, since, limit);
		else if (phase == PEER_IDLE && (unsigned)peer->fd % TURNS == round % TURNS)
			watch_idle(peer, now_ms, since, limit);
	}
	pthread_mutex_unlock(&server->lock);
}
