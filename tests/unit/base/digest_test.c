/* Tests of base/digest.c against the vectors of RFC 1321, FIPS 180-2 and the Avro specification. */
#include "base/digest.h"

#include "base/arena.h"
#include "tests/unit/base/check.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define TENS "1234567890"

static void test_known(void **state)
{
	static const struct {
		const char *text;
		const char *md5;
		const char *sha256;
	} cases[] = {
		{ "", "d41d8cd98f00b204e9800998ecf8427e",
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "a", "0cc175b9c0f1b6a831c399e269772661",
			"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" },
		{ "abc", "900150983cd24fb0d6963f7d28e17f72",
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0", NULL },
		{ "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b", NULL },
		{ ALNUM, "d174ab98d277d9f5a5611c2c9f419d9f", NULL },
		{ TENS TENS TENS TENS TENS TENS TENS TENS, "57edf4a22be3c955ac49da2e2107b67a", NULL },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", NULL,
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	struct arena *arena = arena_create(0);
	uint8_t md5[MD5_BYTES], sha256[SHA256_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		digest_md5(str_of(cases[i].text), md5);
		digest_sha256(str_of(cases[i].text), sha256);
		if (cases[i].md5)
			CHECK_STR(cases[i].text, hex_encode(arena, md5, sizeof(md5)), str_of(cases[i].md5));
		if (cases[i].sha256)
			CHECK_STR(cases[i].text, hex_encode(arena, sha256, sizeof(sha256)), str_of(cases[i].sha256));
	}
	arena_destroy(arena);
}

/* Fingerprints of the Parsing Canonical Forms of the primitive types, from Avro's own test data. */
static void test_crc64_known(void **state)
{
	static const struct {
		const char *text;
		int64_t fingerprint;
	} cases[] = {
		{ "", (int64_t)0xc15d213aa4d7a795 },
		{ "\"null\"", 7195948357588979594 },
		{ "\"boolean\"", -6970731678124411036 },
		{ "\"int\"", 8247732601305521295 },
		{ "\"long\"", -3434872931120570953 },
		{ "\"float\"", 5583340709985441680 },
		{ "\"double\"", -8181574048448539266 },
		{ "\"bytes\"", 5746618253357095269 },
		{ "\"string\"", -8142146995180207161 },
		{ "[]", -1241056759729112623 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_INT(cases[i].text, digest_crc64_avro(str_of(cases[i].text)), cases[i].fingerprint);
}

/* The loop of the specification, bit by bit. */
static uint64_t fingerprint_slowly(struct str text)
{
	uint64_t fp = 0xc15d213aa4d7a795;

	for (size_t i = 0; i < text.len; i++) {
		uint64_t step = (fp ^ (unsigned char)text.data[i]) & 0xff;

		for (int bit = 0; bit < 8; bit++)
			step = step >> 1 ^ (0xc15d213aa4d7a795 & -(step & 1));
		fp = fp >> 8 ^ step;
	}
	return fp;
}

static void test_crc64_table(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = (char)(i * 7);
		assert_true(digest_crc64_avro(str_make(text, i)) == fingerprint_slowly(str_make(text, i)));
	}
	for (int c = 0; c < 256; c++) {
		text[0] = (char)c;
		assert_true(digest_crc64_avro(str_make(text, 1)) == fingerprint_slowly(str_make(text, 1)));
	}
}

static void test_hex(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		bool good;
	} cases[] = {
		{ "", 0, true }, { "00fF7a", 3, true }, { "DEADBEEF", 4, true }, { "00ff7", 3, false },
		{ "00ff7a", 2, false }, { "00ff7a", 4, false }, { "0g", 1, false }, { " 0", 1, false }, { "0", 0, false },
		{ "+1", 1, false }, { "@a", 1, false }, { "`a", 1, false }, { "/a", 1, false }, { ":a", 1, false },
	};
	struct arena *arena = arena_create(0);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t bytes[4] = { 0x55, 0x55, 0x55, 0x55 };

		CHECK_INT(cases[i].text, hex_decode(str_of(cases[i].text), bytes, cases[i].len), cases[i].good);
		if (cases[i].good)
			CHECK(cases[i].text, str_eq_nocase(hex_encode(arena, bytes, cases[i].len), str_of(cases[i].text)));
		else
			CHECK(cases[i].text, memcmp(bytes, "UUUU", 4) == 0);
	}
	arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_crc64_known),
		cmocka_unit_test(test_crc64_table),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests_name("base/digest", tests, NULL, NULL);
}
