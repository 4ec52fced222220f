/* Tables and keys of TOML: which table a line adds to, and what may not be said twice. */
#include "client/cli/toml.h"

#include "base/arena.h"
#include "client/cli/toml_int.h"

int toml_peek(const struct toml_reader *r)
{
	return r->at < r->text.len ? (unsigned char)r->text.data[r->at] : -1;
}

enum err_code toml_fault(struct toml_reader *r, const char *what)
{
	r->err->line = r->line;
	r->err->column = (uint32_t)(r->at - r->line_start) + 1;
	return err_text(r->err, ERR_CONFIG_FILE, str_dup(r->err->arena, str_of(what)));
}

void toml_skip_blanks(struct toml_reader *r)
{
	while (toml_peek(r) == ' ' || toml_peek(r) == '\t')
		r->at++;
}

static enum err_code skip_comment(struct toml_reader *r)
{
	while (toml_peek(r) != -1 && toml_peek(r) != '\n') {
		int c = toml_peek(r);
		bool ends = c == '\r' && r->at + 1 < r->text.len && r->text.data[r->at + 1] == '\n';

		if ((c < 0x20 && c != '\t' && !ends) || c == 0x7f)
			return toml_fault(r, "a control character in a comment");
		r->at++;
	}
	return OK;
}

/* One line end, when there is one. */
static bool skip_line_end(struct toml_reader *r)
{
	size_t at = r->at + (toml_peek(r) == '\r');

	if (at >= r->text.len || r->text.data[at] != '\n')
		return false;
	r->at = at + 1;
	r->line++;
	r->line_start = r->at;
	return true;
}

enum err_code toml_skip_lines(struct toml_reader *r)
{
	do {
		toml_skip_blanks(r);
		if (toml_peek(r) == '#')
			TRY(skip_comment(r));
	} while (skip_line_end(r));
	return OK;
}

/* Behind a pair or a header only a comment may stand. */
static enum err_code end_line(struct toml_reader *r)
{
	toml_skip_blanks(r);
	if (toml_peek(r) == '#')
		TRY(skip_comment(r));
	if (toml_peek(r) != -1 && !skip_line_end(r))
		return toml_fault(r, "expected the end of the line");
	return OK;
}

struct toml_node *toml_node_new(struct toml_reader *r, enum jsn_kind kind)
{
	struct toml_node *node = arena_new(r->arena, struct toml_node);

	node->value.kind = kind;
	node->value.line = r->line;
	node->value.column = (uint32_t)(r->at - r->line_start) + 1;
	return node;
}

void toml_node_add(struct toml_reader *r, struct toml_node *node, struct toml_node *item)
{
	node->items = arena_grow(r->arena, node->items, node->n_items, &node->room, sizeof(struct toml_node *));
	node->items[node->n_items++] = item;
}

struct toml_node *toml_member(const struct toml_node *table, struct str name)
{
	for (size_t i = 0; i < table->n_items; i++)
		if (str_eq(table->items[i]->value.name, name))
			return table->items[i];
	return NULL;
}

/* ---- keys ---- */

