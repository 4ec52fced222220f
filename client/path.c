/* Paths and queries of requests. */
#include "base/arena.h"
#include "client/answer.h"

struct client_path client_path_make(struct call *call, const char *start)
{
	struct client_path path = { .text = buf_make(call->arena, 128) };

	buf_add(&path.text, str_of(start));
	return path;
}

void client_path_add(struct client_path *path, const char *raw)
{
	buf_add(&path->text, str_of(raw));
}

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '~' || c == '.';
}

void client_escape(struct buf *b, struct str text)
{
	static const char digits[] = "0123456789ABCDEF";
	bool dots = str_eq(text, STR(".")) || str_eq(text, STR(".."));

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (is_plain(c) && !dots) {
			buf_add_c(b, (char)c);
		} else {
			buf_add_c(b, '%');
			buf_add_c(b, digits[c >> 4]);
			buf_add_c(b, digits[c & 15]);
		}
	}
}

void client_path_part(struct client_path *path, struct str part)
{
	buf_add_c(&path->text, '/');
	client_escape(&path->text, part);
}

void client_path_number(struct client_path *path, int64_t number)
{
	buf_add_c(&path->text, '/');
	buf_add_i64(&path->text, number);
}

void client_path_query(struct client_path *path, const char *name, struct str value)
{
	buf_add_c(&path->text, path->has_query ? '&' : '?');
	path->has_query = true;
	buf_add(&path->text, str_of(name));
	buf_add_c(&path->text, '=');
	client_escape(&path->text, value);
}

void client_path_flag(struct client_path *path, bool wanted, const char *name)
{
	if (wanted)
		client_path_query(path, name, STR("true"));
}

const char *client_path_text(struct client_path *path)
{
	return buf_str(&path->text).data;
}

struct escaped {
	const char *part;
	char *out;
};

static enum tenon_code escape(struct call *call, void *arg)
{
	struct escaped *e = arg;
	struct buf b = buf_make(call->arena, 64);

	client_escape(&b, str_of(e->part));
	e->out = client_give_text(call, buf_str(&b));
	return TENON_OK;
}

char *tenon_escape(struct tenon_client *client, const char *part)
{
	struct escaped e = { .part = part };

	return client_enter(client, escape, &e, NULL) == TENON_OK ? e.out : NULL;
}
