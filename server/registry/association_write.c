/*
 * Changing associations (contract 2.10).  A request is worked through twice by the same code: on the
 * caller's thread against its view, where it is refused or found to change nothing, and on the writer
 * thread, where the records are made.  Schemas that come along are judged the first time and only
 * looked at again when the registry has changed since.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "server/registry/association_int.h"
#include "server/registry/parts_int.h"

/* An association of the request's resource, as the changes worked through so far leave it. */
struct standing {
	struct association association;
	bool gone;
};

/* A schema of the request, prepared for its subject. */
struct prepared {
	struct str subject;
	struct registration *registration;
	bool decided;                /* in this pass */
};

struct mutation {
	struct association_request request;
	struct prepared *prepared;   /* one for each change */
	struct standing *standing;
	size_t n_standing;
	struct association_made *made;
	size_t n_made;
	bool writes;                 /* something has to be written */
	struct association_outcome outcome;
};

/* One pass over a request: `decision` NULL on the first one, which writes nothing. */
struct pass {
	struct call *call;
	struct mutation *mutation;
	struct decision *decision;
};

static void emit(struct pass *pass, const struct record *record)
{
	pass->mutation->writes = true;
	if (pass->decision)
		store_emit(pass->decision, record);
}

static void emit_association(struct pass *pass, enum record_kind kind, const struct association *association)
{
	struct arena *arena = pass->call->arena;

	emit(pass, &(struct record){
		.kind = kind,
		.collection = ASSOCIATION_COLLECTION,
		.key = association_key(arena, association),
		.body = kind == RECORD_DOCUMENT_PUT ? association_print(arena, association) : STR_NONE,
	});
}

static bool same_resource(const struct resource *a, const struct resource *b)
{
	return str_eq(a->name, b->name) && str_eq(a->name_space, b->name_space) && str_eq(a->type, b->type);
}

/* ---- what stands ---- */

static enum err_code find_standing(struct pass *pass, struct err *err)
{
	struct mutation *mutation = pass->mutation;
	const struct association *list;
	size_t n;

	TRY(association_of_resource(pass->call, &mutation->request.resource, &list, &n, err));
	mutation->standing = arena_array(pass->call->arena, struct standing, n + mutation->request.n_changes);
	for (size_t i = 0; i < n; i++)
		mutation->standing[i].association = list[i];
	mutation->n_standing = n;
	return OK;
}

static struct standing *standing_of_type(const struct mutation *mutation, struct str type)
{
	for (size_t i = 0; i < mutation->n_standing; i++)
		if (!mutation->standing[i].gone && str_eq(mutation->standing[i].association.type, type))
			return &mutation->standing[i];
	return NULL;
}

static enum err_code refuse_existing(const struct mutation *mutation, struct str type, struct err *err)
{
	return err_raise(err, ASSOCIATION_EXISTS_FOR_RESOURCE, STR_ARG(type), STR_ARG(mutation->request.resource.name));
}

/* A resource goes by one name and one id. */
static enum err_code check_identity(const struct mutation *mutation, struct err *err)
{
	const struct resource *resource = &mutation->request.resource;

	for (size_t i = 0; i < mutation->n_standing; i++) {
		const struct association *other = &mutation->standing[i].association;

		if (!same_resource(&other->resource, resource) ||
			(resource->id.len > 0 && !str_eq(other->resource.id, resource->id)))
			return refuse_existing(mutation, other->type, err);
	}
	return OK;
}

/* The associations of a subject that are not the one with `except`'s key, with the pass's own changes. */
static enum err_code check_subject_free(struct pass *pass, const struct association *except, struct err *err)
{
	const struct association_query query = { .by = ASSOCIATION_BY_SUBJECT, .subject = except->subject };
	const struct mutation *mutation = pass->mutation;
	const struct association *stored;
	size_t n, n_other = 0, n_strong = 0;

	TRY(registry_association_find(pass->call, &query, &stored, &n, err));
	for (size_t i = 0; i < n; i++) {
		if (same_resource(&stored[i].resource, &except->resource))
			continue;
		n_other++;
		n_strong += stored[i].lifecycle == LIFECYCLE_STRONG;
	}
	for (size_t i = 0; i < mutation->n_standing; i++) {
		const struct association *own = &mutation->standing[i].association;

		if (mutation->standing[i].gone || str_eq(own->type, except->type) || !str_eq(own->subject, except->subject))
			continue;
		n_other++;
		n_strong += own->lifecycle == LIFECYCLE_STRONG;
	}
	if (except->lifecycle == LIFECYCLE_STRONG && n_other > 0)
		return err_raise(err, ASSOCIATION_EXISTS, STR_ARG(except->subject));
	if (n_strong > 0)
		return err_raise(err, STRONG_ASSOCIATION_EXISTS, STR_ARG(except->subject));
	return OK;
}

