/* A request of any kind, guarded, and its answer handed out. */
#include "client/exchange.h"

#include "client/call.h"

struct exchange {
	const struct client_request *request;
	int status;
	char *text;
	size_t len;
};

static enum tenon_code ask(struct call *call, void *arg)
{
	struct exchange *exchange = arg;
	struct str body;

	CLIENT_TRY(client_ask(call, exchange->request, &exchange->status, &body));
	exchange->len = body.len;
	exchange->text = client_give(call, body.len + 1);
	memcpy(exchange->text, body.data, body.len + 1);
	return TENON_OK;
}

enum tenon_code client_exchange(struct tenon_client *client, const struct client_request *request, int *status, char **text,
	size_t *len, struct tenon_error *err)
{
	struct exchange exchange = { .request = request };

	CLIENT_TRY(client_enter(client, ask, &exchange, err));
	*status = exchange.status;
	*text = exchange.text;
	*len = exchange.len;
	return TENON_OK;
}
