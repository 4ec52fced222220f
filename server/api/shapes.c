/* The JSON that is answered, member by member in the reference's order (contract 2.2). */
#include "base/arena.h"
#include "base/clock.h"
#include "server/api/api.h"
#include "server/api/association_int.h"

static void add_name(struct buf *out, struct str name)
{
	char last = out->len > 0 ? out->data[out->len - 1] : '[';

	if (last != '{' && last != '[')
		buf_add_c(out, ',');
	buf_add_c(out, '"');
	buf_add(out, name);
	buf_lit(out, "\":");
}

static void add_text(struct buf *out, struct str name, struct str value)
{
	if (!str_present(value) || value.len == 0)
		return;
	add_name(out, name);
	buf_json_string(out, value);
}

static void add_number(struct buf *out, struct str name, int64_t value)
{
	add_name(out, name);
	buf_add_i64(out, value);
}

static void add_json(struct buf *out, struct str name, struct str json)
{
	if (!str_present(json))
		return;
	add_name(out, name);
	buf_add(out, json);
}

static void add_guid(struct buf *out, const uint8_t digest[MD5_BYTES])
{
	char guid[37];

	uuid_format(digest, guid);
	add_name(out, STR("guid"));
	buf_add_c(out, '"');
	buf_add(out, str_make(guid, 36));
	buf_add_c(out, '"');
}

static void add_references(struct buf *out, const struct view_version *version)
{
	if (version->n_references == 0)
		return;
	add_name(out, STR("references"));
	buf_add_c(out, '[');
	for (size_t i = 0; i < version->n_references; i++) {
		const struct record_reference *reference = &version->references[i];

		buf_add(out, i > 0 ? STR(",{") : STR("{"));
		add_text(out, STR("name"), reference->name);
		add_text(out, STR("subject"), reference->subject);
		add_number(out, STR("version"), reference->version);
		buf_add_c(out, '}');
	}
	buf_add_c(out, ']');
}

static void add_list(struct buf *out, struct str name, const struct str *items, size_t n)
{
	if (n == 0)
		return;
	add_name(out, name);
	buf_add_c(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(out, ',');
		buf_json_string(out, items[i]);
	}
	buf_add_c(out, ']');
}

static void add_tags(struct buf *out, const struct schema_tag_list *tags)
{
	if (tags->n_items == 0)
		return;
	add_name(out, STR("schemaTags"));
	buf_add_c(out, '[');
	for (size_t i = 0; i < tags->n_items; i++) {
		const struct schema_tags *entity = &tags->items[i];

		buf_add(out, i > 0 ? STR(",{\"schemaEntity\":{") : STR("{\"schemaEntity\":{"));
		add_text(out, STR("entityPath"), entity->path);
		add_text(out, STR("entityType"), schema_entity_name(entity->entity));
		buf_add_c(out, '}');
		add_list(out, STR("tags"), entity->tags, entity->n_tags);
		buf_add_c(out, '}');
	}
	buf_add_c(out, ']');
}

static void add_stored(struct buf *out, const struct view_version *version)
{
	add_number(out, STR("ts"), version->ts);
	add_name(out, STR("deleted"));
	buf_add(out, version->deleted ? STR("true") : STR("false"));
}

static struct buf begin(struct request *rq, const struct view_version *version, struct str text)
{
	struct buf out = buf_make(request_arena(rq), text.len + text.len / 4 + version->subject.len + 256);

	buf_add_c(&out, '{');
	return out;
}

static enum err_code finish(struct request *rq, struct buf *out)
{
	buf_add_c(out, '}');
	return reply(rq, buf_str(out));
}

void write_version(struct buf *out, const struct shown_version *shown, struct str text)
{
	const struct view_version *version = shown->version;

	buf_add_c(out, '{');
	add_text(out, STR("subject"), version->subject);
	add_number(out, STR("version"), version->version);
	add_number(out, STR("id"), version->id);
	add_guid(out, version->digest);
	add_text(out, STR("schemaType"), version->schema_type);
	add_references(out, version);
	add_json(out, STR("metadata"), version->metadata);
	add_text(out, STR("schema"), text);
	add_tags(out, &shown->tags);
	if (shown->stored)
		add_stored(out, version);
	add_json(out, STR("ruleSet"), version->rule_set);
	buf_add_c(out, '}');
}

