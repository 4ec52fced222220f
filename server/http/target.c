/* Splitting and decoding of request targets (RFC 3986, as Jetty and Jersey read them). */
#include "server/http/target.h"

#include "base/arena.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte of the escape at s[i], or -1 when it is broken. */
static int escaped(struct str s, size_t i)
{
	int high, low;

	if (s.len - i < 3)
		return -1;
	high = hex_digit(s.data[i + 1]);
	low = hex_digit(s.data[i + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool is_dots(struct str s)
{
	return str_eq(s, STR(".")) || str_eq(s, STR(".."));
}

/* C0 controls and DEL; those of C1 are the registry's business (42208). */
static bool is_forbidden(unsigned char c)
{
	return c < 0x20 || c == 0x7F || c == '\\';
}

static enum err_code unescape(struct arena *arena, struct str raw, struct str *out, struct err *err)
{
	char *text = arena_alloc_text(arena, raw.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++) {
		int c = (unsigned char)raw.data[i];

		if (c == '%') {
			c = escaped(raw, i);
			if (c < 0)
				return err_raise(err, BAD_PATH, "The path has a broken percent-escape");
			i += 2;
		}
		text[len++] = (char)c;
	}
	text[len] = '\0';
	*out = str_make(text, len);
	return OK;
}

/* One segment between slashes: without its ";parameters" and decoded. */
static enum err_code decode_segment(struct arena *arena, struct str raw, struct str *out, struct err *err)
{
	ptrdiff_t parameters = str_index(raw, ';');
	struct str bare = parameters < 0 ? raw : str_make(raw.data, (size_t)parameters);
	struct str text = bare;
	bool ascii = true;

	if (bare.len == 0)
		return err_raise(err, BAD_PATH, "The path has an empty segment");
	if (str_index(bare, '%') >= 0)
		TRY(unescape(arena, bare, &text, err));
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (is_forbidden(c))
			return err_raise(err, BAD_PATH, "The path has a control character or a backslash");
		ascii = ascii && c < 0x80;
	}
	if (!ascii && !str_is_utf8(text))
		return err_raise(err, BAD_PATH, "The path is not valid UTF-8");
	if (is_dots(text) && !str_eq(text, raw))
		return err_raise(err, BAD_PATH, "The path has an ambiguous segment");
	*out = text;
	return OK;
}

/* "http://host:port/path" (RFC 9112, section 3.2.2) without its first part. */
static struct str strip_authority(struct str raw)
{
	static const struct str schemes[] = { STR("http://"), STR("https://") };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		struct str rest;
		size_t at = 0;

		if (!str_eq_nocase(str_sub(raw, 0, schemes[i].len), schemes[i]))
			continue;
		rest = str_sub(raw, schemes[i].len, raw.len);
		while (at < rest.len && rest.data[at] != '/' && rest.data[at] != '?')
			at++;
		return str_sub(rest, at, rest.len);
	}
	return raw;
}

static bool has_stray(struct str raw)
{
	for (size_t i = 0; i < raw.len; i++)
		if ((unsigned char)raw.data[i] <= 0x20 || raw.data[i] == 0x7F || raw.data[i] == '#')
			return true;
	return false;
}

static enum err_code split_path(struct arena *arena, struct str path, struct target *t, struct err *err)
{
	size_t at = 1;

	while (at < path.len) {
		const char *slash = memchr(path.data + at, '/', path.len - at);
		size_t end = slash ? (size_t)(slash - path.data) : path.len;
		struct str segment;

		TRY(decode_segment(arena, str_sub(path, at, end), &segment, err));
		if (t->n_segments < TARGET_SEGMENTS)
			t->segments[t->n_segments] = segment;
		t->n_segments++;
		at = end + 1;
	}
	return OK;
}

enum err_code target_split(struct arena *arena, struct str raw, struct target *out, struct err *err)
{
	struct str rest = strip_authority(raw);
	ptrdiff_t mark = str_index(rest, '?');
	struct str path = mark < 0 ? rest : str_sub(rest, 0, (size_t)mark);
	struct target t;

	t.n_segments = 0;
	t.query = mark < 0 ? STR_NONE : str_sub(rest, (size_t)mark + 1, rest.len);
	if (has_stray(raw))
		return err_raise(err, BAD_PATH, "The request target has a blank or a control character");
	if (path.len == 0 && rest.data != raw.data)
		path = STR("/");
	if (path.len == 0 || path.data[0] != '/')
		return err_raise(err, NOT_FOUND);
	TRY(split_path(arena, path, &t, err));
	*out = t;
	return OK;
}

/* ---- query ---- */

static struct str decode_form(struct arena *arena, struct str raw)
{
	struct str decoded;
	char *text;
	size_t len = 0;

	if (str_index(raw, '%') < 0 && str_index(raw, '+') < 0 && str_is_utf8(raw))
		return raw;
	text = arena_alloc_text(arena, raw.len + 1);
	for (size_t i = 0; i < raw.len; i++) {
		int c = raw.data[i] == '%' ? escaped(raw, i) : -1;

		if (c >= 0) {
			text[len++] = (char)c;
			i += 2;
		} else {
			text[len++] = raw.data[i] == '+' ? ' ' : raw.data[i];
		}
	}
	text[len] = '\0';
	decoded = str_make(text, len);
	return str_is_utf8(decoded) ? decoded : str_repair_utf8(arena, decoded);
}

static struct target_parameter decode_parameter(struct arena *arena, struct str raw)
{
	ptrdiff_t equals = str_index(raw, '=');
	struct str name = equals < 0 ? raw : str_sub(raw, 0, (size_t)equals);
	struct str value = equals < 0 ? STR("") : str_sub(raw, (size_t)equals + 1, raw.len);

	return (struct target_parameter){ decode_form(arena, name), decode_form(arena, value) };
}

size_t target_query(struct arena *arena, struct str query, struct target_parameter **out)
{
	size_t most = 1, n = 0, at = 0;
	struct target_parameter *list;

	for (size_t i = 0; i < query.len; i++)
		most += query.data[i] == '&';
	list = arena_array(arena, struct target_parameter, most);
	while (at < query.len) {
		const char *next = memchr(query.data + at, '&', query.len - at);
		size_t end = next ? (size_t)(next - query.data) : query.len;

		if (end > at)
			list[n++] = decode_parameter(arena, str_sub(query, at, end));
		at = end + 1;
	}
	*out = list;
	return n;
}