static bool is_bare(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static enum err_code read_simple_key(struct toml_reader *r, struct str *out)
{
	size_t from = r->at;

	if (toml_peek(r) == '"' || toml_peek(r) == '\'')
		return toml_read_string(r, true, out);
	while (is_bare(toml_peek(r)))
		r->at++;
	if (r->at == from)
		return toml_fault(r, "expected a key");
	*out = str_sub(r->text, from, r->at);
	return OK;
}

/* Goes on over a dot to the next part of a key; false when there is none. */
static bool next_part(struct toml_reader *r)
{
	toml_skip_blanks(r);
	if (toml_peek(r) != '.')
		return false;
	r->at++;
	toml_skip_blanks(r);
	return true;
}

static struct toml_node *new_table(struct toml_reader *r, struct toml_node *in, struct str name)
{
	struct toml_node *table = toml_node_new(r, JSN_OBJECT);

	table->value.name = name;
	toml_node_add(r, in, table);
	return table;
}

/* The table that a part of a dotted key before its last one means. */
static enum err_code enter_dotted(struct toml_reader *r, struct toml_node **table, struct str name)
{
	struct toml_node *there = toml_member(*table, name);

	if (!there) {
		there = new_table(r, *table, name);
		there->dotted = true;
	} else if (there->value.kind != JSN_OBJECT || there->closed || (there->defined && !there->dotted)) {
		return toml_fault(r, "the key is already something else");
	}
	*table = there;
	return OK;
}

enum err_code toml_read_pair(struct toml_reader *r, struct toml_node *table, unsigned depth)
{
	struct toml_node *value;
	struct str name;

	TRY(read_simple_key(r, &name));
	while (next_part(r)) {
		TRY(enter_dotted(r, &table, name));
		TRY(read_simple_key(r, &name));
	}
	if (toml_member(table, name))
		return toml_fault(r, "the key is there twice");
	if (toml_peek(r) != '=')
		return toml_fault(r, "expected \"=\" behind the key");
	r->at++;
	toml_skip_blanks(r);
	TRY(toml_read_value(r, depth, &value));
	value->value.name = name;
	toml_node_add(r, table, value);
	return OK;
}

/* ---- headers ---- */

/* The table that a part of a header before its last one means; of an array of tables the last. */
static enum err_code enter_header(struct toml_reader *r, struct toml_node **table, struct str name)
{
	struct toml_node *there = toml_member(*table, name);

	if (!there)
		there = new_table(r, *table, name);
	if (there->value.kind == JSN_ARRAY && !there->closed)
		there = there->items[there->n_items - 1];
	if (there->value.kind != JSN_OBJECT || there->closed)
		return toml_fault(r, "the header names something that is no table");
	*table = there;
	return OK;
}

static enum err_code open_table(struct toml_reader *r, struct toml_node *in, struct str name, struct toml_node **out)
{
	struct toml_node *there = toml_member(in, name);

	if (!there)
		there = new_table(r, in, name);
	else if (there->value.kind != JSN_OBJECT || there->closed || there->defined || there->dotted)
		return toml_fault(r, "the table is there twice");
	there->defined = true;
	*out = there;
	return OK;
}

static enum err_code open_array(struct toml_reader *r, struct toml_node *in, struct str name, struct toml_node **out)
{
	struct toml_node *there = toml_member(in, name);

	if (!there) {
		there = toml_node_new(r, JSN_ARRAY);
		there->value.name = name;
		toml_node_add(r, in, there);
	} else if (there->value.kind != JSN_ARRAY || there->closed) {
		return toml_fault(r, "the name is already something else than an array of tables");
	}
	*out = new_table(r, there, STR_NONE);
	(*out)->defined = true;
	return OK;
}

/* "[a.b]" or "[[a.b]]" */
static enum err_code read_header(struct toml_reader *r, struct toml_node *root, struct toml_node **out)
{
	struct toml_node *table = root;
	struct str name;
	bool array;

	r->at++;
	array = toml_peek(r) == '[';
	r->at += array;
	toml_skip_blanks(r);
	TRY(read_simple_key(r, &name));
	while (next_part(r)) {
		TRY(enter_header(r, &table, name));
		TRY(read_simple_key(r, &name));
	}
	if (!str_starts(str_sub(r->text, r->at, r->text.len), array ? STR("]]") : STR("]")))
		return toml_fault(r, array ? "expected \"]]\"" : "expected \"]\"");
	r->at += array ? 2 : 1;
	return array ? open_array(r, table, name, out) : open_table(r, table, name, out);
}

/* ---- the document ---- */

static void finish(struct arena *arena, const struct toml_node *node, struct jsn *out)
{
	*out = node->value;
	if (node->n_items == 0)
		return;
	out->n_items = node->n_items;
	out->items = arena_array(arena, struct jsn, node->n_items);
	for (size_t i = 0; i < node->n_items; i++)
		finish(arena, node->items[i], &out->items[i]);
}

static enum err_code read_document(struct toml_reader *r, struct toml_node *root)
{
	struct toml_node *table = root;

	for (;;) {
		TRY(toml_skip_lines(r));
		if (toml_peek(r) == -1)
			return OK;
		if (toml_peek(r) == '[')
			TRY(read_header(r, root, &table));
		else
			TRY(toml_read_pair(r, table, 0));
		TRY(end_line(r));
	}
}

enum err_code toml_parse(struct arena *arena, struct str text, const struct jsn **out, struct err *err)
{
	struct toml_reader reader = { .arena = arena, .text = text, .line = 1, .err = err };
	struct toml_node *root = toml_node_new(&reader, JSN_OBJECT);
	struct jsn *result;

	if (!str_is_utf8(text))
		return toml_fault(&reader, "the text is not UTF-8");
	if (str_starts(text, STR("\xef\xbb\xbf")))
		reader.at = reader.line_start = 3;
	TRY(read_document(&reader, root));
	result = arena_new(arena, struct jsn);
	finish(arena, root, result);
	*out = result;
	return OK;
}
