/*
 * What is different between two files, part by part in the order of the new text.  Messages, enums and services are
 * told by their names, fields by their numbers, constants by their names; what a change does to data is what events show.
 */
#include "compat/protobuf/explain.h"

#include <stdlib.h>
#include <string.h>

#include "compat/protobuf/diff_int.h"
#include "compat/protobuf/explain_int.h"

void pbuf_change(struct pbuf_diff *d, enum change_kind kind, struct str entity, struct str name, struct pbuf_effects effects,
	const char *format, ...)
{
	struct schema_change change = {
		.kind = kind, .entity = entity, .name = name, .in_old = d->in_old, .in_new = d->in_new,
		.backward = effects.backward, .forward = effects.forward,
	};
	va_list args;

	va_start(args, format);
	change.message = str_of(arena_vprintf(d->arena, format, args));
	va_end(args);
	schema_changes_add(d->out, &change);
}

/* What an imported file has stands where the own one uses it. */
static struct explain_place place_in(const struct pbuf_file *own, const struct pbuf_file *file, const struct pbuf_span *span,
	struct str path)
{
	const struct pbuf_field *use = file == own ? NULL : pbuf_use_of(own, file);

	if (span == NULL)
		return (struct explain_place){ .path = STR("") };
	return pbuf_place_in(file == own || use ? own->text : STR_NONE, use ? &use->span : span, path);
}

void pbuf_diff_at(struct pbuf_diff *d, const struct pbuf_span *old, const struct pbuf_span *new, struct str path)
{
	d->in_old = place_in(d->old->file, d->old_file, old, path);
	d->in_new = place_in(d->new->file, d->new_file, new, path);
}

static bool same_text(struct str a, struct str b)
{
	return str_present(a) == str_present(b) && str_eq(a, b);
}

void pbuf_diff_doc(struct pbuf_diff *d, struct str entity, struct str name, const struct pbuf_span *old, const struct pbuf_span *new)
{
	struct str before = pbuf_comment_of(d->arena, d->old_file->text, old), now = pbuf_comment_of(d->arena, d->new_file->text, new);

	if (!same_text(before, now))
		pbuf_change(d, CHANGE_DOC, entity, name, PBUF_HARMLESS, "the comment of %.*s %.*s %s", STR_ARG(entity), STR_ARG(name),
			!str_present(before) ? "is new" : str_present(now) ? "changed" : "was removed");
}

static struct str print_options(struct arena *arena, const struct pbuf_options *options)
{
	struct buf b = buf_make(arena, 64);

	for (size_t i = 0; i < options->n; i++) {
		if (i > 0)
			buf_lit(&b, ", ");
		pbuf_put_option(&b, &options->items[i], 0);
	}
	return buf_str(&b);
}

void pbuf_diff_options(struct pbuf_diff *d, struct str entity, struct str name, const struct pbuf_options *old,
	const struct pbuf_options *new)
{
	struct str before = print_options(d->arena, old), now = print_options(d->arena, new);

	if (!str_eq(before, now))
		pbuf_change(d, CHANGE_ATTRIBUTE, entity, name, PBUF_HARMLESS, "the options of %.*s %.*s changed from [%.*s] to [%.*s]",
			STR_ARG(entity), STR_ARG(name), STR_ARG(before), STR_ARG(now));
}

/* What a statement "reserved" says, in the order of the text. */
static struct str print_reserved(struct arena *arena, const struct pbuf_type *type)
{
	struct buf b = buf_make(arena, 64);

	for (size_t i = 0; i < type->n_reserved; i++) {
		for (size_t k = 0; k < type->reserved[i].n; k++) {
			const struct pbuf_range *range = &type->reserved[i].items[k];

			if (b.len > 0)
				buf_lit(&b, ", ");
			if (str_present(range->name))
				pbuf_put_quoted(&b, range->name);
			else if (range->from == range->to)
				buf_add_i64(&b, range->from);
			else
				buf_printf(&b, "%d to %d", range->from, range->to);
		}
	}
	return buf_str(&b);
}

void pbuf_diff_reserved(struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new)
{
	struct str before = print_reserved(d->arena, old), now = print_reserved(d->arena, new);
	struct pbuf_effects effects = str_starts(now, before) ? PBUF_HARMLESS : PBUF_POLICY;

	if (!str_eq(before, now))
		pbuf_change(d, CHANGE_CONSTRAINT, STR("reserved"), new->local, effects, "%.*s reserves %.*s%s%.*s", STR_ARG(new->local),
			STR_ARG(now.len > 0 ? now : STR("nothing")), before.len > 0 ? " instead of " : "", STR_ARG(before));
}

