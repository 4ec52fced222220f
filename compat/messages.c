/* The strings of a compatibility answer. */
#include "compat/messages.h"

#include "base/arena.h"
#include "compat/explain.h"

enum { OLD_SCHEMA_MOST = 10240 }; /* UTF-16 units, the reference's characters */

static const char *const descriptions[FINDING_TYPES] = {
#define F(name, description) [FINDING_##name] = description,
#include "compat/finding.def"
#undef F
};

/* A description with its {…} filled in. */
static void put_description(struct buf *b, const struct finding *finding, enum message_direction direction)
{
	const struct {
		struct str name;
		struct str value;
	} slots[] = {
		{ { "{path}", 6 }, finding->path },
		{ { "{info}", 6 }, finding->info },
		{ { "{reader}", 8 }, direction == MESSAGE_NEW_READS_OLD ? STR("new") : STR("old") },
		{ { "{writer}", 8 }, direction == MESSAGE_NEW_READS_OLD ? STR("old") : STR("new") },
	};
	struct str rest = str_present(finding->description) ? finding->description
														 : str_of(descriptions[finding->type]);

	while (rest.len > 0) {
		ptrdiff_t brace = str_index(rest, '{');
		size_t plain = brace < 0 ? rest.len : (size_t)brace, taken = 0;

		buf_add(b, str_sub(rest, 0, plain));
		rest = str_sub(rest, plain, rest.len);
		for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]) && taken == 0; i++) {
			if (str_starts(rest, slots[i].name)) {
				buf_add(b, slots[i].value);
				taken = slots[i].name.len;
			}
		}
		if (taken == 0 && rest.len > 0) {
			buf_add_c(b, '{');
			taken = 1;
		}
		rest = str_sub(rest, taken, rest.len);
	}
}

/* Quotes and endings of the three formats; JSON opens with one kind of quote and closes with another. */
struct str message_finding(struct arena *arena, enum schema_type type, const struct finding *finding,
	enum message_direction direction)
{
	struct buf b = buf_make(arena, 256);
	char quote = type == SCHEMA_AVRO ? '\'' : '"';

	if (finding->type == FINDING_UNEXPECTED_EXCEPTION) {
		put_description(&b, finding, direction);
		return buf_str(&b);
	}
	buf_printf(&b, "{errorType:%c%s%c, description:%c", quote, finding_type_name(finding->type), quote, quote);
	put_description(&b, finding, direction);
	buf_add_c(&b, type == SCHEMA_PROTOBUF ? '"' : '\'');
	if (type == SCHEMA_AVRO) {
		buf_lit(&b, ", additionalInfo:'");
		buf_add(&b, finding->info);
		buf_add_c(&b, '\'');
	}
	buf_add_c(&b, '}');
	return buf_str(&b);
}

struct str message_sound(struct arena *arena, enum schema_type type, const struct explain_finding *finding)
{
	enum message_direction direction = finding->new_reads_old ? MESSAGE_NEW_READS_OLD : MESSAGE_OLD_READS_NEW;
	char quote = type == SCHEMA_AVRO ? '\'' : '"', end = type == SCHEMA_PROTOBUF ? '"' : '\'';

	if (finding->refused && finding->reference)
		return message_finding(arena, type, finding->reference, direction);
	return str_printf(arena, "{errorType:%c%s%c, description:%c%.*s%c%s}", quote, rule_info(finding->rule)->id, quote,
		quote, STR_ARG(finding->message), end, type == SCHEMA_AVRO ? ", additionalInfo:''" : "");
}

struct str message_logical(struct arena *arena, enum schema_type type, struct str path, struct str why)
{
	char quote = type == SCHEMA_AVRO ? '\'' : '"', end = type == SCHEMA_PROTOBUF ? '"' : '\'';

	return str_printf(arena, "{errorType:%cLOGICAL_TYPE_INCOMPATIBLE%c, description:%cThe logical type%s%.*s%s: %.*s%c%s}",
		quote, quote, quote, path.len > 0 ? " at column '" : "", STR_ARG(path), path.len > 0 ? "'" : "", STR_ARG(why), end,
		type == SCHEMA_AVRO ? ", additionalInfo:''" : "");
}

struct str message_old_version(struct arena *arena, int version)
{
	return str_printf(arena, "{oldSchemaVersion: %d}", version);
}

/* How many bytes the first `units` UTF-16 units take; a pair that the cut would split is left out. */
static size_t cut_at(struct str text, size_t units)
{
	size_t at = 0;

	while (at < text.len) {
		unsigned char lead = (unsigned char)text.data[at];
		size_t len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
		size_t takes = len == 4 ? 2 : 1;

		if (takes > units || len > text.len - at)
			break;
		units -= takes;
		at += len;
	}
	return at;
}

struct str message_old_schema(struct arena *arena, struct str text)
{
	struct buf b = buf_make(arena, text.len < OLD_SCHEMA_MOST ? text.len + 32 : OLD_SCHEMA_MOST + 64);

	if (text.len <= OLD_SCHEMA_MOST || str_utf16_len(text) <= OLD_SCHEMA_MOST) {
		buf_lit(&b, "{oldSchema: '");
		buf_add(&b, text);
		buf_lit(&b, "'}");
	} else {
		buf_lit(&b, "{oldSchema: <truncated> '");
		buf_add(&b, str_sub(text, 0, cut_at(text, OLD_SCHEMA_MOST)));
		buf_lit(&b, "...'}");
	}
	return buf_str(&b);
}

struct str message_settings(struct arena *arena, bool validate_fields, enum compat_level level)
{
	return str_printf(arena, "{validateFields: '%s', compatibility: '%.*s'}", validate_fields ? "true" : "false",
		STR_ARG(compat_level_name(level)));
}

struct str message_other_type(void)
{
	return STR("Incompatible because of different schema type");
}

struct str message_reserved_removed(struct arena *arena, struct str name)
{
	return str_printf(arena, "The new schema has reserved field %.*s removed from its metadata which is present "
							 "in the old schema's metadata.",
		STR_ARG(name));
}

struct str message_reserved_used(struct arena *arena, struct str name)
{
	return str_printf(arena, "The new schema has field that conflicts with the reserved field %.*s.", STR_ARG(name));
}
