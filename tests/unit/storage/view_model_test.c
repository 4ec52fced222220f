/*
 * The view against a model in memory: random histories (seeded) go through the store and through the
 * model, every question is asked of both; then the log is replayed into an empty view, which must
 * come out row for row the same.
 */
#include "tests/unit/storage/remote_log.h"

enum { N_SUBJECTS = 7, N_VERSIONS = 5, N_IDS = 7, N_CONTENTS = 6, STEPS = 300, SEEDS = 10 };

/* In the order of UTF-16 code units of the name; U+1F4B0 comes before U+FF5E there, after it in UTF-8. */
static const struct {
	const char *name;
	const char *context;
	const char *unqualified;
} subjects[N_SUBJECTS] = {
	{ "-a", ".", "-a" },
	{ ":.b:", ".b", "" },
	{ ":.b:a", ".b", "a" },
	{ ":.c:a", ".c", "a" },
	{ "a", ".", "a" },
	{ "ab\xF0\x9F\x92\xB0", ".", "ab\xF0\x9F\x92\xB0" },
	{ "ab\xEF\xBD\x9E", ".", "ab\xEF\xBD\x9E" },
};
static const char *const contexts[] = { ".", ".b", ".c" };

/* Contents 0 and 1 differ only in their type, so that they share a digest; 2 and 3 refer to versions. */
static const struct {
	const char *type;
	const char *text;
	const char *metadata;
	int target;            /* subject referred to, or -1 */
} contents[N_CONTENTS] = {
	{ "AVRO", "{\"type\":\"string\"}", NULL, -1 },
	{ "JSON", "{\"type\":\"string\"}", NULL, -1 },
	{ "AVRO", "\"x\"", NULL, 4 },
	{ "AVRO", "\"y\"", "{\"tags\":{}}", 0 },
	{ "PROTOBUF", "\xC3\xA9\0 NUL", NULL, -1 },
	{ "AVRO", "", "", -1 },
};

/* ---- the model ---- */

struct place {
	bool exists;
	int id;
	int content;
	bool deleted;
	int64_t ts;
	uint64_t written[N_IDS]; /* seq of the last write under each id since the version exists; 0: none */
};

struct model {
	struct place places[N_SUBJECTS][N_VERSIONS + 1];
	uint64_t written[3][N_IDS][N_CONTENTS]; /* seq of the last write of a content under an id, while some version has it */
	struct {
		uint64_t seq; /* when the last version that had the content was purged or overwritten; 0: never */
		int id;
	} spent[3][N_CONTENTS];
	int max_id[3];
	bool registered[3];
	char *config[N_SUBJECTS];
	char *mode[N_SUBJECTS];
	uint64_t seq;
};

static int context_of(int subject)
{
	for (int i = 0; i < 3; i++) {
		if (strcmp(contexts[i], subjects[subject].context) == 0)
			return i;
	}
	abort();
}

static bool same_digest(int a, int b)
{
	return a == b || a + b == 1;
}

static void forget_unused(struct model *m)
{
	bool used[3][N_IDS][N_CONTENTS] = { 0 };

	for (int s = 0; s < N_SUBJECTS; s++) {
		for (int v = 1; v <= N_VERSIONS; v++) {
			const struct place *p = &m->places[s][v];

			if (p->exists)
				used[context_of(s)][p->id][p->content] = true;
		}
	}
	for (int c = 0; c < 3; c++) {
		for (int id = 0; id < N_IDS; id++) {
			for (int k = 0; k < N_CONTENTS; k++)
				if (m->written[c][id][k] && !used[c][id][k]) {
					m->written[c][id][k] = 0;
					m->spent[c][k].seq = m->seq;
					m->spent[c][k].id = id;
				}
		}
	}
}

static void model_write(struct model *m, int s, int v, int id, int content)
{
	int c = context_of(s);

	m->places[s][v].written[id] = m->seq;
	m->written[c][id][content] = m->seq;
	if (id > m->max_id[c])
		m->max_id[c] = id;
	if (m->max_id[c] < 1)
		m->max_id[c] = 1;
}

/* ---- one random step through both ---- */

struct run {
	struct fixture *f;
	struct model model;
	uint64_t random;
};

static int pick(struct run *r, int n)
{
	r->random = r->random * 6364136223846793005u + 1442695040888963407u;
	return (int)((r->random >> 33) % (unsigned)n);
}

