/* The policy LOGICAL: a table can have the new schema, and can follow from the versions of the level (compat-rules 1.2). */
#include "compat/level.h"

struct telling {
	logical_told_fn *told;
	void *cls;
	size_t n_told;
};

static void tell(void *cls, struct str path, struct str why)
{
	struct telling *telling = cls;

	telling->n_told++;
	telling->told(telling->cls, path, why);
}

/* One version in the level's directions; one that no table could have is passed over. */
static void compare_version(struct arena *arena, const struct compat_request *rq, const struct compat_version *old,
	const struct logical_type *new, struct telling *telling)
{
	struct err ignored = { .arena = arena };
	const struct logical_type *before;

	if (logical_type_of(arena, old->schema, &before, &ignored) != OK)
		return;
	if (compat_level_forward(rq->level))
		logical_compare(arena, new, before, tell, telling);
	if (compat_level_backward(rq->level))
		logical_compare(arena, before, new, tell, telling);
}

void compat_logical(struct arena *arena, const struct compat_request *rq, logical_told_fn *told, void *cls)
{
	struct telling telling = { .told = told, .cls = cls };
	struct err why = { .arena = arena };
	const struct logical_type *new;

	if (rq->policy != SCHEMA_POLICY_LOGICAL)
		return;
	if (logical_type_of(arena, rq->schema, &new, &why) != OK) {
		told(cls, STR(""), why.message);
		return;
	}
	for (size_t i = rq->n_versions; i > 0 && telling.n_told == 0; i--) {
		compare_version(arena, rq, &rq->versions[i - 1], new, &telling);
		if (!compat_level_transitive(rq->level))
			return;
	}
}
