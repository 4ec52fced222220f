/* Options as text: one value on its line, maps and lists over several. */
#include "compat/protobuf/pbuf_int.h"

void pbuf_put_indent(struct buf *b, unsigned indent)
{
	static const char blanks[] = "                                ";

	while (indent > 0) {
		unsigned n = indent < sizeof(blanks) - 1 ? indent : (unsigned)sizeof(blanks) - 1;

		buf_add(b, str_make(blanks, n));
		indent -= n;
	}
}

void pbuf_put_quoted(struct buf *b, struct str text)
{
	static const char special[] = "\a\b\f\n\r\t\v\\'\"", letters[] = "abfnrtv\\'\"";

	buf_add_c(b, '"');
	for (size_t i = 0; i < text.len; i++) {
		const char *found = text.data[i] != '\0' ? strchr(special, text.data[i]) : NULL;

		if (found) {
			buf_add_c(b, '\\');
			buf_add_c(b, letters[found - special]);
		} else {
			buf_add_c(b, text.data[i]);
		}
	}
	buf_add_c(b, '"');
}

static void put_value(struct buf *b, const struct pbuf_value *value, unsigned indent);

/* The items of a map or list, each on a line of its own. */
static void put_items(struct buf *b, const struct pbuf_value *value, unsigned indent)
{
	for (size_t i = 0; i < value->n_items; i++) {
		const struct pbuf_value *item = &value->items[i];

		pbuf_put_indent(b, indent + 2);
		if (value->kind == PBUF_V_MAP) {
			buf_add(b, item->name);
			buf_lit(b, ": ");
		}
		put_value(b, item, indent + 2);
		if (i + 1 < value->n_items)
			buf_add_c(b, ',');
		buf_add_c(b, '\n');
	}
	pbuf_put_indent(b, indent);
}

static void put_value(struct buf *b, const struct pbuf_value *value, unsigned indent)
{
	bool is_map = value->kind == PBUF_V_MAP;

	if (is_map || value->kind == PBUF_V_LIST) {
		buf_add(b, is_map ? STR("{\n") : STR("[\n"));
		put_items(b, value, indent);
		buf_add_c(b, is_map ? '}' : ']');
	} else if (value->kind == PBUF_V_STRING) {
		pbuf_put_quoted(b, value->text);
	} else {
		buf_add(b, value->text);
	}
}

void pbuf_put_option(struct buf *b, const struct pbuf_option *option, unsigned indent)
{
	if (option->parens)
		buf_add_c(b, '(');
	buf_add(b, option->name);
	if (option->parens)
		buf_add_c(b, ')');
	if (str_present(option->sub)) {
		buf_add_c(b, '.');
		buf_add(b, option->sub);
	}
	buf_lit(b, " = ");
	if (option->value.kind == PBUF_V_LIST && option->value.n_items == 1) {
		buf_add_c(b, '[');
		put_value(b, &option->value.items[0], indent);
		buf_add_c(b, ']');
	} else {
		put_value(b, &option->value, indent);
	}
}

static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' &&
			c != '-' && c != '.')
			return false;
	}
	return text.len > 0;
}

/*
 * The reference quotes the defaults of strings only, whatever the text says.  What could not be read
 * again without quotes keeps them here.
 */
static struct pbuf_value default_of(const struct pbuf_field *field)
{
	struct pbuf_value value = *field->default_value;

	if (value.kind == PBUF_V_MAP || value.kind == PBUF_V_LIST)
		return value;
	value.kind = field->type.kind == PBUF_STRING || !is_plain(value.text) ? PBUF_V_STRING : PBUF_V_WORD;
	return value;
}

size_t pbuf_special_options(const struct pbuf_field *field, struct pbuf_option out[2])
{
	size_t n = 0;

	if (field->default_value)
		out[n++] = (struct pbuf_option){ .name = STR("default"), .value = default_of(field) };
	if (field->json_name) {
		out[n] = (struct pbuf_option){ .name = STR("json_name"), .value = *field->json_name };
		if (out[n].value.kind != PBUF_V_MAP && out[n].value.kind != PBUF_V_LIST)
			out[n].value.kind = PBUF_V_STRING;
		n++;
	}
	return n;
}