/* What is owned may not be referred to by others. */
static enum err_code check_not_referenced(struct call *call, struct str subject, struct err *err)
{
	const struct view_version_head *heads;
	size_t n;

	TRY(view_version_heads(call->view, call->arena, subject, VIEW_ALL, &heads, &n, err));
	for (size_t i = 0; i < n; i++)
		TRY(check_unreferenced(call, subject, heads[i].version, VIEW_LIVE, subject, err));
	return OK;
}

static enum err_code check_active(struct call *call, struct str subject, struct err *err)
{
	const struct view_version *latest;

	TRY(view_latest_find(call->view, call->arena, subject, VIEW_LIVE, &latest, err));
	return latest ? OK : err_raise(err, NO_ACTIVE_VERSION, STR_ARG(subject));
}

/* ---- schemas ---- */

/* Associations answer just the list of what is incompatible. */
static enum err_code shorten(struct err *err)
{
	static const char before[] = ", details: [";
	struct str message = err->message;

	for (size_t i = 0; i + sizeof(before) - 1 <= message.len; i++)
		if (memcmp(message.data + i, before, sizeof(before) - 1) == 0)
			return err_text(err, ERR_INCOMPATIBLE, str_sub(message, i + sizeof(before) - 2, message.len));
	return err->code;
}

/* The last one before the i-th that this pass has decided: it may have taken an id. */
static const struct registration *earlier(const struct mutation *mutation, size_t i)
{
	while (i-- > 0)
		if (mutation->prepared[i].decided)
			return mutation->prepared[i].registration;
	return NULL;
}

static enum err_code register_schema(struct pass *pass, size_t i, struct str subject, struct shown_version *out,
	struct err *err)
{
	const struct association_change *change = &pass->mutation->request.changes[i];
	struct prepared *prepared = &pass->mutation->prepared[i];
	enum err_code code = OK;

	if (!prepared->registration || !str_eq(prepared->subject, subject)) {
		prepared->subject = subject;
		prepared->registration = NULL;
		code = registration_prepare(pass->call, subject, change->schema, &prepared->registration, err);
	}
	if (code == OK)
		code = registration_decide(pass->call, prepared->registration, earlier(pass->mutation, i), pass->decision, out, err);
	if (code == ERR_INCOMPATIBLE)
		return shorten(err);
	TRY(code);
	prepared->decided = true;
	pass->mutation->writes = pass->mutation->writes || registration_is_new(prepared->registration);
	return OK;
}

/* ---- the changes ---- */

static bool is_frozen(const struct association_change *change, enum lifecycle lifecycle)
{
	return change->frozen == CONFIG_TRUE || (change->frozen == CONFIG_UNSET && lifecycle == LIFECYCLE_STRONG);
}

static bool is_equal(const struct association *have, const struct association_change *change)
{
	return (!str_present(change->subject) || str_eq(have->subject, change->subject)) &&
		(change->lifecycle == LIFECYCLE_UNSET || have->lifecycle == change->lifecycle) &&
		(change->frozen == CONFIG_UNSET || have->frozen == (change->frozen == CONFIG_TRUE));
}

static void add_made(struct pass *pass, const struct association *association, struct shown_version schema)
{
	struct mutation *mutation = pass->mutation;

	emit_association(pass, RECORD_DOCUMENT_PUT, association);
	mutation->made[mutation->n_made++] = (struct association_made){ .association = *association, .schema = schema };
}

/* POST of what is there: the same again is fine. */
static enum err_code create_again(struct pass *pass, const struct association *have, const struct association_change *change,
	struct err *err)
{
	struct shown_version found = { 0 };

	if (!is_equal(have, change))
		return refuse_existing(pass->mutation, change->type, err);
	if (!change->schema)
		return OK;
	TRY(content_find(pass->call, have->subject, change->schema, false, &found, err));
	return found.version ? OK : refuse_existing(pass->mutation, change->type, err);
}

/* PUT of what is there: another lifecycle, another schema; the subject and being frozen stay. */
static enum err_code update(struct pass *pass, size_t i, struct standing *standing, struct err *err)
{
	const struct association_change *change = &pass->mutation->request.changes[i];
	struct association now = standing->association;
	struct shown_version schema = { 0 };
	bool equal = is_equal(&now, change);