static struct record_reference *references_of(struct fixture *f, int content, int subject)
{
	struct record_reference *list = arena_array(f->arena, struct record_reference, 3);

	/* Three references to two versions; in another context than the default one they resolve differently. */
	for (int i = 0; i < 3; i++) {
		list[i].name = str_printf(f->arena, "n%d", i);
		list[i].subject = str_of(subjects[contents[content].target].unqualified);
		list[i].target = context_of(subject) == 1 ? STR(":.b:a") : str_of(subjects[contents[content].target].name);
		list[i].version = 1 + i / 2;
	}
	return list;
}

static struct record record_put(struct fixture *f, int s, int v, int id, int content)
{
	const char *text = contents[content].text;
	struct record record = {
		.kind = RECORD_VERSION_PUT,
		.subject = str_of(subjects[s].name),
		.version = v,
		.id = id,
		.schema_type = str_of(contents[content].type),
		.text = content == 4 ? str_make(text, 7) : str_of(text),
		.metadata = str_of(contents[content].metadata),
	};

	if (contents[content].target >= 0) {
		record.references = references_of(f, content, s);
		record.n_references = 3;
	}
	digest_md5(record.text, record.digest);
	return record;
}

static int64_t last_time(struct fixture *f)
{
	const struct log_entry *entries;
	size_t n;

	assert_ok(f, view_log_tail(f->view, f->arena, store_head(f->store) - 1, 10, &entries, &n, &f->err));
	assert_int_equal(n, 1);
	return entries[0].time_ms;
}

static void step_put(struct run *r)
{
	int s = pick(r, N_SUBJECTS);
	int v = 1 + pick(r, N_VERSIONS);
	int id = pick(r, N_IDS);
	int content = pick(r, N_CONTENTS);
	struct place *p = &r->model.places[s][v];
	struct record record = record_put(r->f, s, v, id, content);

	record.deleted = pick(r, 5) == 0;
	write_record(r->f, record);
	r->model.seq++;
	p->exists = true;
	p->id = id;
	p->content = content;
	p->deleted = record.deleted;
	p->ts = last_time(r->f);
	model_write(&r->model, s, v, id, content);
}

static void step_delete(struct run *r)
{
	int s = pick(r, N_SUBJECTS);
	int v = 1 + pick(r, N_VERSIONS);
	struct place *p = &r->model.places[s][v];

	write_record(r->f, record_of(RECORD_VERSION_DELETE, subjects[s].name, v));
	r->model.seq++;
	if (!p->exists)
		return;
	p->deleted = true;
	p->ts = last_time(r->f);
	model_write(&r->model, s, v, p->id, p->content);
}

static void step_purge(struct run *r)
{
	int s = pick(r, N_SUBJECTS);
	int v = 1 + pick(r, N_VERSIONS);

	write_record(r->f, record_of(RECORD_VERSION_PURGE, subjects[s].name, v));
	r->model.seq++;
	r->model.places[s][v] = (struct place){ 0 };
}

static void step_subject_delete(struct run *r)
{
	int s = pick(r, N_SUBJECTS);
	int v = 1 + pick(r, N_VERSIONS);

	write_record(r->f, record_of(RECORD_SUBJECT_DELETE, subjects[s].name, v));
	r->model.seq++;
	for (int i = 1; i <= v; i++)
		r->model.places[s][i].deleted = r->model.places[s][i].exists;
}

static void step_entry(struct run *r)
{
	int s = pick(r, N_SUBJECTS);
	int which = pick(r, 6);
	int c = pick(r, 3);
	struct record record = record_of(RECORD_CONFIG_DELETE, subjects[s].name, 0);
	struct str body = str_printf(r->f->arena, "{\"n\": %d}", pick(r, 100));
	struct model *m = &r->model;

	if (which == 0) {
		record.kind = RECORD_CONFIG_PUT;
		record.body = body;
	} else if (which == 2) {
		record.kind = RECORD_MODE_PUT;
		record.mode = body;
	} else if (which == 3) {
		record.kind = RECORD_MODE_DELETE;
	} else if (which >= 4) {
		record = (struct record){ .kind = which == 4 ? RECORD_CONTEXT_PUT : RECORD_CONTEXT_DELETE,
			.context = str_of(contexts[c]) };
		m->registered[c] = which == 4;
	}
	if (which < 2)
		m->config[s] = which == 0 ? arena_strndup(r->f->arena, body.data, body.len) : NULL;
	else if (which < 4)
		m->mode[s] = which == 2 ? arena_strndup(r->f->arena, body.data, body.len) : NULL;
	write_record(r->f, record);
	m->seq++;
}

