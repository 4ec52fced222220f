/* Judging a schema without registering it. */
#include "server/api/api.h"
#include "server/api/handlers.h"

static enum err_code judge(struct request *rq, const struct version_number *version, struct err *err)
{
	struct call call = api_call(rq);
	struct buf out = buf_make(call.arena, 512);
	bool verbose = request_query_bool(rq, "verbose");
	const struct new_schema *schema;
	struct compat_verdict verdict;
	struct str subject;

	TRY(read_new_schema(rq, &schema, err));
	TRY(api_subject(rq, &call, &subject, err));
	TRY(registry_compatibility(&call, subject, version, schema, verbose, &verdict, err));
	buf_add(&out, verdict.compatible ? STR("{\"is_compatible\":true") : STR("{\"is_compatible\":false"));
	if (verbose) {
		buf_lit(&out, ",\"messages\":[");
		for (size_t i = 0; i < verdict.n_messages; i++) {
			if (i > 0)
				buf_add_c(&out, ',');
			buf_json_string(&out, verdict.messages[i]);
		}
		buf_add_c(&out, ']');
	}
	buf_add_c(&out, '}');
	return reply(rq, buf_str(&out));
}

enum err_code compatibility_version(struct request *rq, struct err *err)
{
	struct version_number version;

	TRY(api_version(rq, &version, err));
	return judge(rq, &version, err);
}

enum err_code compatibility_all(struct request *rq, struct err *err)
{
	return judge(rq, NULL, err);
}
