/* Saying that there is no such rule, with those whose names are like it. */
#ifndef CLIENT_CLI_RULES_NEAR_H
#define CLIENT_CLI_RULES_NEAR_H

#include "base/err.h"

/* ERR_CONFIG_FILE. */
enum err_code rule_unknown(const char *given, struct err *err);

#endif