	if (!equal && now.frozen)
		return err_raise(err, ASSOCIATION_FROZEN, STR_ARG(now.type), STR_ARG(now.subject));
	if (str_present(change->subject) && !str_eq(change->subject, now.subject))
		return refuse_existing(pass->mutation, change->type, err);
	if (change->frozen == CONFIG_TRUE && !now.frozen)
		return association_refuse(err, "frozen", STR("cannot be changed"));
	if (change->lifecycle != LIFECYCLE_UNSET)
		now.lifecycle = change->lifecycle;
	if (change->schema && now.lifecycle == LIFECYCLE_WEAK)
		return association_refuse(err, "lifecycle", STR("cannot be WEAK when schema is provided"));
	if (!equal) {
		TRY(check_subject_free(pass, &now, err));
		if (now.lifecycle == LIFECYCLE_STRONG)
			TRY(check_not_referenced(pass->call, now.subject, err));
	}
	if (change->schema)
		TRY(register_schema(pass, i, now.subject, &schema, err));
	if (equal)
		return OK;
	standing->association = now;
	add_made(pass, &now, schema);
	return OK;
}

/* The association a change makes where there is none; a PUT owns no subject unless it imports. */
static enum err_code begin_new(struct pass *pass, const struct association_change *change, struct association *out,
	struct err *err)
{
	const struct resource *resource = &pass->mutation->request.resource;
	enum lifecycle lifecycle = change->lifecycle;
	struct str subject = change->subject;
	enum registry_mode mode;
	char guid[37];

	if (lifecycle == LIFECYCLE_UNSET)
		lifecycle = change->schema ? LIFECYCLE_STRONG : LIFECYCLE_WEAK;
	if (lifecycle == LIFECYCLE_WEAK && !str_present(subject))
		return association_refuse(err, "subject", STR("must be provided for non-frozen associations"));
	if (!str_present(subject))
		subject = str_printf(pass->call->arena, ":.%.*s:%.*s-%.*s", STR_ARG(resource->name_space),
			STR_ARG(resource->name), STR_ARG(change->type));
	TRY(scope_mode(pass->call, subject, &mode, err));
	if (change->op == ASSOCIATION_UPSERT && lifecycle == LIFECYCLE_STRONG && mode != MODE_IMPORT)
		return association_refuse(err, "lifecycle", STR("cannot be STRONG when an update creates the association"));
	random_uuid(guid);
	*out = (struct association){
		.resource = *resource,
		.subject = subject,
		.guid = str_dup(pass->call->arena, str_make(guid, 36)),
		.type = change->type,
		.lifecycle = lifecycle,
		.frozen = is_frozen(change, lifecycle),
	};
	return OK;
}

static enum err_code create(struct pass *pass, size_t i, struct err *err)
{
	struct mutation *mutation = pass->mutation;
	const struct association_change *change = &mutation->request.changes[i];
	struct shown_version schema = { 0 };
	struct association made;

	TRY(begin_new(pass, change, &made, err));
	TRY(scope_check_writable(pass->call, made.subject, err));
	TRY(check_subject_free(pass, &made, err));
	if (made.lifecycle == LIFECYCLE_STRONG)
		TRY(check_not_referenced(pass->call, made.subject, err));
	if (change->schema)
		TRY(register_schema(pass, i, made.subject, &schema, err));
	else
		TRY(check_active(pass->call, made.subject, err));
	mutation->standing[mutation->n_standing++] = (struct standing){ .association = made };
	add_made(pass, &made, schema);
	return OK;
}

static enum err_code take_away(struct pass *pass, struct standing *standing, bool cascade, struct err *err)
{
	const struct association *association = &standing->association;

	TRY(scope_check_writable(pass->call, association->subject, err));
	if (association->frozen && !cascade)
		return err_raise(err, ASSOCIATION_FROZEN, STR_ARG(association->type), STR_ARG(association->subject));
	if (association->lifecycle == LIFECYCLE_STRONG && cascade)
		TRY(subject_purge(pass->call, association->subject, pass->decision, err));
	standing->gone = true;
	emit_association(pass, RECORD_DOCUMENT_DELETE, association);
	return OK;
}

static enum err_code work_change(struct pass *pass, size_t i, struct err *err)
{
	const struct mutation *mutation = pass->mutation;
	const struct association_change *change = &mutation->request.changes[i];
	struct standing *standing = standing_of_type(mutation, change->type);

