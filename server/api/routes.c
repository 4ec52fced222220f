/* The HTTP surface: one row per operation of api-spec/openapi.yaml, in its order. */
#include "server/api/api.h"
#include "server/api/handlers.h"

#define GET ROUTE_GET
#define POST ROUTE_POST
#define PUT ROUTE_PUT
#define DELETE ROUTE_DELETE
#define READ PERMISSION_SCHEMA_READ
#define WRITE PERMISSION_SCHEMA_WRITE
#define REMOVE PERMISSION_SCHEMA_DELETE
#define CONFIG PERMISSION_CONFIG_READ
#define CONFIGURE PERMISSION_CONFIG_WRITE
#define OPEN PERMISSION_NONE
#define MEASURE PERMISSION_METRICS_READ
#define CACHED ROUTE_CACHED
#define PLAIN ROUTE_PLAIN
#define LOOSE ROUTE_LOOSE_BODY

const struct route api_routes[] = {
	/*method  path                                                       handler                needs      body                     flags */
	{ GET,    "/",                                                       root_get,              OPEN,      NULL,                    0 },
	{ POST,   "/",                                                       root_post,             OPEN,      "post",                  LOOSE },

	{ GET,    "/subjects",                                               subjects_list,         READ,      NULL,                    CACHED },
	{ POST,   "/subjects/{subject}",                                     subject_lookup,        READ,      "lookUpSchemaUnderSubject", CACHED },
	{ DELETE, "/subjects/{subject}",                                     subject_delete,        REMOVE,    NULL,                    0 },
	{ GET,    "/subjects/{subject}/metadata",                            subject_metadata,      READ,      NULL,                    CACHED },
	{ GET,    "/subjects/{subject}/versions",                            versions_list,         READ,      NULL,                    CACHED },
	{ POST,   "/subjects/{subject}/versions",                            version_register,      WRITE,     "register",              0 },
	{ GET,    "/subjects/{subject}/versions/{version}",                  version_get,           READ,      NULL,                    CACHED },
	{ DELETE, "/subjects/{subject}/versions/{version}",                  version_delete,        REMOVE,    NULL,                    0 },
	{ GET,    "/subjects/{subject}/versions/{version}/schema",           version_text,          READ,      NULL,                    CACHED },
	{ GET,    "/subjects/{subject}/versions/{version}/referencedby",     version_referencedby,  READ,      NULL,                    0 },
	{ POST,   "/subjects/{subject}/versions/{version}/tags",             version_tag,           WRITE,     "postTags",              0 },

	{ GET,    "/schemas",                                                schemas_list,          READ,      NULL,                    0 },
	{ GET,    "/schemas/types",                                          schema_types,          READ,      NULL,                    0 },
	{ GET,    "/schemas/ids/{id}",                                       schema_by_id,          READ,      NULL,                    CACHED },
	{ GET,    "/schemas/ids/{id}/schema",                                schema_text_by_id,     READ,      NULL,                    CACHED },
	{ GET,    "/schemas/ids/{id}/subjects",                              schema_subjects,       READ,      NULL,                    CACHED },
	{ GET,    "/schemas/ids/{id}/versions",                              schema_versions,       READ,      NULL,                    CACHED },
	{ GET,    "/schemas/guids/{guid}",                                   schema_by_guid,        READ,      NULL,                    CACHED },
	{ GET,    "/schemas/guids/{guid}/ids",                               schema_guid_ids,       READ,      NULL,                    CACHED },

	{ POST,   "/compatibility/subjects/{subject}/versions",              compatibility_all,     READ,      "testCompatibilityForSubject", 0 },
	{ POST,   "/compatibility/subjects/{subject}/versions/{version}",    compatibility_version, READ,      "testCompatibilityBySubjectName", 0 },

	{ GET,    "/config",                                                 config_get,            CONFIG,    NULL,                    0 },
	{ PUT,    "/config",                                                 config_put,            CONFIGURE, "updateTopLevelConfig",  0 },
	{ DELETE, "/config",                                                 config_delete,         CONFIGURE, NULL,                    0 },
	{ GET,    "/config/{subject}",                                       config_get,            CONFIG,    NULL,                    0 },
	{ PUT,    "/config/{subject}",                                       config_put,            CONFIGURE, "updateSubjectLevelConfig", 0 },
	{ DELETE, "/config/{subject}",                                       config_delete,         CONFIGURE, NULL,                    0 },

	{ GET,    "/mode",                                                   mode_get,              CONFIG,    NULL,                    0 },
	{ PUT,    "/mode",                                                   mode_put,              CONFIGURE, "updateTopLevelMode",    0 },
	{ DELETE, "/mode",                                                   mode_delete,           CONFIGURE, NULL,                    0 },
	{ GET,    "/mode/{subject}",                                         mode_get,              CONFIG,    NULL,                    0 },
	{ PUT,    "/mode/{subject}",                                         mode_put,              CONFIGURE, "updateMode",            0 },
	{ DELETE, "/mode/{subject}",                                         mode_delete,           CONFIGURE, NULL,                    0 },

	{ GET,    "/contexts",                                               contexts_list,         READ,      NULL,                    0 },
	{ DELETE, "/contexts/{context}",                                     context_delete,        REMOVE,    NULL,                    0 },

	{ GET,    "/associations/subjects/{subject}",                        associations_of_subject, READ,    NULL,                    0 },
	{ GET,    "/associations/resources/{resourceId}",                    associations_of_id,    READ,      NULL,                    0 },
	{ PUT,    "/associations/resources/{resourceId}",                    association_update,    WRITE,     "createOrUpdateAssociation", 0 },
	{ DELETE, "/associations/resources/{resourceId}",                    associations_delete,   REMOVE,    NULL,                    0 },
	{ GET,    "/associations/resources/{resourceNamespace}/{resourceName}", associations_of_name, READ,    NULL,                    CACHED },
	{ POST,   "/associations",                                           association_create,    WRITE,     "createAssociation",     0 },
	{ POST,   "/associations:batchGet",                                  associations_batch_get, READ,     "batchGetAssociations",  0 },
	{ POST,   "/associations:batchMutate",                               associations_batch_mutate, WRITE, "mutateAssociations",    0 },

	{ GET,    "/dek-registry/v1/keks",                                   keks_list,             READ,      NULL,                    0 },
	{ POST,   "/dek-registry/v1/keks",                                   kek_create,            WRITE,     "createKek",             0 },
	{ GET,    "/dek-registry/v1/keks/{name}",                            kek_get,               READ,      NULL,                    0 },
	{ PUT,    "/dek-registry/v1/keks/{name}",                            kek_update,            WRITE,     "putKek",                0 },
	{ DELETE, "/dek-registry/v1/keks/{name}",                            kek_delete,            REMOVE,    NULL,                    0 },
	{ POST,   "/dek-registry/v1/keks/{name}/undelete",                   kek_undelete,          WRITE,     "undeleteKek",           LOOSE },
	{ POST,   "/dek-registry/v1/keks/{name}/test",                       kek_test,              WRITE,     "testKek",               LOOSE },
	{ GET,    "/dek-registry/v1/keks/{name}/deks",                       deks_list,             READ,      NULL,                    0 },
	{ POST,   "/dek-registry/v1/keks/{name}/deks",                       dek_create_named,      WRITE,     "createDek",             0 },
	{ GET,    "/dek-registry/v1/keks/{name}/deks/{subject}",             dek_get,               READ,      NULL,                    0 },
	{ POST,   "/dek-registry/v1/keks/{name}/deks/{subject}",             dek_create,            WRITE,     "createDekWithSubject",  0 },
	{ DELETE, "/dek-registry/v1/keks/{name}/deks/{subject}",             deks_delete,           REMOVE,    NULL,                    0 },
	{ POST,   "/dek-registry/v1/keks/{name}/deks/{subject}/undelete",    deks_undelete,         WRITE,     "undeleteDekVersions",   LOOSE },
	{ GET,    "/dek-registry/v1/keks/{name}/deks/{subject}/versions",    dek_versions,          READ,      NULL,                    0 },
	{ GET,    "/dek-registry/v1/keks/{name}/deks/{subject}/versions/{version}", dek_get_version, READ,     NULL,                    0 },
	{ DELETE, "/dek-registry/v1/keks/{name}/deks/{subject}/versions/{version}", dek_delete_version, REMOVE, NULL,                  0 },
	{ POST,   "/dek-registry/v1/keks/{name}/deks/{subject}/versions/{version}/undelete", dek_undelete_version, WRITE, "undeleteDekVersion", LOOSE },

	{ GET,    "/api/v1/overview",                                        v1_overview,           READ,      NULL,                    0 },
	{ GET,    "/api/v1/graph",                                           v1_graph,              READ,      NULL,                    0 },
	{ GET,    "/api/v1/timeline",                                        v1_timeline,           READ,      NULL,                    0 },
	{ GET,    "/api/v1/search",                                          v1_search,             READ,      NULL,                    0 },
	{ GET,    "/api/v1/subjects/{subject}/versions/{version}/outline",   v1_outline,            READ,      NULL,                    CACHED },
	{ GET,    "/api/v1/subjects/{subject}/matrix",                       v1_matrix,             READ,      NULL,                    0 },
	{ POST,   "/api/v1/explain",                                         v1_explain,            READ,      "explain",               0 },
	{ POST,   "/api/v1/diff",                                            v1_diff,               READ,      "diff",                  0 },
	{ POST,   "/api/v1/decode",                                          v1_decode,             READ,      "decode",                0 },
	{ POST,   "/api/v1/validate",                                        v1_validate,           READ,      "validate",              0 },
	{ GET,    "/api/v1/refusals",                                        v1_refusals,           READ,      NULL,                    0 },
	{ GET,    "/api/v1/refusals/{id}",                                   v1_refusal,            READ,      NULL,                    0 },
	{ GET,    "/api/v1/rules",                                           v1_rules,              READ,      NULL,                    0 },
	{ GET,    "/api/v1/rules/{rule}",                                    v1_rule,               READ,      NULL,                    0 },
	{ GET,    "/api/v1/stats",                                           v1_stats,              READ,      NULL,                    0 },

	{ GET,    "/v1/metadata/id",                                         metadata_id,           READ,      NULL,                    0 },
	{ GET,    "/v1/metadata/version",                                    metadata_version,      READ,      NULL,                    0 },
	{ GET,    "/v1/metadata/deployment",                                 metadata_deployment,   READ,      NULL,                    0 },

	{ GET,    "/health/live",                                            health_live,           OPEN,      NULL,                    PLAIN },
	{ GET,    "/health/ready",                                           health_ready,          OPEN,      NULL,                    PLAIN },
	{ GET,    "/metrics",                                                metrics_get,           MEASURE,   NULL,                    PLAIN },
	{ GET,    "/openapi.yaml",                                           openapi_get,           OPEN,      NULL,                    PLAIN },
};
const size_t api_n_routes = sizeof(api_routes) / sizeof(api_routes[0]);