/* ---- enums ---- */

static const struct pbuf_constant *constant_named(const struct map *names, struct str name)
{
	return map_get(names, name);
}

static struct map names_of(struct arena *arena, const struct pbuf_type *type)
{
	struct map names = map_make(arena);

	for (size_t i = 0; i < type->n_constants; i++)
		map_put(&names, type->constants[i].name, &type->constants[i]);
	return names;
}

/* A reader that does not know a constant: of a closed enum it reads nothing, of an open one the number. */
static struct pbuf_effects unknown_to(const struct pbuf_type *reader, bool backward)
{
	enum rule_effect effect = pbuf_is_closed(reader) ? EFFECT_CHANGES : EFFECT_POLICY;

	return backward ? (struct pbuf_effects){ effect, EFFECT_HARMLESS } : (struct pbuf_effects){ EFFECT_HARMLESS, effect };
}

static struct str constant_path(struct pbuf_diff *d, const struct pbuf_type *type, struct str name)
{
	return str_printf(d->arena, "%.*s.%.*s", STR_ARG(type->local), STR_ARG(name));
}

/* An enum's constants by name, and the first of each number. */
struct constants {
	struct map names, numbers;
};

static struct constants index_constants(struct arena *arena, const struct pbuf_type *type)
{
	struct constants index = { .names = names_of(arena, type), .numbers = map_make(arena) };

	for (size_t i = type->n_constants; i > 0; i--)
		map_put(&index.numbers, str_make((const char *)&type->constants[i - 1].number, 4), &type->constants[i - 1]);
	return index;
}

/* The one of this number that has a name which the other side does not know. */
static const struct pbuf_constant *renamed_from(const struct constants *here, const struct constants *there, int32_t number)
{
	const struct pbuf_constant *found = map_get(&here->numbers, str_make((const char *)&number, 4));

	return found && !constant_named(&there->names, found->name) ? found : NULL;
}

static void diff_constant(struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new,
	const struct pbuf_constant *now, const struct constants *olds, const struct constants *news)
{
	const struct pbuf_constant *before = constant_named(&olds->names, now->name);
	struct str path = constant_path(d, new, now->name);
	const struct pbuf_constant *renamed = before ? NULL : renamed_from(olds, news, now->number);

	pbuf_diff_at(d, before ? &before->span : renamed ? &renamed->span : NULL, &now->span, path);
	if (before == NULL && renamed == NULL) {
		pbuf_change(d, CHANGE_ADDED, STR("constant"), path, unknown_to(old, false), "constant %.*s = %d is new", STR_ARG(path), now->number);
		return;
	}
	if (renamed) {
		pbuf_change(d, CHANGE_RENAMED, STR("constant"), path, PBUF_POLICY, "constant %.*s became %.*s", STR_ARG(renamed->name),
			STR_ARG(now->name));
		before = renamed;
	}
	if (before->number != now->number)
		pbuf_change(d, CHANGE_TYPE, STR("constant"), path, (struct pbuf_effects){ EFFECT_CHANGES, EFFECT_CHANGES },
			"constant %.*s: %d became %d", STR_ARG(path), before->number, now->number);
	pbuf_diff_options(d, STR("constant"), path, &before->options, &now->options);
	pbuf_diff_doc(d, STR("constant"), path, &before->span, &now->span);
}

static void diff_enum(struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new)
{
	struct constants before = index_constants(d->arena, old), now = index_constants(d->arena, new);

	for (size_t i = 0; i < new->n_constants; i++)
		diff_constant(d, old, new, &new->constants[i], &before, &now);
	for (size_t i = 0; i < old->n_constants; i++) {
		const struct pbuf_constant *constant = &old->constants[i];
		struct str path = constant_path(d, old, constant->name);

		if (constant_named(&now.names, constant->name) || renamed_from(&now, &before, constant->number))
			continue;
		pbuf_diff_at(d, &constant->span, NULL, path);
		pbuf_change(d, CHANGE_REMOVED, STR("constant"), path, unknown_to(new, true), "constant %.*s = %d was removed", STR_ARG(path),
			constant->number);
	}
}

/* ---- types ---- */

