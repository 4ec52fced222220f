/*
 * The yardstick of ./dev bench: the least a libmicrohttpd server can do.  Same daemon flags and
 * threads as Tenon, every request answered with the same bytes and the same three headers.
 *
 *   bare_mhd PORT THREADS SIZE    a body of SIZE letters
 *   bare_mhd PORT THREADS @FILE   the bytes of FILE
 */
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct body {
	char *data;
	size_t len;
};

static char seen; /* what a request's context points to once its headers were seen */

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *data, size_t *size, void **context)
{
	const struct body *body = cls;
	struct MHD_Response *response;
	enum MHD_Result result;
	char id[37];

	(void)url;
	(void)method;
	(void)version;
	(void)data;
	if (*context == NULL || *size > 0) {
		*context = &seen;
		*size = 0;
		return MHD_YES;
	}
	random_uuid(id);
	response = MHD_create_response_from_buffer(body->len, body->data, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "application/vnd.schemaregistry.v1+json");
	MHD_add_response_header(response, "X-Request-ID", id);
	MHD_add_response_header(response, "Vary", "Accept-Encoding");
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

static struct body read_file(const char *path)
{
	struct body body = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	long len = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		len = ftell(file);
	if (len >= 0) {
		rewind(file);
		body.data = malloc((size_t)len + 1);
		if (body.data)
			body.len = fread(body.data, 1, (size_t)len, file);
	}
	if (file)
		fclose(file);
	return body;
}

static struct body make_body(const char *what)
{
	struct body body;

	if (what[0] == '@')
		return read_file(what + 1);
	body.len = strtoul(what, NULL, 10);
	body.data = malloc(body.len + 1);
	if (body.data)
		memset(body.data, 'x', body.len);
	return body;
}

int main(int argc, char **argv)
{
	struct MHD_OptionItem pool[] = { { MHD_OPTION_THREAD_POOL_SIZE, 0, NULL }, { MHD_OPTION_END, 0, NULL } };
	struct MHD_Daemon *daemon;
	struct body body;
	sigset_t stop;
	int sig;

	if (argc != 4) {
		fprintf(stderr, "usage: %s PORT THREADS SIZE|@FILE\n", argv[0]);
		return 2;
	}
	pool[0].value = (intptr_t)strtol(argv[2], NULL, 10);
	if (pool[0].value < 2)
		pool[0].option = MHD_OPTION_END;
	body = make_body(argv[3]);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	daemon = body.data == NULL ? NULL :
		MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME,
			(uint16_t)strtoul(argv[1], NULL, 10), NULL, NULL, answer, &body,
			MHD_OPTION_ARRAY, pool, MHD_OPTION_CONNECTION_LIMIT, 10000u, MHD_OPTION_END);
	if (daemon == NULL) {
		fprintf(stderr, "%s: cannot start\n", argv[0]);
		return 1;
	}
	printf("listening on port %s\n", argv[1]);
	fflush(stdout);
	sigwait(&stop, &sig);
	MHD_stop_daemon(daemon);
	free(body.data);
	return 0;
}
