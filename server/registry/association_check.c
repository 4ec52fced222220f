/* What a request about associations may ask for: names, types, and which of lifecycle, schema and subject go together. */
#include "base/arena.h"
#include "server/registry/association_int.h"

enum { NAME_MOST = 256 };

enum err_code association_refuse(struct err *err, const char *property, struct str detail)
{
	return err_raise(err, INVALID_ASSOCIATION, property, STR_ARG(detail));
}

static bool is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* The bytes of the UTF-8 character at `at`. */
static struct str character_at(struct str text, size_t at)
{
	size_t end = at + 1;

	while (end < text.len && ((unsigned char)text.data[end] & 0xc0) == 0x80)
		end++;
	return str_sub(text, at, end);
}

static enum err_code check_name(struct str name, const char *property, struct err *err)
{
	if (name.len == 0)
		return association_refuse(err, property, STR("cannot be null or empty"));
	if (str_utf16_len(name) > NAME_MOST)
		return association_refuse(err, property, str_printf(err->arena, "exceeds max length of %d", NAME_MOST));
	for (size_t i = 0; i < name.len; i++)
		if (!is_name_character(name.data[i]))
			return association_refuse(err, property,
				str_printf(err->arena, "illegal character '%.*s'", STR_ARG(character_at(name, i))));
	return OK;
}

static enum err_code check_resource(struct resource *resource, bool dry_run, struct err *err)
{
	TRY(check_name(resource->name, "resourceName", err));
	TRY(check_name(resource->name_space, "resourceNamespace", err));
	if (!dry_run && resource->id.len == 0)
		return association_refuse(err, "resourceId", STR("cannot be null or empty"));
	if (resource->type.len == 0)
		resource->type = RESOURCE_TOPIC;
	if (!str_eq(resource->type, RESOURCE_TOPIC))
		return association_refuse(err, "resourceType", STR("must be 'topic'"));
	return OK;
}

static enum err_code check_type(struct association_change *change, struct err *err)
{
	if (change->type.len == 0)
		change->type = ASSOCIATION_VALUE;
	if (!str_eq(change->type, STR("key")) && !str_eq(change->type, ASSOCIATION_VALUE))
		return association_refuse(err, "associationType", STR("must be either 'key' or 'value'"));
	return OK;
}

/* A schema that comes with a new association belongs to it alone. */
static enum err_code check_schema(struct association_change *change, struct err *err)
{
	if (change->op != ASSOCIATION_CREATE || !change->schema)
		return OK;
	if (change->lifecycle == LIFECYCLE_WEAK)
		return association_refuse(err, "lifecycle", STR("cannot be WEAK when schema is provided for create"));
	if (change->frozen == CONFIG_FALSE)
		return association_refuse(err, "frozen", STR("cannot be false when schema is provided for create"));
	change->lifecycle = LIFECYCLE_STRONG;
	change->frozen = CONFIG_TRUE;
	return OK;
}

static enum err_code check_subject(const struct association_change *change, struct err *err)
{
	struct err reason = { .arena = err->arena };

	if (!str_present(change->subject))
		return OK;
	if (change->subject.len == 0)
		return association_refuse(err, "subject", STR("must not be empty"));
	if (subject_check_configure(change->subject, &reason) != OK)
		return association_refuse(err, "subject", STR("is not a valid subject"));
	return OK;
}

static enum err_code check_weak(const struct association_change *change, struct err *err)
{
	if (change->lifecycle != LIFECYCLE_WEAK)
		return OK;
	if (change->schema)
		return association_refuse(err, "lifecycle", STR("cannot be WEAK when schema is provided"));
	if (change->frozen == CONFIG_TRUE)
		return association_refuse(err, "frozen", STR("association with lifecycle of WEAK cannot be frozen"));
	return OK;
}

/* The subject in the request's context; the default one lies in the context of the resource's namespace. */
static enum err_code settle_subject(struct arena *arena, const struct association_request *request,
	struct association_change *change, struct err *err)
{
	struct str standard = str_printf(arena, ":.%.*s:%.*s-%.*s", STR_ARG(request->resource.name_space),
		STR_ARG(request->resource.name), STR_ARG(change->type));
	struct str context = subject_split(request->context).context;

	if (!str_present(change->subject)) {
		/* An update without one means the subject that is there. */
		if (change->op == ASSOCIATION_UPSERT)
			return OK;
		if (change->frozen != CONFIG_TRUE)
			return association_refuse(err, "subject", STR("must be provided for non-frozen associations"));
		change->subject = standard;
		return OK;
	}
	change->subject = subject_split(change->subject).qualified ? subject_normalize(arena, change->subject) :
		subject_join(arena, context, subject_normalize(arena, change->subject));
	if (change->frozen == CONFIG_TRUE && !str_eq(change->subject, standard))
		return association_refuse(err, "subject",
			str_printf(arena, "frozen associations must use subject '%.*s'", STR_ARG(standard)));
	if (change->lifecycle == LIFECYCLE_WEAK && str_eq(change->subject, standard))
		return association_refuse(err, "subject",
			str_printf(arena, "association with lifecycle of WEAK cannot use subject '%.*s'", STR_ARG(standard)));
	return OK;
}

static enum err_code check_change(struct arena *arena, const struct association_request *request,
	struct association_change *change, struct err *err)
{
	TRY(check_schema(change, err));
	TRY(check_subject(change, err));
	TRY(check_type(change, err));
	if (change->op == ASSOCIATION_DELETE)
		return OK;
	if (change->op == ASSOCIATION_CREATE && change->lifecycle == LIFECYCLE_UNSET)
		change->lifecycle = LIFECYCLE_WEAK;
	TRY(check_weak(change, err));
	return settle_subject(arena, request, change, err);
}

static enum err_code check_together(const struct association_change *changes, size_t n, struct err *err)
{
	enum config_flag frozen = CONFIG_UNSET;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			if (str_eq(changes[i].type, changes[k].type))
				return association_refuse(err, "associationType",
					str_printf(err->arena, "duplicate association type '%.*s'", STR_ARG(changes[i].type)));
		if (changes[i].frozen == CONFIG_UNSET)
			continue;
		if (frozen != CONFIG_UNSET && frozen != changes[i].frozen)
			return association_refuse(err, "frozen",
				STR("all associations for a resource must be consistently frozen or non-frozen"));
		frozen = changes[i].frozen;
	}
	return OK;
}

enum err_code association_check(struct arena *arena, const struct association_request *request,
	struct association_request *out, struct err *err)
{
	struct association_change *changes = arena_array(arena, struct association_change, request->n_changes);
	struct association_request checked = *request;

	TRY(check_resource(&checked.resource, request->dry_run, err));
	if (request->n_changes == 0)
		return association_refuse(err, "associations", STR("cannot be null or empty"));
	for (size_t i = 0; i < request->n_changes; i++) {
		changes[i] = request->changes[i];
		TRY(check_change(arena, &checked, &changes[i], err));
	}
	TRY(check_together(changes, request->n_changes, err));
	checked.changes = changes;
	*out = checked;
	return OK;
}
