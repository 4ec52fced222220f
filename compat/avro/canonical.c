/* Parsing Canonical Form (Avro specification, "Transforming into Parsing Canonical Form"). */
#include "compat/avro/avro_int.h"

#include "base/arena.h"

struct former {
	struct buf out;
	uint8_t *written; /* a bit for each name_number */
};

static void put_type(struct former *f, const struct avsc_type *type);

/* [ORDER], [STRIP]: name, type and fields, symbols or size. */
static void put_named(struct former *f, const struct avsc_type *type)
{
	uint8_t *byte = &f->written[type->name_number >> 3], bit = (uint8_t)(1u << (type->name_number & 7));

	if (*byte & bit) {
		buf_json_inner(&f->out, type->name.full);
		return;
	}
	*byte |= bit;
	buf_lit(&f->out, "{\"name\":");
	buf_json_inner(&f->out, type->name.full);
	buf_printf(&f->out, ",\"type\":\"%s\"", avsc_kind_name(type->kind));
	if (type->kind == AVSC_FIXED) {
		buf_printf(&f->out, ",\"size\":%lld}", (long long)type->size);
		return;
	}
	buf_add(&f->out, type->kind == AVSC_RECORD ? STR(",\"fields\":[") : STR(",\"symbols\":["));
	for (size_t i = 0; i < type->n_fields; i++) {
		buf_add(&f->out, i > 0 ? STR(",{\"name\":") : STR("{\"name\":"));
		buf_json_inner(&f->out, type->fields[i].name);
		buf_lit(&f->out, ",\"type\":");
		put_type(f, type->fields[i].type);
		buf_add_c(&f->out, '}');
	}
	for (size_t i = 0; i < type->n_symbols; i++) {
		if (i > 0)
			buf_add_c(&f->out, ',');
		buf_json_inner(&f->out, type->symbols[i]);
	}
	buf_lit(&f->out, "]}");
}

static void put_type(struct former *f, const struct avsc_type *type)
{
	if (avsc_kind_is_named(type->kind)) {
		put_named(f, type);
	} else if (type->kind == AVSC_UNION) {
		buf_add_c(&f->out, '[');
		for (size_t i = 0; i < type->n_branches; i++) {
			if (i > 0)
				buf_add_c(&f->out, ',');
			put_type(f, type->branches[i]);
		}
		buf_add_c(&f->out, ']');
	} else if (avsc_kind_is_primitive(type->kind)) {
		buf_printf(&f->out, "\"%s\"", avsc_kind_name(type->kind));
	} else {
		buf_add(&f->out, type->kind == AVSC_ARRAY ? STR("{\"type\":\"array\",\"items\":")
												  : STR("{\"type\":\"map\",\"values\":"));
		put_type(f, type->items);
		buf_add_c(&f->out, '}');
	}
}

struct str avsc_parsing_canonical(struct arena *arena, const struct avsc_schema *schema)
{
	struct former f = {
		.written = arena_array(arena, uint8_t, schema->n_names / 8 + 1),
		.out = buf_make(arena, schema->base.canonical.len + 256),
	};

	put_type(&f, schema->root);
	return buf_str(&f.out);
}
