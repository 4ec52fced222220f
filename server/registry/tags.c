/* What rendered answers depend on: 64-bit tags for subjects, ids, configuration, and everything. */
#include "server/registry/tags.h"

#include "base/map.h"
#include "server/registry/subject.h"

enum tag_space { TAG_SUBJECT = 1, TAG_ID, TAG_CONFIG, TAG_ANY };

/* Spreads the space and the hash over all bits (the finaliser of MurmurHash3). */
static uint64_t mix(enum tag_space space, uint64_t hash)
{
	hash ^= (uint64_t)space << 56;
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdULL;
	hash ^= hash >> 33;
	hash *= 0xc4ceb9fe1a85ec53ULL;
	return hash ^ hash >> 33;
}

uint64_t registry_tag_subject(struct str subject)
{
	return mix(TAG_SUBJECT, hash_str(subject));
}

uint64_t registry_tag_id(struct str context, int id)
{
	return mix(TAG_ID, hash_str(context) + (uint32_t)id);
}

uint64_t registry_tag_config(void)
{
	return mix(TAG_CONFIG, 0);
}

uint64_t registry_tag_any(void)
{
	return mix(TAG_ANY, 0);
}

size_t registry_record_tags(const struct record *record, uint64_t out[REGISTRY_TAGS])
{
	size_t n = 0;

	out[n++] = registry_tag_any();
	switch (record->kind) {
	case RECORD_VERSION_PUT:
		out[n++] = registry_tag_id(subject_split(record->subject).context, record->id);
		out[n++] = registry_tag_subject(record->subject);
		break;
	case RECORD_VERSION_DELETE:
	case RECORD_VERSION_PURGE:
	case RECORD_SUBJECT_DELETE:
		out[n++] = registry_tag_subject(record->subject);
		break;
	case RECORD_CONFIG_PUT:
	case RECORD_CONFIG_DELETE:
	case RECORD_MODE_PUT:
	case RECORD_MODE_DELETE:
		out[n++] = registry_tag_config();
		break;
	default:
		break;
	}
	return n;
}
