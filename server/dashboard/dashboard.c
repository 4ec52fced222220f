/* The page's files as routes: one page for every address below /ui/, and the files that it names. */
#include "server/dashboard/dashboard.h"

#include "base/str.h"
#include "server/http/request.h"

struct dashboard_file {
	struct str name;  /* as in /ui/assets/{file}; of the first, the page itself, not used */
	const char *type;
	struct str plain;
	struct str gzip;  /* absent where it gains nothing */
	bool lasting;     /* its name carries a hash of what is in it: what the name stands for never changes */
};

#include "dashboard_files.h"

/*
 * Scripts, styles, fonts and data come from this server and from nowhere else, nothing is inline, and no other page may
 * frame this one.
 */
#define POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; " \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static enum err_code reply_file(struct request *rq, const struct dashboard_file *file)
{
	reply_header(rq, "Cache-Control", file->lasting ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
	reply_header(rq, "X-Content-Type-Options", STR("nosniff"));
	return reply_packed(rq, file->type, file->plain, file->gzip);
}

/* What is shown is the script's business; an address that means nothing is told there. */
static enum err_code show_page(struct request *rq, struct err *err)
{
	(void)err;
	reply_header(rq, "Content-Security-Policy", STR(POLICY));
	reply_header(rq, "Cross-Origin-Opener-Policy", STR("same-origin"));
	reply_header(rq, "Referrer-Policy", STR("no-referrer"));
	return reply_file(rq, &dashboard_files[0]);
}

static enum err_code show_file(struct request *rq, struct err *err)
{
	struct str name = request_param(rq, "file");

	for (size_t i = 1; i < sizeof(dashboard_files) / sizeof(dashboard_files[0]); i++)
		if (str_eq(dashboard_files[i].name, name))
			return reply_file(rq, &dashboard_files[i]);
	return err_raise(err, NOT_FOUND);
}

const struct route dashboard_routes[] = {
	{ ROUTE_GET, "/ui", show_page, PERMISSION_NONE, NULL, ROUTE_PLAIN },
	{ ROUTE_GET, "/ui/*", show_page, PERMISSION_NONE, NULL, ROUTE_PLAIN },
	{ ROUTE_GET, "/ui/assets/{file}", show_file, PERMISSION_NONE, NULL, ROUTE_PLAIN },
};
const size_t dashboard_n_routes = dashboard_built ? sizeof(dashboard_routes) / sizeof(dashboard_routes[0]) : 0;

const char *dashboard_page(void)
{
	return dashboard_built ? "/ui/" : NULL;
}
