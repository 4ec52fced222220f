/* What happened, from the log's entries, and how much there is. */
#include "base/arena.h"
#include "server/registry/follow_int.h"
#include "server/registry/overview.h"
#include "storage/side_refusal.h"

static enum err_code read_item(struct call *call, uint64_t seq, struct timeline_item *out, struct err *err)
{
	size_t n;

	TRY(view_log_tail(call->view, call->arena, seq - 1, 1, &out->entry, &n, err));
	if (n == 0 || out->entry->seq != seq)
		return err_raise(err, LOG_CORRUPT, "the log lacks an entry that it had");
	return record_decode(call->arena, out->entry->body, &out->record, err);
}

enum err_code registry_timeline(struct call *call, const struct side_events *filter, const struct timeline_item **out,
	size_t *n_out, bool *more, struct err *err)
{
	struct side_events asked = *filter;
	struct timeline_item *items;
	const uint64_t *numbers;
	struct side *side;
	size_t n;

	asked.limit++;
	if (str_present(filter->subject))
		asked.subject = subject_normalize(call->arena, filter->subject);
	TRY(follow_log(call, SIDE_EVENTS, &side, err));
	TRY(side_event_list(side, call->arena, &asked, &numbers, &n, err));
	*more = n > filter->limit;
	n = *more ? filter->limit : n;
	items = arena_array(call->arena, struct timeline_item, n);
	for (size_t i = 0; i < n; i++)
		TRY(read_item(call, numbers[i], &items[i], err));
	*out = items;
	*n_out = n;
	return OK;
}

enum err_code registry_totals(struct call *call, struct registry_totals *out, struct err *err)
{
	struct registry_totals totals = { .started_ms = call->registry->started_ms };
	const struct str *contexts;
	struct side *side;
	size_t n;

	TRY(follow_log(call, SIDE_SUMMARIES, &side, err));
	for (int type = 0; type < SCHEMA_TYPES; type++)
		TRY(side_summary_count(side, schema_type_name((enum schema_type)type), &totals.n_types[type], err));
	TRY(view_counts(call->view, &totals.counts, err));
	TRY(view_list_contexts(call->view, call->arena, &contexts, &n, err));
	totals.n_contexts = (int64_t)n + 1;
	TRY(view_bytes(call->view, &totals.bytes, err));
	TRY(side_refusal_count(side, &totals.n_refusals, err));
	*out = totals;
	return OK;
}
