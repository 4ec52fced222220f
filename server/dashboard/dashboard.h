/*
 * The web page at /ui/, built from the TypeScript beside this file and embedded in the program.  It is
 * made of the JSON API alone: nothing here knows a registry.  Constant tables, for any thread.
 */
#ifndef SERVER_DASHBOARD_DASHBOARD_H
#define SERVER_DASHBOARD_DASHBOARD_H

#include "server/http/route.h"

/* The rows that serve the page; none in a build without it (TENON_DASHBOARD=OFF). */
extern const struct route dashboard_routes[];
extern const size_t dashboard_n_routes;

/* For struct http_options: "/ui/", or NULL in a build without the page. */
const char *dashboard_page(void);

#endif