static struct str kind_of(const struct pbuf_type *type)
{
	return type->is_enum ? STR("enum") : STR("message");
}

/* All that a type says but its name. */
static struct str body_of(struct arena *arena, const struct pbuf_type *type)
{
	struct str text = pbuf_print_type(arena, type);
	ptrdiff_t brace = str_index(text, '{');

	return brace < 0 ? text : str_sub(text, (size_t)brace, text.len);
}

static void diff_type(struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new)
{
	pbuf_diff_at(d, &old->span, &new->span, new->local);
	pbuf_diff_options(d, kind_of(new), new->local, &old->options, &new->options);
	pbuf_diff_reserved(d, old, new);
	pbuf_diff_doc(d, kind_of(new), new->local, &old->span, &new->span);
	if (new->is_enum) {
		diff_enum(d, old, new);
		return;
	}
	pbuf_diff_fields(d, old, new);
	if (d->new_file == d->new->file)
		pbuf_diff_types(d, old->types, old->n_types, new->types, new->n_types);
}

static void add_type(struct pbuf_diff *d, const struct pbuf_type *type)
{
	struct pbuf_effects effects = type->is_enum ? PBUF_HARMLESS : (struct pbuf_effects){ EFFECT_HARMLESS, EFFECT_POLICY };

	pbuf_diff_at(d, NULL, &type->span, type->local);
	pbuf_change(d, CHANGE_ADDED, kind_of(type), type->local, effects, "%.*s %.*s is new", STR_ARG(kind_of(type)), STR_ARG(type->local));
}

static void remove_type(struct pbuf_diff *d, const struct pbuf_type *type)
{
	struct pbuf_effects effects = type->is_enum ? PBUF_HARMLESS : (struct pbuf_effects){ EFFECT_POLICY, EFFECT_HARMLESS };

	pbuf_diff_at(d, &type->span, NULL, type->local);
	pbuf_change(d, CHANGE_REMOVED, kind_of(type), type->local, effects, "%.*s %.*s was removed", STR_ARG(kind_of(type)),
		STR_ARG(type->local));
}

/* One that is gone and one that is new, with the same content, are one that was renamed. */
static const struct pbuf_type *find_renamed(struct pbuf_diff *d, struct map *gone, const struct pbuf_type *type)
{
	struct str body = body_of(d->arena, type);
	const struct pbuf_type *old = type->n_by_number + type->n_constants > 0 ? map_get(gone, body) : NULL;

	if (old)
		map_put(gone, body, NULL);
	return old;
}

void pbuf_diff_types(struct pbuf_diff *d, struct pbuf_type *const *old, size_t n_old, struct pbuf_type *const *new, size_t n_new)
{
	struct map before = map_make(d->arena), now = map_make(d->arena), gone = map_make(d->arena), renamed = map_make(d->arena);

	if (n_old + n_new == 0)
		return;
	for (size_t i = 0; i < n_old; i++)
		map_put(&before, old[i]->name, old[i]);
	for (size_t i = 0; i < n_new; i++)
		map_put(&now, new[i]->name, new[i]);
	for (size_t i = 0; i < n_old; i++)
		if (!map_get(&now, old[i]->name))
			map_put(&gone, body_of(d->arena, old[i]), old[i]);
	for (size_t i = 0; i < n_new; i++) {
		const struct pbuf_type *was = map_get(&before, new[i]->name), *other = was ? NULL : find_renamed(d, &gone, new[i]);

		if (was && was->is_enum == new[i]->is_enum) {
			diff_type(d, was, new[i]);
		} else if (other) {
			map_put(&renamed, other->name, d);
			pbuf_diff_at(d, &other->span, &new[i]->span, new[i]->local);
			pbuf_change(d, CHANGE_RENAMED, kind_of(new[i]), new[i]->local, PBUF_POLICY, "%.*s %.*s became %.*s",
				STR_ARG(kind_of(new[i])), STR_ARG(other->local), STR_ARG(new[i]->local));
		} else {
			add_type(d, new[i]);
		}
	}
	for (size_t i = 0; i < n_old; i++) {
		const struct pbuf_type *is = map_get(&now, old[i]->name);

		if ((is == NULL || is->is_enum != old[i]->is_enum) && !map_get(&renamed, old[i]->name))
			remove_type(d, old[i]);
	}
}

/* ---- imported files ---- */

