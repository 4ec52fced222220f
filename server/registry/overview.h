/*
 * What is there, for people and pages: all subjects in one list, who refers to whom, what happened, how much
 * there is.  Each is one call with bounded work, however many subjects there are.
 */
#ifndef SERVER_REGISTRY_OVERVIEW_H
#define SERVER_REGISTRY_OVERVIEW_H

#include "server/registry/registry.h"
#include "storage/side.h"

/* A subject with what is in force for it. */
struct overview_item {
	const struct side_summary *summary;
	enum compat_level level;
	enum config_origin level_from;
	enum config_policy policy;
	enum registry_mode mode;
	int64_t n_referrers;      /* live versions that refer to one of its versions */
};

struct overview {
	const struct overview_item *items;
	size_t n_items;
	int64_t total;
};

/* At least as new as the call's view. */
ERR_CHECKED enum err_code registry_overview(struct call *call, const struct side_filter *filter, struct overview *out,
	struct err *err);

/* ---- references as a graph: server/registry/graph.c ---- */

struct graph_node {
	struct str subject;
	int version;
	int id;
	struct str schema_type;
};

struct graph_edge {
	struct str subject;       /* of the version that refers … */
	int version;
	struct str to_subject;    /* … to this one … */
	int to_version;
	struct str name;          /* … by this name */
};

struct graph_query {
	struct str subject;       /* qualified; absent: all that refer to anything, with what they refer to */
	int depth;                /* how many references away from the subject */
	bool in, out;             /* who refers to it; what it refers to */
	bool all_versions;        /* every live version refers, and not only the latest of each subject */
};

struct graph {
	const struct graph_node *nodes;
	size_t n_nodes;
	const struct graph_edge *edges;
	size_t n_edges;
	bool truncated;           /* there is more than LIMIT_GRAPH_NODES or LIMIT_GRAPH_EDGES */
};

/* 40401 for a subject that has no live version. */
ERR_CHECKED enum err_code registry_graph(struct call *call, const struct graph_query *query, struct graph *out,
	struct err *err);

/* ---- what happened, and how much there is: server/registry/timeline.c ---- */

struct timeline_item {
	const struct log_entry *entry;
	struct record record;
};

/* Newest first; *more: there are older ones that pass. */
ERR_CHECKED enum err_code registry_timeline(struct call *call, const struct side_events *filter,
	const struct timeline_item **out, size_t *n_out, bool *more, struct err *err);

struct registry_totals {
	int64_t started_ms;
	struct view_counts counts;
	int64_t n_contexts;
	int64_t n_types[SCHEMA_TYPES]; /* live subjects */
	int64_t bytes;                 /* of the store's file */
	int64_t n_refusals;            /* that are kept */
};
ERR_CHECKED enum err_code registry_totals(struct call *call, struct registry_totals *out, struct err *err);

/* Stands for all that is registered and configured, and how the server was started: changes when any of it does. */
ERR_CHECKED enum err_code registry_stamp(struct call *call, struct str *out, struct err *err);

#endif
