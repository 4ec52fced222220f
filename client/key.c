/* Keys of the cache: digests, so that a key has one size whatever it is made of. */
#include "base/map.h"
#include "client/cache.h"

void client_key_begin(struct client_key *key, char kind, unsigned flags)
{
	*key = (struct client_key){ .flags = flags };
	key->digest[0] = (uint8_t)kind;
}

/* The digest of the digest so far and the part's: parts cannot run into each other. */
void client_key_text(struct client_key *key, struct str text)
{
	uint8_t both[2 * SHA256_BYTES];

	memcpy(both, key->digest, SHA256_BYTES);
	digest_sha256(str_present(text) ? text : STR(""), both + SHA256_BYTES);
	digest_sha256(str_make((const char *)both, sizeof(both)), key->digest);
}

void client_key_of_subject(struct client_key *key, const char *subject)
{
	key->subject = hash_str(str_of(subject)) | 1;
}

void client_key_subject(struct client_key *key, const char *subject)
{
	client_key_of_subject(key, subject);
	client_key_text(key, str_of(subject));
}

void client_key_number(struct client_key *key, int64_t number)
{
	client_key_text(key, str_make((const char *)&number, sizeof(number)));
}