static bool is_imported(const struct pbuf_diff *d, const struct pbuf_type *old, const struct pbuf_type *new)
{
	return old && new && old->file != d->old->file && new->file != d->new->file && old->is_enum == new->is_enum &&
		!pbuf_is_entry(old) && !pbuf_is_entry(new);
}

static void diff_imported(struct pbuf_diff *d, struct map *told, const struct pbuf_type *old, const struct pbuf_type *new)
{
	const struct pbuf_type *both[2] = { old, new };

	if (!is_imported(d, old, new) || map_put(told, str_dup(d->arena, str_make((const char *)both, sizeof(both))), d))
		return;
	d->old_file = old->file;
	d->new_file = new->file;
	diff_type(d, old, new);
	d->old_file = d->old->file;
	d->new_file = d->new->file;
}

/* The enums that a direction compared, by the bytes of both pointers. */
static void diff_enums(struct pbuf_diff *d, struct map *told, const struct pbuf_judge *judge, bool backward)
{
	for (size_t i = 0; i < judge->enums.n_entries; i++) {
		const struct pbuf_type *both[2];

		memcpy(both, judge->enums.entries[i].key.data, sizeof(both));
		diff_imported(d, told, both[backward ? 0 : 1], both[backward ? 1 : 0]);
	}
}

/* What the own messages come to is a part of them: each message and enum once, also where they lead in a circle. */
static void diff_reached(struct pbuf_diff *d)
{
	struct map told = map_make(d->arena);

	for (size_t i = 0; i < d->backward.n_pairs; i++)
		diff_imported(d, &told, d->backward.pairs[i]->w, d->backward.pairs[i]->r);
	for (size_t i = 0; i < d->forward.n_pairs; i++)
		diff_imported(d, &told, d->forward.pairs[i]->r, d->forward.pairs[i]->w);
	diff_enums(d, &told, &d->backward, true);
	diff_enums(d, &told, &d->forward, false);
}

/* ---- the file ---- */

static void diff_head(struct pbuf_diff *d)
{
	const struct pbuf_file *old = d->old->file, *new = d->new->file;

	pbuf_diff_at(d, &old->syntax_span, &new->syntax_span, STR(""));
	if ((old->syntax == PBUF_PROTO3) != (new->syntax == PBUF_PROTO3))
		pbuf_change(d, CHANGE_ATTRIBUTE, STR("syntax"), STR("syntax"), PBUF_POLICY, "the syntax changed from proto%d to proto%d",
			old->syntax == PBUF_PROTO3 ? 3 : 2, new->syntax == PBUF_PROTO3 ? 3 : 2);
	pbuf_diff_at(d, &old->package_span, &new->package_span, STR(""));
	if (!same_text(old->package, new->package))
		pbuf_change(d, CHANGE_RENAMED, STR("package"), str_present(new->package) ? new->package : STR(""), PBUF_POLICY,
			"package \"%.*s\" became \"%.*s\"", STR_ARG(old->package), STR_ARG(new->package));
	pbuf_diff_at(d, &(struct pbuf_span){ 0 }, &(struct pbuf_span){ 0 }, STR(""));
	pbuf_diff_options(d, STR("file"), STR(""), &old->options, &new->options);
}

static void diff_imports(struct pbuf_diff *d, const struct pbuf_file *from, const struct pbuf_file *to, bool added)
{
	struct map there = map_make(d->arena);

	for (size_t i = 0; i < to->n_imports; i++)
		map_put(&there, to->imports[i].path, d);
	for (size_t i = 0; i < from->n_imports; i++) {
		const struct pbuf_import *import = &from->imports[i];

		if (map_get(&there, import->path))
			continue;
		pbuf_diff_at(d, added ? NULL : &import->span, added ? &import->span : NULL, STR(""));
		pbuf_change(d, added ? CHANGE_ADDED : CHANGE_REMOVED, STR("import"), import->path, PBUF_HARMLESS, "import \"%.*s\" %s",
			STR_ARG(import->path), added ? "is new" : "was removed");
	}
}

static struct str rpc_text(struct arena *arena, const struct pbuf_rpc *rpc)
{
	return str_printf(arena, "(%s%.*s) returns (%s%.*s)", rpc->request_streams ? "stream " : "", STR_ARG(rpc->request.text),
		rpc->response_streams ? "stream " : "", STR_ARG(rpc->response.text));
}

static struct map rpcs_of(struct arena *arena, const struct pbuf_service *service)
{
	struct map rpcs = map_make(arena);

