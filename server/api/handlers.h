/* The handlers that the route table names, by file. */
#ifndef SERVER_API_HANDLERS_H
#define SERVER_API_HANDLERS_H

#include "server/http/route.h"

/* subjects.c */
route_fn subjects_list, subject_lookup, subject_delete, subject_metadata;

/* versions.c */
route_fn versions_list, version_register, version_get, version_text, version_delete, version_referencedby,
	version_tag;

/* schemas.c */
route_fn schemas_list, schema_types, schema_by_id, schema_text_by_id, schema_subjects, schema_versions;
route_fn schema_by_guid, schema_guid_ids;

/* compatibility.c */
route_fn compatibility_version, compatibility_all;

/* config.c */
route_fn config_get, config_put, config_delete;

/* mode.c */
route_fn mode_get, mode_put, mode_delete;

/* contexts.c */
route_fn contexts_list, context_delete;

/* associations.c */
route_fn associations_of_subject, associations_of_id, associations_of_name;
route_fn association_create, association_update, associations_delete, associations_batch_get, associations_batch_mutate;

/* dek.c */
route_fn keks_list, kek_create, kek_get, kek_update, kek_delete, kek_undelete, kek_test;
route_fn deks_list, dek_create_named, dek_create, dek_get, deks_delete, deks_undelete;
route_fn dek_versions, dek_get_version, dek_delete_version, dek_undelete_version;

/* v1_overview.c, v1_graph.c, v1_timeline.c */
route_fn v1_overview, v1_graph, v1_timeline, v1_stats;

/* v1_search.c */
route_fn v1_search, v1_outline;

/* v1_explain.c, v1_diff.c, v1_events.c */
route_fn v1_explain, v1_rules, v1_rule, v1_diff, v1_matrix, v1_decode, v1_validate;

/* v1_refusals.c */
route_fn v1_refusals, v1_refusal;

/* service.c */
route_fn root_get, root_post, metadata_id, metadata_version, metadata_deployment;
route_fn health_live, health_ready, metrics_get, openapi_get;

#endif
