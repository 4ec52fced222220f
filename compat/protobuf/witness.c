/* The event that shows a fact, as one that is written by itself, and what the reader makes of it. */
#include "compat/protobuf/judge_int.h"

/* The message around it, with what it must have. */
static struct pbuf_message *wrap(struct pbuf_judge *j, const struct pbuf_pair *pair, const struct pbuf_message *inner)
{
	struct pbuf_message *outer = pbuf_fill_pair(j, j->arena, pair->from, pair->via);
	struct pbuf_datum value = { .kind = PBUF_D_MESSAGE, .message = (struct pbuf_message *)(uintptr_t)inner }, *place;

	if (outer == NULL)
		return NULL;
	place = pbuf_member_add(j->arena, outer, pair->via);
	if (pair->via->type.kind == PBUF_MAP) {
		place->kind = PBUF_D_MAP;
		for (size_t i = 0; i < 2; i++) {
			const struct pbuf_datum *part = pbuf_member_numbered(inner, (int32_t)i + 1);
			struct pbuf_datum other = { .kind = PBUF_D_MESSAGE };
			const struct pbuf_type *content = pbuf_content(j, pair->w->fields[i]);

			if (part == NULL && content)
				other.message = pbuf_fill(j, j->arena, content, NULL);
			else if (part == NULL)
				other = pbuf_zero_value(&pair->w->fields[i]->type);
			if (part == NULL && content && other.message == NULL)
				return NULL;
			*pbuf_append(j->arena, place->items, place->n_items) = part ? *part : other;
		}
	} else if (pair->via->label == PBUF_REPEATED) {
		place->kind = PBUF_D_LIST;
		*pbuf_append(j->arena, place->items, place->n_items) = value;
	} else {
		*place = value;
	}
	return outer;
}

const struct explain_witness *pbuf_witness(struct pbuf_judge *j, const struct pbuf_fact *fact)
{
	struct explain_witness *witness = arena_new(j->arena, struct explain_witness);
	const struct pbuf_message *event = fact->event, *read = NULL, *written;
	const struct pbuf_pair *pair = fact->pair;
	struct pbuf_fault fault = { .reason = STR("") };

	for (; event && pair->from; pair = pair->from)
		event = wrap(j, pair, event);
	if (event == NULL)
		return NULL;
	witness->bytes = pbuf_encode(j->arena, event);
	if (!pbuf_decode_event(j->arena, j->writer, pair->w, witness->bytes, 0, &written, &fault))
		return NULL;
	witness->message = pair->w->full;
	witness->event = pbuf_json(j->arena, j->writer, written, false);
	if (pbuf_decode_event(j->arena, j->reader, pair->r, witness->bytes, 0, &read, &fault)) {
		witness->effect = EFFECT_CHANGES;
		witness->reason = fact->reason;
		witness->read = pbuf_json(j->arena, j->reader, read, true);
		return fact->effect == EFFECT_CHANGES ? witness : NULL;
	}
	/* Be it because of something else that the reader requires. */
	witness->effect = EFFECT_FAILS;
	witness->reason = fault.reason;
	witness->offset = fault.offset;
	return witness;
}
