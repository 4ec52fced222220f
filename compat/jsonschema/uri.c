/* URI references: just enough of RFC 3986 to tell which schema a reference means. */
#include "base/arena.h"
#include "compat/jsonschema/parse_int.h"

struct uri {
	struct str scheme;              /* absent without one, and so on */
	struct str authority;
	struct str path;
	struct str query;
};

static bool is_scheme_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
		c == '.';
}

struct str jsch_uri_shown(struct str uri)
{
	struct str base = JSCH_NOWHERE;

	return str_starts(uri, base) && uri.len > base.len && uri.data[base.len] == '/' ? str_sub(uri, base.len + 1, uri.len) : uri;
}

struct str jsch_uri_split(struct str uri, struct str *fragment)
{
	ptrdiff_t hash = str_index(uri, '#');

	*fragment = hash < 0 ? STR_NONE : str_sub(uri, (size_t)hash + 1, uri.len);
	return hash < 0 ? uri : str_sub(uri, 0, (size_t)hash);
}

/* The scheme, if the text begins with one. */
static struct str scheme_of(struct str text)
{
	size_t i = 0;

	while (i < text.len && is_scheme_char(text.data[i]))
		i++;
	return i > 0 && i < text.len && text.data[i] == ':' ? str_sub(text, 0, i) : STR_NONE;
}

/* Splits as RFC 3986 appendix B does; `text` has no fragment. */
static struct uri split(struct str text)
{
	struct uri uri = { .scheme = scheme_of(text) };
	ptrdiff_t at;

	if (str_present(uri.scheme))
		text = str_sub(text, uri.scheme.len + 1, text.len);
	at = str_index(text, '?');
	if (at >= 0) {
		uri.query = str_sub(text, (size_t)at + 1, text.len);
		text = str_sub(text, 0, (size_t)at);
	}
	if (str_starts(text, STR("//"))) {
		text = str_sub(text, 2, text.len);
		at = str_index(text, '/');
		uri.authority = at < 0 ? text : str_sub(text, 0, (size_t)at);
		text = str_sub(text, uri.authority.len, text.len);
	}
	uri.path = text;
	return uri;
}

/* "remove_dot_segments" of RFC 3986 5.2.4. */
static struct str without_dots(struct arena *arena, struct str path)
{
	struct buf out = buf_make(arena, path.len + 1);
	size_t at = 0;

	while (at < path.len) {
		size_t end = at + (path.data[at] == '/'), from = end;
		struct str segment;
		bool last;

		while (end < path.len && path.data[end] != '/')
			end++;
		segment = str_sub(path, from, end);
		last = end == path.len;
		if (str_eq(segment, STR(".."))) {
			while (out.len > 0 && out.data[--out.len] != '/')
				;
		} else if (!str_eq(segment, STR("."))) {
			buf_add(&out, str_sub(path, at, end));
		}
		if (last && (str_eq(segment, STR(".")) || str_eq(segment, STR(".."))))
			buf_add_c(&out, '/');
		at = end;
	}
	return buf_str(&out);
}

/* RFC 3986 5.2.3; of a base without hierarchy (urn:…) nothing is left. */
static struct str merge(struct arena *arena, const struct uri *base, struct str path)
{
	ptrdiff_t slash = str_rindex(base->path, '/');

	if (str_present(base->authority) && base->path.len == 0)
		return str_concat(arena, STR("/"), path);
	return str_concat(arena, str_sub(base->path, 0, (size_t)(slash + 1)), path);
}

static struct str join(struct arena *arena, const struct uri *uri)
{
	struct buf out = buf_make(arena, 128);

	if (str_present(uri->scheme)) {
		buf_add(&out, uri->scheme);
		buf_add_c(&out, ':');
	}
	if (str_present(uri->authority)) {
		buf_lit(&out, "//");
		buf_add(&out, uri->authority);
	}
	buf_add(&out, uri->path);
	if (str_present(uri->query)) {
		buf_add_c(&out, '?');
		buf_add(&out, uri->query);
	}
	return buf_str(&out);
}

struct str jsch_uri_resolve(struct arena *arena, struct str base, struct str reference)
{
	struct uri from = split(base), uri;

	if (reference.len == 0)
		return base;
	uri = split(reference);
	if (!str_present(uri.scheme)) {
		uri.scheme = from.scheme;
		if (!str_present(uri.authority)) {
			uri.authority = from.authority;
			if (uri.path.len == 0) {
				uri.path = from.path;
				uri.query = str_present(uri.query) ? uri.query : from.query;
			} else if (uri.path.data[0] != '/') {
				uri.path = merge(arena, &from, uri.path);
			}
		}
	}
	if (str_index(uri.path, '.') >= 0)
		uri.path = without_dots(arena, uri.path);
	return join(arena, &uri);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct str jsch_uri_decode(struct arena *arena, struct str text)
{
	struct buf out;

	if (str_index(text, '%') < 0)
		return text;
	out = buf_make(arena, text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		int high = text.data[i] == '%' && i + 2 < text.len ? hex_digit(text.data[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;

		if (low >= 0) {
			buf_add_c(&out, (char)(high << 4 | low));
			i += 2;
		} else {
			buf_add_c(&out, text.data[i]);
		}
	}
	return buf_str(&out);
}
