/* Whether defaults fit the types of their fields, as the reference judges it for new schemas (contract 6.2). */
#include "compat/avro/avro_int.h"

/* What became of looking at one value. */
enum verdict {
	FITS,
	FITS_NOT,
	FITS_LATER, /* as far as can be told before all names are known */
	FAILED,     /* err is set */
};

static enum verdict judge(struct avsc_parser *p, const struct avsc_type *type, const struct jsn *value);

static enum verdict judge_all(struct avsc_parser *p, const struct avsc_type *type, const struct jsn *values)
{
	enum verdict result = FITS;

	for (size_t i = 0; i < values->n_items; i++) {
		enum verdict one = judge(p, type, &values->items[i]);

		if (one == FITS_NOT || one == FAILED)
			return one;
		if (one == FITS_LATER)
			result = FITS_LATER;
	}
	return result;
}

/* Any branch will do, not just the first. */
static enum verdict judge_union(struct avsc_parser *p, const struct avsc_type *type, const struct jsn *value)
{
	for (size_t i = 0; i < type->n_branches; i++) {
		enum verdict one = judge(p, type->branches[i], value);

		if (one != FITS_NOT)
			return one;
	}
	return FITS_NOT;
}

static bool is_open(const struct avsc_parser *p, struct str full)
{
	for (const struct avsc_open *open = p->open; open; open = open->up)
		if (str_eq(open->full, full))
			return true;
	return false;
}

/* The value given for the i-th field, usually the i-th member; searching for it counts as work. */
static const struct jsn *find_given(struct avsc_parser *p, const struct jsn *value, size_t i, struct str name)
{
	if (i < value->n_items && str_eq(value->items[i].name, name))
		return &value->items[i];
	p->steps += value->n_items / 16;
	return jsn_get(value, name);
}

static enum verdict judge_record(struct avsc_parser *p, const struct avsc_type *type, const struct jsn *value)
{
	enum verdict result = FITS;

	if (value->kind != JSN_OBJECT)
		return FITS_NOT;
	if (avsc_is_pending(type) && !is_open(p, type->name.full))
		return FITS_LATER;
	if (avsc_is_pending(type)) {
		avsc_flaw(p, value, "Schema fields not set yet");
		return FITS;
	}
	for (size_t i = 0; i < type->n_fields; i++) {
		const struct avsc_field *field = &type->fields[i];
		const struct jsn *given = find_given(p, value, i, field->name);
		enum verdict one;

		/* A field's own default was judged where it stands. */
		if (given == NULL && field->default_value)
			continue;
		one = given ? judge(p, field->type, given) : FITS_NOT;
		if (one == FITS_NOT || one == FAILED)
			return one;
		if (one == FITS_LATER)
			result = FITS_LATER;
	}
	return result;
}

static bool fits_primitive(enum avsc_kind kind, const struct jsn *value)
{
	switch (kind) {
	case AVSC_NULL:
		return value->kind == JSN_NULL;
	case AVSC_BOOLEAN:
		return value->kind == JSN_BOOL;
	case AVSC_INT:
	case AVSC_LONG:
		return value->kind == JSN_NUMBER && avsc_number_fits(value->text, kind == AVSC_INT ? 32 : 64);
	case AVSC_FLOAT:
	case AVSC_DOUBLE:
		return value->kind == JSN_NUMBER;
	default: /* bytes, string; for enum and fixed the reference asks no more either */
		return value->kind == JSN_STRING;
	}
}

static enum verdict judge(struct avsc_parser *p, const struct avsc_type *type, const struct jsn *value)
{
	if (++p->steps > LIMIT_CHECK_PAIRS) {
		avsc_fault_limit(p, value, "Checking the defaults takes more than %u steps", (unsigned)LIMIT_CHECK_PAIRS);
		return FAILED;
	}
	switch (type->kind) {
	case AVSC_RECORD:
		return judge_record(p, type, value);
	case AVSC_UNION:
		return judge_union(p, type, value);
	case AVSC_ARRAY:
		return value->kind == JSN_ARRAY ? judge_all(p, type->items, value) : FITS_NOT;
	case AVSC_MAP:
		return value->kind == JSN_OBJECT ? judge_all(p, type->items, value) : FITS_NOT;
	default:
		return fits_primitive(type->kind, value) ? FITS : FITS_NOT;
	}
}

enum err_code avsc_check_default(struct avsc_parser *p, const struct avsc_field *field, const struct jsn *at)
{
	enum verdict verdict = judge(p, field->type, field->default_value);
	struct arena *arena = p->err->arena;
	struct buf b;

	if (verdict == FITS)
		return OK;
	if (verdict == FAILED)
		return p->err->code;
	if (verdict == FITS_LATER) {
		avsc_check_later(p, &(struct avsc_later){ .field = field, .at = at });
		return OK;
	}
	b = buf_make(arena, 0);
	avsc_put_value(&b, field->default_value, 0);
	avsc_flaw(p, at, "Invalid default for field %.*s: %.*s not a %.*s", STR_ARG(field->name),
		STR_ARG(buf_str(&b)), STR_ARG(avsc_print_type(arena, field->type, (uint32_t)p->names.n_entries)));
	return OK;
}
