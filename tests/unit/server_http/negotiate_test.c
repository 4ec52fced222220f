/* Content negotiation against the table of contract 1.1 and what clients send (client-traffic 12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/http/negotiate.h"

#define V1 "application/vnd.schemaregistry.v1+json"
#define REGISTRY "application/vnd.schemaregistry+json"
#define JSON "application/json"

static const struct {
	const char *accept;
	enum answer_type type;
} answers[] = {
	{ NULL, ANSWER_V1 },
	{ "", ANSWER_V1 },
	{ " ", ANSWER_V1 },
	{ "*/*", ANSWER_V1 },
	{ "application/*", ANSWER_V1 },
	{ V1, ANSWER_V1 },
	{ "Application/VND.SchemaRegistry.V1+JSON", ANSWER_V1 },
	{ REGISTRY, ANSWER_REGISTRY },
	{ JSON, ANSWER_JSON },
	{ JSON ";charset=utf-8", ANSWER_JSON },
	{ V1 ", " REGISTRY ", " JSON, ANSWER_V1 },
	{ JSON ", " REGISTRY ", " V1, ANSWER_V1 },
	{ JSON "," REGISTRY, ANSWER_REGISTRY },
	{ V1 "; q=0.9, " JSON "; q=0.5", ANSWER_V1 },
	{ "application/json;q=0.9, application/vnd.schemaregistry.v1+json;q=0.1", ANSWER_JSON },
	{ JSON "; q=0.5, " REGISTRY ";q=0.50", ANSWER_REGISTRY },
	{ JSON ", text/plain, */*", ANSWER_V1 },
	{ JSON ", */*;q=0.8", ANSWER_JSON },
	{ "text/html, */*;q=0.1", ANSWER_V1 },
	{ "*/*, " V1 ";q=0", ANSWER_REGISTRY },
	{ "application/*;q=0.2, " JSON ";q=0.3", ANSWER_JSON },
	{ JSON ";q=0.001", ANSWER_JSON },
	{ JSON ";Q=1.000", ANSWER_JSON },
	{ JSON ";version=\"1,2;q=0\"", ANSWER_JSON },
	{ JSON ";version=\"\\\",\", text/plain", ANSWER_JSON },
	{ ",,, " JSON " ,", ANSWER_JSON },
	{ "*", ANSWER_V1 },
	{ JSON ";q=nonsense", ANSWER_JSON },
	{ JSON ";q=2", ANSWER_JSON },

	{ "text/html", ANSWER_NONE },
	{ "text/plain", ANSWER_NONE },
	{ JSON ";q=0", ANSWER_NONE },
	{ "*/*;q=0", ANSWER_NONE },
	{ "*/*;q=0.000", ANSWER_NONE },
	{ "application/xml, text/*", ANSWER_NONE },
	{ "application", ANSWER_NONE },
	{ "application/", ANSWER_NONE },
	{ ",", ANSWER_NONE },
	{ "application/jsonx", ANSWER_NONE },
};

static void chooses_answer_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		enum answer_type type = negotiate_answer(str_of(answers[i].accept));

		if (type != answers[i].type)
			fail_msg("%s: %d", answers[i].accept, (int)type);
	}
}

static const struct {
	const char *content_type;
	bool taken;
} bodies[] = {
	{ NULL, true },
	{ "", true },
	{ V1, true },
	{ REGISTRY, true },
	{ JSON, true },
	{ "application/octet-stream", true },
	{ "APPLICATION/JSON", true },
	{ JSON "; charset=utf-8", true },
	{ JSON ";charset=\"utf-8\"", true },
	{ " " JSON " ", true },
	{ "text/plain", false },
	{ "text/json", false },
	{ "application/x-www-form-urlencoded", false },
	{ "multipart/form-data; boundary=x", false },
	{ "application/*", false },
	{ "*/*", false },
	{ "json", false },
	{ "application/jsonp", false },
};

static void takes_body_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		if (negotiate_body(str_of(bodies[i].content_type)) != bodies[i].taken)
			fail_msg("%s", bodies[i].content_type);
}

static const struct {
	const char *accept_encoding;
	bool gzip;
} encodings[] = {
	{ NULL, false },
	{ "", false },
	{ "gzip", true },
	{ "GZIP", true },
	{ "x-gzip", true },
	{ "gzip, deflate, br", true },
	{ "deflate, br", false },
	{ "identity", false },
	{ "gzip;q=0", false },
	{ "gzip;q=0.0", false },
	{ "gzip; q=0.1", true },
	{ "*", true },
	{ "*;q=0", false },
	{ "gzip;q=0, *", false },
	{ "identity, *;q=0.5", true },
	{ "gzipx", false },
};

static void knows_gzip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (negotiate_gzip(str_of(encodings[i].accept_encoding)) != encodings[i].gzip)
			fail_msg("%s", encodings[i].accept_encoding);
}

static const struct {
	const char *accept;
	bool page;
} pages[] = {
	{ NULL, false },
	{ "", false },
	{ "*/*", false },
	{ JSON, false },
	{ "text/*", false },
	{ "text/html", true },
	{ "Text/HTML;level=1", true },
	{ "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true },
	{ "text/html, " JSON, true },
	{ "text/html;q=0.9, " JSON, false },
	{ "text/html;q=0.9, " JSON ";q=0.8", true },
	{ "text/html;q=0, */*", false },
	{ JSON ", text/html;q=0.5, */*;q=0.1", false },
};

static void knows_browsers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (negotiate_page(str_of(pages[i].accept)) != pages[i].page)
			fail_msg("%s", pages[i].accept);
}

static const struct {
	const char *sent;
	const char *etag;
	bool match;
} matches[] = {
	{ "W/\"a\"", "W/\"a\"", true },
	{ "\"a\"", "W/\"a\"", true },
	{ "W/\"a\"", "\"a\"", true },
	{ "\"b\", \"a\"", "W/\"a\"", true },
	{ "\"b,c\",W/\"a\"", "W/\"a\"", true },
	{ "*", "W/\"a\"", true },
	{ "\"A\"", "\"a\"", false },
	{ "a", "\"a\"", false },
	{ "\"b, \\\"a\"", "\"a\"", false },
	{ "", "\"a\"", false },
	{ ",,", "\"a\"", false },
};

static void matches_entity_tags(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++)
		if (negotiate_match(str_of(matches[i].sent), str_of(matches[i].etag)) != matches[i].match)
			fail_msg("%s, %s", matches[i].sent, matches[i].etag);
	assert_false(negotiate_match(STR_NONE, STR("\"a\"")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chooses_answer_types),
		cmocka_unit_test(takes_body_types),
		cmocka_unit_test(knows_gzip),
		cmocka_unit_test(knows_browsers),
		cmocka_unit_test(matches_entity_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