static void step(struct run *r)
{
	int which = pick(r, 20);

	if (which < 10)
		step_put(r);
	else if (which < 12)
		step_delete(r);
	else if (which < 16)
		step_purge(r);
	else if (which < 17)
		step_subject_delete(r);
	else
		step_entry(r);
	forget_unused(&r->model);
}

/* ---- asking both ---- */

static bool passes(const struct place *p, enum view_deleted which)
{
	return p->exists && (which == VIEW_ALL || p->deleted == (which == VIEW_DELETED_ONLY));
}

static void same_version(struct run *r, const struct view_version *got, int s, int v)
{
	const struct place *p = &r->model.places[s][v];
	struct record want = record_put(r->f, s, v, p->id, p->content);

	assert_non_null(got);
	assert_str(got->subject, subjects[s].name);
	assert_str(got->context, subjects[s].context);
	assert_int_equal(got->version, v);
	assert_int_equal(got->id, p->id);
	assert_int_equal(got->deleted, p->deleted);
	assert_int_equal(got->ts, p->ts);
	assert_memory_equal(got->digest, want.digest, MD5_BYTES);
	assert_true(str_eq(got->schema_type, want.schema_type));
	assert_true(str_eq(got->text, want.text));
	assert_true(str_present(got->metadata) == str_present(want.metadata) && str_eq(got->metadata, want.metadata));
	assert_false(str_present(got->rule_set));
	assert_int_equal(got->n_references, want.n_references);
	for (size_t i = 0; i < want.n_references; i++) {
		assert_true(str_eq(got->references[i].name, want.references[i].name));
		assert_true(str_eq(got->references[i].subject, want.references[i].subject));
		assert_true(str_eq(got->references[i].target, want.references[i].target));
		assert_int_equal(got->references[i].version, want.references[i].version);
	}
}

/* The version of `s` written last under `id`, or 0. */
static int user_of(const struct model *m, int s, int id)
{
	int best = 0;

	for (int v = 1; v <= N_VERSIONS; v++) {
		uint64_t seq = m->places[s][v].exists ? m->places[s][v].written[id] : 0;

		if (seq && (!best || seq > m->places[s][best].written[id]))
			best = v;
	}
	return best;
}

static void ask_subject(struct run *r, int s, enum view_deleted which)
{
	struct fixture *f = r->f;
	struct str name = str_of(subjects[s].name);
	const struct view_version *version;
	const struct view_version *versions;
	const struct view_version_head *heads;
	size_t n;
	size_t n_heads;
	size_t seen = 0;

	assert_ok(f, view_versions(f->view, f->arena, name, which, &versions, &n, &f->err));
	assert_ok(f, view_version_heads(f->view, f->arena, name, which, &heads, &n_heads, &f->err));
	assert_int_equal(n, n_heads);
	for (int v = 1; v <= N_VERSIONS; v++) {
		assert_ok(f, view_version_find(f->view, f->arena, name, v, which, &version, &f->err));
		if (!passes(&r->model.places[s][v], which)) {
			assert_null(version);
			continue;
		}
		same_version(r, version, s, v);
		assert_true(seen < n);
		same_version(r, &versions[seen], s, v);
		assert_int_equal(heads[seen].version, v);
		assert_int_equal(heads[seen].id, version->id);
		assert_int_equal(heads[seen].deleted, version->deleted);
		assert_str(heads[seen].subject, subjects[s].name);
		seen++;
	}
	assert_int_equal(seen, n);
	assert_ok(f, view_latest_find(f->view, f->arena, name, which, &version, &f->err));
	if (n == 0)
		assert_null(version);
	else
		same_version(r, version, s, versions[n - 1].version);
}

static void ask_id(struct run *r, int c, int id)
{
	struct fixture *f = r->f;
	struct str context = str_of(contexts[c]);
	const struct view_version *version;
	const struct view_version_head *users;
	size_t n;
	size_t seen = 0;

	assert_ok(f, view_id_users(f->view, f->arena, context, id, &users, &n, &f->err));
	assert_ok(f, view_id_find(f->view, f->arena, context, id, &version, &f->err));
	for (int s = 0; s < N_SUBJECTS; s++) {
		const struct view_version *own;
		int v = context_of(s) == c ? user_of(&r->model, s, id) : 0;

		assert_ok(f, view_version_of_id(f->view, f->arena, str_of(subjects[s].name), id, &own, &f->err));
		if (context_of(s) != c)
			continue;
		if (!v) {
			assert_null(own);
			continue;
		}
		same_version(r, own, s, v);
		if (seen == 0)
			same_version(r, version, s, v);
		assert_true(seen < n);
		assert_str(users[seen].subject, subjects[s].name);
		assert_int_equal(users[seen].version, v);
		assert_int_equal(users[seen].deleted, own->deleted);
		seen++;
	}
	assert_int_equal(seen, n);
	if (n == 0)
		assert_null(version);
}

