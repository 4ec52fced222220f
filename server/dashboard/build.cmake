# The page: npm fetches what it is made of, Vite builds it, embed.mjs turns it into a header.  Each step runs
# again only when what it is made from has changed.
set(dashboard ${CMAKE_SOURCE_DIR}/server/dashboard)
set(header ${CMAKE_BINARY_DIR}/generated/dashboard_files.h)
if(NOT TENON_DASHBOARD)
	file(CONFIGURE OUTPUT ${header} @ONLY CONTENT "/* Made by the build, which is one without the page. */
static const struct dashboard_file dashboard_files[] = { { .name = STR_NONE } };
enum { dashboard_built = 0 };
")
else()
	find_program(NODE NAMES node nodejs REQUIRED)
	find_program(NPM npm REQUIRED)
	file(GLOB_RECURSE dashboard_sources CONFIGURE_DEPENDS ${dashboard}/src/*)
	set(fetched ${dashboard}/node_modules/.package-lock.json)
	set(page ${CMAKE_BINARY_DIR}/dashboard)
	add_custom_command(OUTPUT ${fetched}
		COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
		COMMAND ${CMAKE_COMMAND} -E touch ${fetched}
		DEPENDS ${dashboard}/package.json ${dashboard}/package-lock.json
		WORKING_DIRECTORY ${dashboard}
		COMMENT "Fetching the packages of the dashboard")
	add_custom_command(OUTPUT ${header}
		COMMAND ${NODE} node_modules/vite/bin/vite.js build --logLevel warn --outDir ${page}
		COMMAND ${NODE} embed.mjs ${page} ${header}
		DEPENDS ${fetched} ${dashboard_sources} ${dashboard}/index.html ${dashboard}/vite.config.ts
			${dashboard}/licences.ts ${dashboard}/tsconfig.json ${dashboard}/embed.mjs
		WORKING_DIRECTORY ${dashboard}
		COMMENT "Building the dashboard")
endif()
target_sources(tenon_server_dashboard PRIVATE ${header})
target_include_directories(tenon_server_dashboard PRIVATE ${CMAKE_BINARY_DIR}/generated)