	for (size_t i = 0; service && i < service->n_rpcs; i++)
		map_put(&rpcs, service->rpcs[i].name, &service->rpcs[i]);
	return rpcs;
}

static void diff_rpcs(struct pbuf_diff *d, const struct pbuf_service *old, const struct pbuf_service *new)
{
	struct map olds = rpcs_of(d->arena, old), news = rpcs_of(d->arena, new);

	for (size_t i = 0; new && i < new->n_rpcs; i++) {
		const struct pbuf_rpc *now = &new->rpcs[i], *before = map_get(&olds, now->name);
		struct str name = str_printf(d->arena, "%.*s.%.*s", STR_ARG(new->name), STR_ARG(now->name));

		pbuf_diff_at(d, before ? &before->span : NULL, &now->span, name);
		if (before == NULL)
			pbuf_change(d, CHANGE_ADDED, STR("rpc"), name, PBUF_HARMLESS, "rpc %.*s is new", STR_ARG(name));
		else if (!str_eq(rpc_text(d->arena, before), rpc_text(d->arena, now)))
			pbuf_change(d, CHANGE_TYPE, STR("rpc"), name, PBUF_POLICY, "rpc %.*s: %.*s became %.*s", STR_ARG(name),
				STR_ARG(rpc_text(d->arena, before)), STR_ARG(rpc_text(d->arena, now)));
		if (before)
			pbuf_diff_doc(d, STR("rpc"), name, &before->span, &now->span);
	}
	for (size_t i = 0; old && i < old->n_rpcs; i++) {
		struct str name = str_printf(d->arena, "%.*s.%.*s", STR_ARG(old->name), STR_ARG(old->rpcs[i].name));

		if (map_get(&news, old->rpcs[i].name))
			continue;
		pbuf_diff_at(d, &old->rpcs[i].span, NULL, name);
		pbuf_change(d, CHANGE_REMOVED, STR("rpc"), name, PBUF_POLICY, "rpc %.*s was removed", STR_ARG(name));
	}
}

static struct map services_of(struct arena *arena, const struct pbuf_file *file)
{
	struct map services = map_make(arena);

	for (size_t i = 0; i < file->n_services; i++)
		map_put(&services, file->services[i].name, &file->services[i]);
	return services;
}

static void diff_services(struct pbuf_diff *d)
{
	struct map olds = services_of(d->arena, d->old->file), news = services_of(d->arena, d->new->file);

	for (size_t i = 0; i < d->new->file->n_services; i++) {
		const struct pbuf_service *now = &d->new->file->services[i], *before = map_get(&olds, now->name);

		pbuf_diff_at(d, before ? &before->span : NULL, &now->span, now->name);
		if (before == NULL)
			pbuf_change(d, CHANGE_ADDED, STR("service"), now->name, PBUF_HARMLESS, "service %.*s is new", STR_ARG(now->name));
		diff_rpcs(d, before, now);
	}
	for (size_t i = 0; i < d->old->file->n_services; i++) {
		const struct pbuf_service *before = &d->old->file->services[i];

		if (map_get(&news, before->name))
			continue;
		pbuf_diff_at(d, &before->span, NULL, before->name);
		pbuf_change(d, CHANGE_REMOVED, STR("service"), before->name, PBUF_POLICY, "service %.*s was removed", STR_ARG(before->name));
	}
}

enum err_code pbuf_diff(const struct schema *old, const struct schema *new, struct schema_changes *out, struct err *err)
{
	struct pbuf_diff d = { .arena = out->arena, .out = out, .old = pbuf_of(old), .new = pbuf_of(new) };

	d.old_file = d.old->file;
	d.new_file = d.new->file;
	d.backward = (struct pbuf_judge){ .arena = out->arena, .writer = d.old, .reader = d.new, .err = err };
	d.forward = (struct pbuf_judge){ .arena = out->arena, .writer = d.new, .reader = d.old, .err = err };
	TRY(pbuf_judge_run(&d.backward));
	TRY(pbuf_judge_run(&d.forward));
	diff_head(&d);
	diff_imports(&d, d.new->file, d.old->file, true);
	diff_imports(&d, d.old->file, d.new->file, false);
	pbuf_diff_types(&d, d.old->file->types, d.old->file->n_types, d.new->file->types, d.new->file->n_types);
	diff_reached(&d);
	pbuf_diff_extensions(&d);
	diff_services(&d);
	return OK;
}
