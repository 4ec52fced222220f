/* Accept, Content-Type, Accept-Encoding and If-None-Match headers (RFC 9110, sections 8.3, 12.5.1, 12.5.3 and 13.1.2). */
#include "server/http/negotiate.h"

enum { QUALITY_ONE = 1000 };

const char *const negotiate_types[ANSWER_TYPES] = {
	[ANSWER_V1] = "application/vnd.schemaregistry.v1+json",
	[ANSWER_REGISTRY] = "application/vnd.schemaregistry+json",
	[ANSWER_JSON] = "application/json",
};

/* Behind "application/"; the order is the server's preference among what the client likes equally. */
static const struct str subtypes[ANSWER_TYPES] = {
	[ANSWER_V1] = STR("vnd.schemaregistry.v1+json"),
	[ANSWER_REGISTRY] = STR("vnd.schemaregistry+json"),
	[ANSWER_JSON] = STR("json"),
};

/* Takes what is before the next `mark` outside of quotes off *rest, trimmed; absent when nothing is left. */
static struct str next_part(struct str *rest, char mark)
{
	bool quoted = false;
	size_t end = 0;
	struct str part;

	if (!str_present(*rest))
		return STR_NONE;
	while (end < rest->len && (quoted || rest->data[end] != mark)) {
		if (rest->data[end] == '"')
			quoted = !quoted;
		else if (quoted && rest->data[end] == '\\' && end + 1 < rest->len)
			end++;
		end++;
	}
	part = str_trim(str_make(rest->data, end));
	*rest = end < rest->len ? str_make(rest->data + end + 1, rest->len - end - 1) : STR_NONE;
	return part;
}

/* "0.25" as 250; anything that is no qvalue counts as 1, as if it were not there. */
static int parse_quality(struct str text)
{
	int value = 0;

	if (text.len == 0 || text.len > 5 || (text.data[0] != '0' && text.data[0] != '1'))
		return QUALITY_ONE;
	if (text.len > 1 && text.data[1] != '.')
		return QUALITY_ONE;
	for (size_t i = 0; i < 5; i++) {
		char c = i < text.len ? text.data[i] : '0';

		if (i == 1)
			continue;
		if (c < '0' || c > '9')
			return QUALITY_ONE;
		value = value * 10 + (c - '0');
	}
	return value < QUALITY_ONE ? value : QUALITY_ONE;
}

static int quality_of(struct str parameters)
{
	struct str part;

	while (str_present(part = next_part(&parameters, ';')))
		if (part.len >= 2 && (part.data[0] == 'q' || part.data[0] == 'Q') && part.data[1] == '=')
			return parse_quality(str_sub(part, 2, part.len));
	return QUALITY_ONE;
}

/* How exactly a media range names `type`: 0 not at all, then the full range, the half one, the type itself. */
static int specificity(struct str range, enum answer_type type)
{
	static const struct str prefix = STR("application/");
	struct str subtype;

	if (str_eq(range, STR("*/*")) || str_eq(range, STR("*")))
		return 1;
	if (!str_eq_nocase(str_sub(range, 0, prefix.len), prefix))
		return 0;
	subtype = str_sub(range, prefix.len, range.len);
	if (str_eq(subtype, STR("*")))
		return 2;
	return str_eq_nocase(subtype, subtypes[type]) ? 3 : 0;
}

/* How much the client likes each type, in thousandths. */
static void rate_types(struct str accept, int quality[ANSWER_TYPES])
{
	int exact[ANSWER_TYPES] = { 0 };
	struct str rest = accept, element;

	while (str_present(element = next_part(&rest, ','))) {
		struct str parameters = element;
		struct str range = next_part(&parameters, ';');
		int q = quality_of(parameters);

		for (int type = 0; type < ANSWER_TYPES; type++) {
			int how = specificity(range, (enum answer_type)type);

			if (how > exact[type]) {
				exact[type] = how;
				quality[type] = q;
			}
		}
	}
}

enum answer_type negotiate_answer(struct str accept)
{
	int quality[ANSWER_TYPES] = { 0 };
	enum answer_type best = ANSWER_NONE;

	if (!str_present(accept) || str_eq(accept, STR("*/*")) || str_trim(accept).len == 0)
		return ANSWER_V1;
	rate_types(accept, quality);
	for (int type = 0; type < ANSWER_TYPES; type++)
		if (quality[type] > (best == ANSWER_NONE ? 0 : quality[best]))
			best = (enum answer_type)type;
	return best;
}

bool negotiate_page(struct str accept)
{
	int quality[ANSWER_TYPES] = { 0 }, page = 0;
	struct str rest = accept, element;

	while (str_present(element = next_part(&rest, ','))) {
		struct str parameters = element;

		if (str_eq_nocase(next_part(&parameters, ';'), STR("text/html")))
			page = quality_of(parameters);
	}
	if (page == 0)
		return false;
	rate_types(accept, quality);
	for (int type = 0; type < ANSWER_TYPES; type++)
		if (quality[type] > page)
			return false;
	return true;
}

bool negotiate_body(struct str content_type)
{
	struct str rest = content_type;
	struct str type = next_part(&rest, ';');

	if (!str_present(content_type) || type.len == 0)
		return true;
	for (int i = 0; i < ANSWER_TYPES; i++)
		if (str_eq_nocase(type, str_of(negotiate_types[i])))
			return true;
	return str_eq_nocase(type, STR("application/octet-stream"));
}

bool negotiate_gzip(struct str accept_encoding)
{
	struct str rest = accept_encoding, element;
	int any = 0, gzip = -1;

	while (str_present(element = next_part(&rest, ','))) {
		struct str parameters = element;
		struct str coding = next_part(&parameters, ';');

		if (str_eq_nocase(coding, STR("gzip")) || str_eq_nocase(coding, STR("x-gzip")))
			gzip = quality_of(parameters);
		else if (str_eq(coding, STR("*")))
			any = quality_of(parameters);
	}
	return (gzip < 0 ? any : gzip) > 0;
}

/* Weak comparison: what is left of W/"x" and "x" is the same. */
static struct str opaque(struct str etag)
{
	return str_starts(etag, STR("W/")) ? str_sub(etag, 2, etag.len) : etag;
}

bool negotiate_match(struct str if_none_match, struct str etag)
{
	struct str rest = if_none_match, element;

	while (str_present(element = next_part(&rest, ',')))
		if (str_eq(element, STR("*")) || str_eq(opaque(element), opaque(etag)))
			return true;
	return false;
}
