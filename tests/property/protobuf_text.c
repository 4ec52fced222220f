/* The text of a model. */
#include <string.h>

#include "tests/property/protobuf_int.h"

static void put_scope(struct buf *b, const struct random_file *file, unsigned i)
{
	if (file->messages[i].nested_in >= 0) {
		put_scope(b, file, (unsigned)file->messages[i].nested_in);
		buf_add_c(b, '.');
	}
	buf_add(b, str_of(file->messages[i].name));
}

static void put_target(struct buf *b, const struct random_file *file, bool is_enum, unsigned target)
{
	if (is_enum)
		buf_add(b, str_of(file->enums[target % file->n_enums].name));
	else
		put_scope(b, file, target % file->n_messages);
}

static void put_random_type(struct buf *b, const struct random_file *file, const struct random_field *field)
{
	if (field->shape == MAP) {
		buf_printf(b, "map<%s, ", random_keys[field->key]);
		if (field->value == 0)
			buf_add(b, str_of(random_scalars[field->kind]));
		else
			put_target(b, file, field->value == 1, field->target);
		buf_add_c(b, '>');
	} else if (field->shape == SCALAR) {
		buf_add(b, str_of(random_scalars[field->kind]));
	} else {
		put_target(b, file, field->shape == ENUM, field->target);
	}
}

static bool may_have_default(const struct random_field *field)
{
	return field->label != PBUF_REPEATED && (field->shape == SCALAR || field->shape == ENUM);
}

static void put_default_value(struct buf *b, const struct random_file *file, const struct random_field *field)
{
	static const char *const numbers[] = { "0", "1", "5" }, *const texts[] = { "\"\"", "\"x\"", "\"yy\"" };
	const struct random_enum *e = &file->enums[field->target % file->n_enums];

	if (field->shape == ENUM)
		buf_add(b, str_of(e->constants[field->chosen % e->n_constants].name));
	else if (strcmp(random_scalars[field->kind], "bool") == 0)
		buf_add(b, field->chosen > 0 ? STR("true") : STR("false"));
	else if (strcmp(random_scalars[field->kind], "string") == 0 || strcmp(random_scalars[field->kind], "bytes") == 0)
		buf_add(b, str_of(texts[field->chosen]));
	else
		buf_add(b, str_of(numbers[field->chosen]));
}

static bool is_packable(const struct random_field *field)
{
	return field->label == PBUF_REPEATED && (field->shape == ENUM || (field->shape == SCALAR &&
		strcmp(random_scalars[field->kind], "string") != 0 && strcmp(random_scalars[field->kind], "bytes") != 0));
}

static void put_field_text(struct buf *b, const struct random_file *file, const struct random_field *field, bool in_oneof)
{
	static const char *const labels[] = { "", "optional ", "required ", "repeated " };
	enum pbuf_label label = in_oneof || field->shape == MAP ? PBUF_UNLABELLED : field->label;
	bool has_default = file->proto2 && field->has_default && may_have_default(field);

	if (field->shape == GROUP) {
		buf_printf(b, "%sgroup G%d = %d { optional int32 a = 1; optional string b = 2; }\n", labels[label], field->number, field->number);
		return;
	}
	buf_add(b, str_of(labels[label]));
	put_random_type(b, file, field);
	buf_printf(b, " f%d = %d", field->name, field->number);
	if (has_default) {
		buf_lit(b, " [default = ");
		put_default_value(b, file, field);
		buf_add_c(b, ']');
	} else if (field->packed_given && is_packable(field) && !in_oneof) {
		buf_printf(b, " [packed = %s]", field->packed ? "true" : "false");
	}
	buf_lit(b, ";\n");
}

static bool stands_in_oneof(const struct random_field *field, int oneof)
{
	return field->oneof == oneof && field->shape != MAP && field->label != PBUF_REPEATED && field->label != PBUF_REQUIRED;
}

static void put_oneof_text(struct buf *b, const struct random_file *file, const struct random_message *message, int oneof)
{
	bool begun = false;

	for (unsigned i = 0; i < message->n_fields; i++) {
		if (!stands_in_oneof(&message->fields[i], oneof))
			continue;
		if (!begun)
			buf_printf(b, "  oneof o%d {\n", oneof);
		begun = true;
		buf_lit(b, "    ");
		put_field_text(b, file, &message->fields[i], true);
	}
	if (begun)
		buf_lit(b, "  }\n");
}

static void put_message_text(struct buf *b, const struct random_file *file, unsigned index, unsigned depth)
{
	const struct random_message *message = &file->messages[index];

	buf_printf(b, "message %s {\n", message->name);
	if (message->reserved)
		buf_printf(b, "  reserved %d;\n", message->reserved);
	for (unsigned i = 0; i < message->n_fields; i++) {
		const struct random_field *field = &message->fields[i];

		if (stands_in_oneof(field, 1) || stands_in_oneof(field, 2))
			continue;
		buf_lit(b, "  ");
		put_field_text(b, file, field, false);
	}
	for (int oneof = 1; oneof <= 2; oneof++)
		put_oneof_text(b, file, message, oneof);
	if (index == 0 && file->proto2 && file->extension.number)
		buf_lit(b, "  extensions 100 to 200;\n");
	for (unsigned i = index + 1; i < file->n_messages && depth < 4; i++)
		if (file->messages[i].nested_in == (int)index)
			put_message_text(b, file, i, depth + 1);
	buf_lit(b, "}\n");
}

struct str random_text(struct arena *arena, const struct random_file *file)
{
	struct buf b = buf_make(arena, 1024);

	buf_printf(&b, "syntax = \"proto%d\";\n", file->proto2 ? 2 : 3);
	if (file->package[0])
		buf_printf(&b, "package %s;\n", file->package);
	for (unsigned i = 0; i < file->n_messages; i++)
		if (file->messages[i].nested_in < 0)
			put_message_text(&b, file, i, 0);
	for (unsigned i = 0; i < file->n_enums; i++) {
		const struct random_enum *e = &file->enums[i];

		buf_printf(&b, "enum %s {\n", e->name);
		for (unsigned k = 0; k < e->n_constants; k++)
			buf_printf(&b, "  %s = %d;\n", e->constants[k].name, e->constants[k].number);
		buf_lit(&b, "}\n");
	}
	if (file->proto2 && file->extension.number && file->extension.shape != MAP && file->extension.shape != GROUP) {
		struct random_field field = file->extension;

		if (field.label == PBUF_REQUIRED)
			field.label = PBUF_OPTIONAL;
		buf_printf(&b, "extend %s {\n  ", file->messages[0].name);
		put_field_text(&b, file, &field, false);
		buf_lit(&b, "}\n");
	}
	return buf_str(&b);
}
