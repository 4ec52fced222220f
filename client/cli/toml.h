/*
 * TOML 1.0 (https://toml.io/en/v1.0.0) read into the tree of base/json.h: tables are objects, dates and times
 * are strings, numbers are as spelled without underscores.  Every value has its line and column.
 */
#ifndef CLIENT_CLI_TOML_H
#define CLIENT_CLI_TOML_H

#include "base/json.h"

/* ERR_CONFIG_FILE with line and column.  Plain strings are borrowed from `text`. */
ERR_CHECKED enum err_code toml_parse(struct arena *arena, struct str text, const struct jsn **out, struct err *err);

#endif
