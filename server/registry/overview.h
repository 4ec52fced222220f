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

/* Stands for all that is registered and configured, and how the server was started: changes when any of it does. */
ERR_CHECKED enum err_code registry_stamp(struct call *call, struct str *out, struct err *err);

#endif