/* The id that a content had last in a context, of those that no version has any more; -1: none. */
static int spent_id(const struct model *m, int c, int content)
{
	uint64_t last = 0;
	int id = -1;

	for (int k = 0; k < N_CONTENTS; k++) {
		if (same_digest(k, content) && m->spent[c][k].seq > last) {
			last = m->spent[c][k].seq;
			id = m->spent[c][k].id;
		}
	}
	return id;
}

static void ask_content(struct run *r, int content)
{
	struct fixture *f = r->f;
	const struct model *m = &r->model;
	struct record record = record_put(f, 0, 1, 1, content);
	const struct view_context_id *ids;
	size_t n;
	size_t seen = 0;

	assert_ok(f, view_digest_ids(f->view, f->arena, record.digest, &ids, &n, &f->err));
	for (int c = 0; c < 3; c++) {
		uint64_t best = 0;
		int want = -1;
		int want_spent;
		int got = -1;
		bool found;

		for (int id = 0; id < N_IDS; id++) {
			uint64_t last = 0;

			for (int k = 0; k < N_CONTENTS; k++) {
				if (same_digest(k, content) && m->written[c][id][k] > last)
					last = m->written[c][id][k];
			}
			if (last > best) {
				best = last;
				want = id;
			}
			if (last) {
				assert_true(seen < n);
				assert_str(ids[seen].context, contexts[c]);
				assert_int_equal(ids[seen].id, id);
				seen++;
			}
		}
		if (want < 0 && (want_spent = spent_id(m, c, content)) >= 0) {
			assert_true(seen < n);
			assert_str(ids[seen].context, contexts[c]);
			assert_int_equal(ids[seen].id, want_spent);
			seen++;
		}
		assert_ok(f, view_content_id(f->view, str_of(contexts[c]), record.digest, &found, &got, &f->err));
		assert_int_equal(found, want >= 0);
		assert_int_equal(got, want);
	}
	assert_int_equal(seen, n);
}

/* Whether version v of subject s refers to the target, whose name depends on the referrer's context. */
static bool refers(const struct model *m, int s, int v, int target, int version)
{
	const struct place *p = &m->places[s][v];
	int own = p->exists ? contents[p->content].target : -1;

	if (own < 0 || version > 2)
		return false;
	return target == (context_of(s) == 1 ? 2 : own);
}

static bool is_head_of(const struct view_version_head *head, int s, int v)
{
	return head->version == v && str_eq(head->subject, str_of(subjects[s].name));
}

static void ask_referrers(struct run *r, int target, int version, enum view_deleted which)
{
	struct fixture *f = r->f;
	const struct view_version_head *heads;
	size_t n;
	size_t want = 0;

	assert_ok(f, view_referrers(f->view, f->arena, str_of(subjects[target].name), version, which, &heads, &n, &f->err));
	for (int s = 0; s < N_SUBJECTS; s++) {
		for (int v = 1; v <= N_VERSIONS; v++) {
			size_t i = 0;

			if (!refers(&r->model, s, v, target, version) || !passes(&r->model.places[s][v], which))
				continue;
			while (i < n && !is_head_of(&heads[i], s, v))
				i++;
			assert_true(i < n);
			assert_int_equal(heads[i].id, r->model.places[s][v].id);
			want++;
		}
	}
	assert_int_equal(n, want);
	for (size_t i = 1; i < n; i++) {
		bool in_default = heads[i].subject.data[0] != ':';
		bool after_default = heads[i - 1].subject.data[0] != ':';

		assert_false(in_default && !after_default);
		assert_true(in_default != after_default || !in_default || heads[i - 1].id <= heads[i].id);
	}
}

/* ---- lists ---- */

static bool in_filter(int s, const struct view_filter *filter)
{
	return (filter->all_contexts || str_eq(filter->context, str_of(subjects[s].context))) &&
		str_starts(str_of(subjects[s].unqualified), filter->name_prefix);
}

