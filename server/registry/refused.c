/* What is said of a schema that is refused: 42201 in the reference's words (contract 3.2). */
#include "base/arena.h"
#include "base/clock.h"
#include "server/registry/registry_int.h"

/* "[a, b]" */
static void print_set(struct buf *out, const struct str *items, size_t n)
{
	buf_add_c(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_lit(out, ", ");
		buf_add(out, items[i]);
	}
	buf_add_c(out, ']');
}

/* As the reference's messages have it: "Metadata{tags={R.a=[PII]}, properties={k=v}, sensitive=[k]}". */
static void print_metadata(struct buf *out, const struct metadata *metadata)
{
	if (!metadata) {
		buf_lit(out, "null");
		return;
	}
	buf_lit(out, "Metadata{tags={");
	for (size_t i = 0; i < metadata->n_tags; i++) {
		if (i > 0)
			buf_lit(out, ", ");
		buf_add(out, metadata->tags[i].path);
		buf_add_c(out, '=');
		print_set(out, metadata->tags[i].tags, metadata->tags[i].n_tags);
	}
	buf_lit(out, "}, properties={");
	for (size_t i = 0; i < metadata->n_properties; i++) {
		if (i > 0)
			buf_lit(out, ", ");
		buf_add(out, metadata->properties[i].key);
		buf_add_c(out, '=');
		buf_add(out, metadata->properties[i].value);
	}
	buf_lit(out, "}, sensitive=");
	print_set(out, metadata->sensitive, metadata->n_sensitive);
	buf_add_c(out, '}');
}

static void print_references(struct buf *out, const struct new_schema *schema)
{
	buf_add_c(out, '[');
	for (size_t i = 0; i < schema->n_references; i++) {
		if (i > 0)
			buf_lit(out, ", ");
		reference_print(out, &schema->references[i]);
	}
	buf_add_c(out, ']');
}

/* The guid of what was sent: it has no canonical text. */
static void guid_of(struct arena *arena, const struct new_schema *schema, char out[37])
{
	struct buf text = buf_make(arena, schema->text.len + 64);
	uint8_t digest[MD5_BYTES];

	buf_add(&text, schema->text);
	for (size_t i = 0; i < schema->n_references; i++)
		content_digest_reference(&text, schema->references[i].name, schema->references[i].subject,
			schema->references[i].has_version ? &schema->references[i].version : NULL);
	metadata_digest_text(&text, schema->metadata);
	ruleset_digest_text(&text, schema->rule_set);
	digest_md5(buf_str(&text), digest);
	uuid_format(digest, out);
}

/* "{subject=…,…}": the request as the reference prints it; `numbers` is its version and id. */
static void print_schema(struct buf *out, struct arena *arena, struct str subject, const struct new_schema *schema,
	struct str type, struct str numbers)
{
	char guid[37];

	guid_of(arena, schema, guid);
	buf_lit(out, "{subject=");
	buf_add(out, subject);
	buf_add(out, numbers);
	buf_printf(out, ",guid=%s,schemaType=%.*s,references=", guid, STR_ARG(type));
	print_references(out, schema);
	buf_lit(out, ",metadata=");
	print_metadata(out, schema->metadata);
	buf_lit(out, ",ruleSet=");
	buf_add(out, schema->rule_set ? ruleset_print(arena, schema->rule_set) : STR("null"));
	buf_lit(out, ",schema=");
	buf_add(out, schema->text);
	buf_lit(out, ",schemaTags=null,ts=null,deleted=null}");
}

/* The whole request for AVRO; the phrase twice for the others. */
enum err_code content_refuse_text(struct call *call, struct str subject, const struct new_schema *schema, struct str type,
	struct err *err)
{
	struct buf out = buf_make(call->arena, schema->text.len + 512);
	struct str detail = err->message;

	buf_printf(&out, "Invalid schema of type %.*s, details: ", STR_ARG(type));
	if (str_eq(type, STR("AVRO"))) {
		buf_lit(&out, "Invalid schema ");
		/* The reference prints these two: no version, and 0 for an id that was sent. */
		print_schema(&out, call->arena, subject, schema, type,
			schema->has_id ? STR(",version=null,id=0") : STR(",version=null,id=null"));
		buf_lit(&out, " with refs ");
		print_references(&out, schema);
		buf_printf(&out, " of type %.*s, details: ", STR_ARG(type));
	} else {
		buf_printf(&out, "Invalid schema of type %.*s, details: ", STR_ARG(type));
	}
	buf_add(&out, detail);
	return err_text(err, ERR_INVALID_SCHEMA, buf_str(&out));
}

enum err_code content_refuse_invalid(struct call *call, struct str subject, const struct new_schema *schema,
	struct str type, struct err *err)
{
	struct buf out = buf_make(call->arena, schema->text.len + 512);
	struct str detail = err->message;

	buf_lit(&out, "Invalid schema ");
	print_schema(&out, call->arena, subject, schema, type,
		str_printf(call->arena, ",version=%d,id=%d", schema->has_version ? schema->version : 0,
			schema->has_id ? schema->id : -1));
	buf_lit(&out, ", details: ");
	buf_add(&out, detail);
	return err_text(err, ERR_INVALID_SCHEMA, buf_str(&out));
}