	if (change->op == ASSOCIATION_DELETE && !standing)
		return err_raise(err, ASSOCIATION_NOT_FOUND, STR_ARG(mutation->request.resource.id));
	if (change->op == ASSOCIATION_DELETE)
		return take_away(pass, standing, change->cascade, err);
	if (!standing)
		return create(pass, i, err);
	if (change->op == ASSOCIATION_CREATE)
		return create_again(pass, &standing->association, change, err);
	TRY(scope_check_writable(pass->call, standing->association.subject, err));
	return update(pass, i, standing, err);
}

/* What a resource has is all of one kind. */
static enum err_code check_uniform(const struct mutation *mutation, struct err *err)
{
	const struct association *first = NULL;

	for (size_t i = 0; i < mutation->n_standing; i++) {
		const struct association *next = &mutation->standing[i].association;

		if (mutation->standing[i].gone)
			continue;
		if (!first)
			first = next;
		if (next->lifecycle != first->lifecycle)
			return association_refuse(err, "lifecycle", STR("all associations for a resource must have the same lifecycle"));
		if (next->frozen != first->frozen)
			return association_refuse(err, "frozen",
				STR("all associations for a resource must be consistently frozen or non-frozen"));
	}
	return OK;
}

static enum err_code work(struct call *call, struct mutation *mutation, struct decision *decision, struct err *err)
{
	struct pass pass = { .call = call, .mutation = mutation, .decision = decision };

	mutation->writes = false;
	mutation->made = arena_array(call->arena, struct association_made, mutation->request.n_changes);
	mutation->n_made = 0;
	for (size_t i = 0; i < mutation->request.n_changes; i++)
		mutation->prepared[i].decided = false;
	TRY(find_standing(&pass, err));
	TRY(check_identity(mutation, err));
	for (size_t i = 0; i < mutation->request.n_changes; i++)
		TRY(work_change(&pass, i, err));
	TRY(check_uniform(mutation, err));
	mutation->outcome = (struct association_outcome){
		.resource = mutation->request.resource,
		.made = mutation->made,
		.n_made = mutation->n_made,
	};
	return OK;
}

static enum err_code decide(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	struct mutation *mutation = write->input;

	TRY(work(call, mutation, decision, err));
	write->result = &mutation->outcome;
	return OK;
}

enum err_code registry_association_mutate(struct call *call, const struct association_request *request,
	struct association_outcome *out, struct write **write, struct err *err)
{
	struct mutation *mutation = arena_new(call->arena, struct mutation);
	enum err_code code;

	*write = NULL;
	TRY(association_check(call->arena, request, &mutation->request, err));
	mutation->prepared = arena_array(call->arena, struct prepared, request->n_changes);
	TRY(view_begin(call->view, err));
	code = work(call, mutation, NULL, err);
	view_end(call->view);
	TRY(code);
	if (mutation->writes && !request->dry_run)
		*write = write_create(call, decide, mutation);
	else
		*out = mutation->outcome;
	return OK;
}

const struct association_outcome *registry_association_outcome(const struct write *write)
{
	return write->result;
}

/* ---- removal by the resource's id alone ---- */

struct removal {
	struct association_query query;
	bool cascade;
};

static enum err_code remove_all(struct call *call, const struct removal *removal, struct decision *decision, struct err *err)
{
	struct mutation mutation = { 0 };
	struct pass pass = { .call = call, .mutation = &mutation, .decision = decision };
	const struct association *found;
	size_t n;

	TRY(registry_association_find(call, &removal->query, &found, &n, err));
	if (n == 0)
		return err_raise(err, ASSOCIATION_NOT_FOUND, STR_ARG(removal->query.resource.id));
	for (size_t i = 0; i < n; i++) {
		struct standing standing = { .association = found[i] };

		TRY(take_away(&pass, &standing, removal->cascade, err));
	}
	return OK;
}

static enum err_code decide_removal(struct write *write, struct call *call, struct decision *decision, struct err *err)
{
	return remove_all(call, write->input, decision, err);
}

enum err_code registry_association_delete(struct call *call, const struct association_query *query, bool cascade,
	bool dry_run, struct write **write, struct err *err)
{
	struct removal *removal = arena_new(call->arena, struct removal);

	*removal = (struct removal){ .query = *query, .cascade = cascade };
	*write = NULL;
	if (dry_run)
		return remove_all(call, removal, NULL, err);
	*write = write_create(call, decide_removal, removal);
	return OK;
}