static bool is_listed(const struct model *m, int s, enum view_deleted which)
{
	bool any = false;
	bool live = false;

	for (int v = 1; v <= N_VERSIONS; v++) {
		any |= m->places[s][v].exists;
		live |= passes(&m->places[s][v], VIEW_LIVE);
	}
	return which == VIEW_ALL ? any : which == VIEW_LIVE ? live : any && !live;
}

/* Whether index i of all that pass is on the page. */
static bool on_page(const struct view_page *page, int64_t i)
{
	return i >= page->offset && (page->limit < 0 || i < page->offset + page->limit);
}

static void ask_lists(struct run *r, const struct view_filter *filter)
{
	struct fixture *f = r->f;
	const struct str *names;
	const struct view_version *versions;
	size_t n_names;
	size_t n_versions;
	int64_t name_at = 0;
	int64_t version_at = 0;
	size_t i = 0;
	size_t k = 0;

	assert_ok(f, view_list_subjects(f->view, f->arena, filter, &names, &n_names, &f->err));
	assert_ok(f, view_list_versions(f->view, f->arena, filter, &versions, &n_versions, &f->err));
	for (int s = 0; s < N_SUBJECTS; s++) {
		int last = 0;

		if (!in_filter(s, filter))
			continue;
		if (is_listed(&r->model, s, filter->which) && on_page(&filter->page, name_at++)) {
			assert_true(i < n_names);
			assert_str(names[i], subjects[s].name);
			i++;
		}
		for (int v = 1; v <= N_VERSIONS; v++)
			last = passes(&r->model.places[s][v], filter->which) ? v : last;
		for (int v = 1; v <= N_VERSIONS; v++) {
			if (!passes(&r->model.places[s][v], filter->which) || (filter->latest_only && v != last) ||
				!on_page(&filter->page, version_at++))
				continue;
			assert_true(k < n_versions);
			same_version(r, &versions[k++], s, v);
		}
	}
	assert_int_equal(i, n_names);
	assert_int_equal(k, n_versions);
}

static void ask_all_lists(struct run *r)
{
	static const char *const prefixes[] = { "", "a", "ab", "ab\xEF", ":", "-" };
	static const struct view_page pages[] = { { 0, -1 }, { 1, 2 }, { 0, 1 }, { 3, -1 }, { 100, 5 } };

	for (int which = VIEW_LIVE; which <= VIEW_DELETED_ONLY; which++) {
		struct view_filter filter = {
			.all_contexts = pick(r, 3) == 0,
			.context = str_of(contexts[pick(r, 3)]),
			.name_prefix = str_of(prefixes[pick(r, 6)]),
			.which = (enum view_deleted)which,
			.latest_only = pick(r, 2),
			.page = pages[pick(r, 5)],
		};

		ask_lists(r, &filter);
	}
}

typedef enum err_code list_fn(struct view *view, struct arena *arena, struct str context,
	const struct view_entry **out, size_t *n_out, struct err *err);

/* The entries of one context (or of all: c < 0) in order; a context's own entry, its empty name, is none of them. */
static void ask_entry_list(struct run *r, list_fn *list, char *const texts[], int c)
{
	struct fixture *f = r->f;
	const struct view_entry *entries;
	size_t n;
	size_t i = 0;

	assert_ok(f, list(f->view, f->arena, c < 0 ? STR_NONE : str_of(contexts[c]), &entries, &n, &f->err));
	for (int s = 0; s < N_SUBJECTS; s++) {
		if (!texts[s] || (c >= 0 && (context_of(s) != c || subjects[s].unqualified[0] == '\0')))
			continue;
		assert_true(i < n);
		assert_str(entries[i].subject, subjects[s].name);
		assert_str(entries[i].text, texts[s]);
		i++;
	}
	assert_int_equal(i, n);
}

