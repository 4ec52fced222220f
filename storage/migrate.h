/*
 * The schema version of the file: whose file it is, how old, and the steps that bring an older one
 * forward.  Called once by store_open, before anything else looks at the tables.
 */
#ifndef STORAGE_MIGRATE_H
#define STORAGE_MIGRATE_H

#include "base/err.h"

#include <stdint.h>

struct db;

/* PRAGMA application_id of Tenon's files: "TENO". */
enum { MIGRATE_APPLICATION_ID = 0x54454E4F };

/* Step i brings a file of version i to version i + 1 (PRAGMA user_version). */
extern const char *const migrate_steps[];
extern const size_t migrate_n_steps;

/*
 * Checks that the open file is empty or Tenon's and not newer than the steps (ERR_FILE_FOREIGN,
 * ERR_FILE_NEWER), switches it to WAL and runs the steps it lacks in one transaction: all or nothing.
 */
ERR_CHECKED enum err_code migrate_file(struct db *db, const char *path, const char *const *steps,
	size_t n_steps, struct err *err);

#endif
