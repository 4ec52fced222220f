/*
 * What the files of an Avro explanation share: one judgement of a pair of schemas, its findings before they are
 * told, and the edits that a finding suggests.
 */
#ifndef COMPAT_AVRO_EXPLAIN_INT_H
#define COMPAT_AVRO_EXPLAIN_INT_H

#include "compat/avro/check_int.h"
#include "compat/avro/defect.h"
#include "compat/avro/witness.h"
#include "compat/edit.h"
#include "compat/explain.h"

/* A finding before it is told. */
struct avsc_told {
	enum rule rule;
	enum rule_effect effect;         /* what is to be expected */
	bool refused;
	const struct finding *reference; /* NULL: a warning */
	const struct avsc_defect *defect; /* what decoders stumble over; NULL: nothing */
	const struct avsc_defect *inner; /* AVRO_UNION_BRANCH_UNREADABLE, AVRO_UNION_NAME_FIRST: why the branch fails */
	uint32_t pair;                   /* UINT32_MAX: no event gets there */
	uint32_t index, other;           /* as in struct avsc_defect */
	const struct avsc_type *reader, *writer; /* the pair's types, or those of the reference where there is none */
	struct str message;
};

struct avsc_judgement {
	struct arena *arena;
	const struct explain_pair *asked;
	struct avsc_graph graph;
	struct avsc_defects defects;
	struct avsc_told *items;         /* refusals in the reference's order, then warnings */
	size_t n;
	size_t room;
	size_t n_hidden;                 /* what would be told but that its events fail for other reasons */
	size_t n_unlisted;               /* beyond LIMIT_FINDINGS */
	uint64_t spent;                  /* what it took: pairs, edges and defects looked at */
};

/* judge.c: everything there is to tell, not yet proven.  ERR_LIMIT when it takes more than the bounds. */
ERR_CHECKED enum err_code avsc_judge(struct arena *arena, const struct explain_pair *asked, struct avsc_judgement *out,
	struct err *err);

/* tell.c: names, places and sentences. */
/* "field `total`", "the items of field `rows`", "the schema": what a pair is. */
struct str avsc_subject(const struct avsc_judgement *j, uint32_t pair);
struct str avsc_message(const struct avsc_judgement *j, const struct avsc_told *told);
void avsc_places(const struct avsc_judgement *j, const struct avsc_told *told, struct explain_place *in_reader,
	struct explain_place *in_writer);
/*
 * The JSON value that stands for the type of the pair's reader (or writer) where it is used, which may be its
 * name only; NULL when a referenced schema has it.  *in is the object, array or field that holds it; NULL: nothing.
 */
const struct jsn *avsc_use_of(const struct avsc_judgement *j, uint32_t pair, bool reader, const struct jsn **in);

/* fix.c: the smallest edit that makes the finding go away, which was tried; NULL: none is called for.  Adds to *spent. */
ERR_CHECKED enum err_code avsc_fix(const struct avsc_judgement *j, const struct avsc_told *told, uint64_t *spent,
	const struct explain_fix **out, struct err *err);

#endif