static void ask_entries(struct run *r)
{
	struct fixture *f = r->f;
	const struct str *names;
	struct str text;
	size_t n;
	size_t i = 0;

	for (int s = 0; s < N_SUBJECTS; s++) {
		assert_ok(f, view_config_find(f->view, f->arena, str_of(subjects[s].name), &text, &f->err));
		assert_int_equal(str_present(text), r->model.config[s] != NULL);
		assert_true(str_eq(text, str_of(r->model.config[s])));
		assert_ok(f, view_mode_find(f->view, f->arena, str_of(subjects[s].name), &text, &f->err));
		assert_int_equal(str_present(text), r->model.mode[s] != NULL);
		assert_true(str_eq(text, str_of(r->model.mode[s])));
	}
	for (int c = -1; c < 3; c++) {
		ask_entry_list(r, view_list_configs, r->model.config, c);
		ask_entry_list(r, view_list_modes, r->model.mode, c);
	}
	assert_ok(f, view_list_contexts(f->view, f->arena, &names, &n, &f->err));
	for (int c = 1; c < 3; c++) {
		if (r->model.registered[c]) {
			assert_true(i < n);
			assert_str(names[i], contexts[c]);
			i++;
		}
	}
	assert_int_equal(i, n);
}

static void ask_counts(struct run *r)
{
	struct view_counts counts;
	struct fixture *f = r->f;
	bool used[2][N_CONTENTS] = { 0 };
	int subjects_live = 0;
	int versions = 0;
	int schemas = 0;

	for (int s = 0; s < N_SUBJECTS; s++) {
		subjects_live += is_listed(&r->model, s, VIEW_LIVE);
		for (int v = 1; v <= N_VERSIONS; v++) {
			const struct place *p = &r->model.places[s][v];

			versions += passes(p, VIEW_LIVE);
			/* References resolve differently in .b: another content. */
			if (p->exists)
				used[context_of(s) == 1 && contents[p->content].target >= 0][p->content] = true;
		}
	}
	for (int k = 0; k < N_CONTENTS; k++)
		schemas += used[0][k] + used[1][k];
	assert_ok(f, view_counts(f->view, &counts, &f->err));
	assert_int_equal(counts.subjects, subjects_live);
	assert_int_equal(counts.versions, versions);
	assert_int_equal(counts.schemas, schemas);
	assert_int_equal(counts.head, r->model.seq);
	assert_int_equal(store_head(f->store), r->model.seq);
}

static void ask_everything(struct run *r)
{
	struct fixture *f = r->f;

	assert_ok(f, view_begin(f->view, &f->err));
	for (int s = 0; s < N_SUBJECTS; s++) {
		for (int which = VIEW_LIVE; which <= VIEW_DELETED_ONLY; which++) {
			ask_subject(r, s, (enum view_deleted)which);
			for (int v = 1; v <= 3; v++)
				ask_referrers(r, s, v, (enum view_deleted)which);
		}
	}
	for (int c = 0; c < 3; c++) {
		int max;

		for (int id = 0; id < N_IDS; id++)
			ask_id(r, c, id);
		assert_ok(f, view_max_id(f->view, str_of(contexts[c]), &max, &f->err));
		assert_int_equal(max, r->model.max_id[c]);
	}
	for (int k = 0; k < N_CONTENTS; k++)
		ask_content(r, k);
	ask_all_lists(r);
	ask_entries(r);
	ask_counts(r);
	view_end(f->view);
}

/* ---- tests ---- */

static void replay(struct fixture *f)
{
	struct store_options options = { .log = &remote_log, .log_address = f->path };
	struct store *copy;
	char path[120];

	assert_ok(f, store_verify(f->view, &f->err));
	fixture_close(f);
	(void)snprintf(path, sizeof(path), "%s/replayed.db", f->dir);
	options.path = path;
	assert_ok(f, store_open(&options, &copy, &f->err));
	store_close(copy);
	struct str original = dump_tables(f->arena, f->path, "log");
	struct str replayed = dump_tables(f->arena, path, "log");

	assert_true(original.len > 1000);
	if (!str_eq(original, replayed))
		fail_msg("original:\n%.*s\nreplayed:\n%.*s", STR_ARG(original), STR_ARG(replayed));
}

/* One connection of pick's sequence each; a failure names its seed. */
static void random_history(struct fixture *f, uint64_t seed)
{
	struct run r = { .f = f, .random = seed };

	print_message("seed %u\n", (unsigned)seed);
	fixture_open(f);
	for (int i = 0; i < STEPS; i++) {
		step(&r);
		if (i % 4 == 0)
			ask_everything(&r);
		if (i == STEPS / 2) {
			fixture_reopen(f);
			ask_everything(&r);
		}
	}
	ask_everything(&r);
	replay(f);
}

static void random_histories(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		void *fixture = NULL;

		assert_int_equal(fixture_setup(&fixture), 0);
		random_history(fixture, seed);
		fixture_teardown(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_histories) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