enum err_code reply_version(struct request *rq, const struct shown_version *shown, struct str text)
{
	struct buf out = buf_make(request_arena(rq), text.len + text.len / 4 + shown->version->subject.len + 256);

	write_version(&out, shown, text);
	return reply(rq, buf_str(&out));
}

enum err_code reply_registered(struct request *rq, const struct shown_version *shown, struct str text)
{
	const struct view_version *version = shown->version;
	struct buf out = begin(rq, version, text);

	add_number(&out, STR("id"), version->id);
	add_number(&out, STR("version"), version->version);
	add_guid(&out, version->digest);
	add_text(&out, STR("schemaType"), version->schema_type);
	add_references(&out, version);
	add_json(&out, STR("metadata"), version->metadata);
	add_json(&out, STR("ruleSet"), version->rule_set);
	add_text(&out, STR("schema"), text);
	if (shown->stored)
		add_stored(&out, version);
	return finish(rq, &out);
}

enum err_code reply_schema_string(struct request *rq, const struct shown_version *shown, struct str text,
	bool with_subject, int max_id)
{
	const struct view_version *version = shown->version;
	struct buf out = begin(rq, version, text);

	if (with_subject) {
		add_text(&out, STR("subject"), version->subject);
		add_number(&out, STR("version"), version->version);
	}
	add_guid(&out, version->digest);
	add_text(&out, STR("schemaType"), version->schema_type);
	add_text(&out, STR("schema"), text);
	add_references(&out, version);
	add_json(&out, STR("metadata"), version->metadata);
	add_json(&out, STR("ruleSet"), version->rule_set);
	add_tags(&out, &shown->tags);
	if (max_id > 0)
		add_number(&out, STR("maxId"), max_id);
	add_stored(&out, version);
	return finish(rq, &out);
}

enum err_code reply_listed(struct request *rq, const struct listed_version *list, size_t n)
{
	struct buf out = buf_make(request_arena(rq), 4096);

	buf_add_c(&out, '[');
	for (size_t i = 0; i < n; i++) {
		const struct view_version *version = list[i].version;

		buf_add(&out, i > 0 ? STR(",{") : STR("{"));
		add_text(&out, STR("subject"), version->subject);
		add_number(&out, STR("version"), version->version);
		add_number(&out, STR("id"), version->id);
		add_guid(&out, version->digest);
		add_text(&out, STR("schemaType"), version->schema_type);
		add_references(&out, version);
		add_json(&out, STR("metadata"), version->metadata);
		add_text(&out, STR("schema"), version->text);
		add_stored(&out, version);
		add_list(&out, STR("aliases"), list[i].aliases, list[i].n_aliases);
		if (list[i].n_associations > 0) {
			add_name(&out, STR("associations"));
			write_associations(&out, list[i].associations, list[i].n_associations);
		}
		add_json(&out, STR("ruleSet"), version->rule_set);
		buf_add_c(&out, '}');
	}
	buf_add_c(&out, ']');
	return reply(rq, buf_str(&out));
}

enum err_code reply_texts(struct request *rq, const struct str *items, size_t n)
{
	struct buf out = buf_make(request_arena(rq), 32 * n + 16);

	buf_add_c(&out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(&out, ',');
		buf_json_string(&out, items[i]);
	}
	buf_add_c(&out, ']');
	return reply(rq, buf_str(&out));
}

enum err_code reply_ints(struct request *rq, const int *items, size_t n)
{
	struct buf out = buf_make(request_arena(rq), 8 * n + 16);

	buf_add_c(&out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(&out, ',');
		buf_add_i64(&out, items[i]);
	}
	buf_add_c(&out, ']');
	return reply(rq, buf_str(&out));
}

enum err_code reply_int(struct request *rq, int value)
{
	return reply(rq, str_printf(request_arena(rq), "%d", value));
}

enum err_code reply_config(struct request *rq, const struct config *config, enum config_shape shape)
{
	return reply(rq, config_print(request_arena(rq), config, shape));
}

/* A mode that is absent is written as null: only PUT echoes one (contract 2.7). */
enum err_code reply_mode(struct request *rq, struct str mode)
{
	struct buf out = buf_make(request_arena(rq), 64);

	buf_lit(&out, "{\"mode\":");
	if (str_present(mode))
		buf_json_string(&out, mode);
	else
		buf_lit(&out, "null");
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}
