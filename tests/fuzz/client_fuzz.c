/*
 * libFuzzer target of what a registry or a file can tell the client library: a byte that chooses (an answer with a schema, messages
 * about an incompatible one, a bundle), a byte with the number of allocations that succeed (255: all), and the text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "client/answer.h"
#include "client/cache.h"
#include "tests/fuzz/demand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct few {
	size_t left;
	size_t held;
	bool all;
};

static void *resize_few(void *cls, void *memory, size_t size)
{
	struct few *few = cls;
	void *got;

	if (size == 0) {
		few->held -= memory != NULL;
		free(memory);
		return NULL;
	}
	if (!few->all && few->left == 0)
		return NULL;
	few->left -= few->left > 0;
	got = realloc(memory, size);
	few->held += memory == NULL && got != NULL;
	return got;
}

struct input {
	int kind;
	struct str text;
	struct tenon_schema *schema;
};

static enum tenon_code read_answer(struct call *call, void *arg)
{
	struct input *input = arg;
	struct err err = { .arena = call->arena };
	const struct client_names names = { .context = STR("") };
	const struct jsn *json;

	if (jsn_parse(call->arena, input->text, JSN_SURROGATES, 1000, &json, &err) != OK)
		return client_strange(call, "no JSON");
	if (input->kind == 1) {
		client_fail(call->err, TENON_INCOMPATIBLE, "no");
		client_findings_read(call, json);
		return TENON_INCOMPATIBLE;
	}
	return client_schema_read(call, json, &names, NULL, &input->schema);
}

/* With the head that makes it one. */
static void load_bundle(struct tenon_client *client, struct str text, struct tenon_error *err)
{
	static const char path[] = "/tmp/tenon-client-fuzz";
	struct arena *arena = arena_create(0);
	uint8_t digest[SHA256_BYTES];
	struct buf whole = buf_make(arena, 0);
	char name[64];
	FILE *file;

	digest_sha256(text, digest);
	buf_printf(&whole, "tenon-bundle 1 sha256 %s\n", hex_encode(arena, digest, SHA256_BYTES).data);
	buf_add(&whole, text);
	snprintf(name, sizeof(name), "%s-%d", path, (int)getpid());
	file = fopen(name, "wb");
	if (file) {
		fwrite(whole.data, 1, whole.len, file);
		fclose(file);
		if (tenon_bundle_load(client, name, err) == TENON_OK)
			(void)!tenon_bundle_save(client, name, err);
		remove(name);
	}
	arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct few few = { .all = true };
	struct tenon_error err = { .code = TENON_OK };
	struct tenon_config config;
	struct tenon_client *client;
	struct input input;

	if (size < 2)
		return 0;
	tenon_config_init(&config, sizeof(config));
	config.offline = 1;
	config.cache_bytes = 1 << 20;
	config.resize = resize_few;
	config.resize_cls = &few;
	demand(tenon_client_create(&config, &client, &err) == TENON_OK);
	few.all = data[1] == 255;
	few.left = data[1];
	input = (struct input){ .kind = data[0] % 3, .text = str_make((const char *)data + 2, size - 2) };
	if (input.kind == 2)
		load_bundle(client, input.text, &err);
	else
		(void)client_enter(client, read_answer, &input, &err);
	tenon_schema_unref(input.schema);
	tenon_error_clear(&err);
	tenon_client_destroy(client);
	demand(few.held == 0);
	return 0;
}
