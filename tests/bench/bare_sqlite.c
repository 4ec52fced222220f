/*
 * The yardstick of a durable registration: single-row commits of the same bytes into a bare SQLite
 * file, WAL and synchronous=FULL, one after the other.  Prints the microseconds of one commit.
 *
 *   bare_sqlite FILE COUNT BYTES       FILE is made anew
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void fail(sqlite3 *db, const char *what)
{
	(void)fprintf(stderr, "bare_sqlite: %s: %s\n", what, db ? sqlite3_errmsg(db) : "failed");
	exit(1);
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static sqlite3 *open_file(const char *path)
{
	static const char *const leftovers[] = { "", "-wal", "-shm" };
	sqlite3 *db = NULL;
	char name[4096];

	for (size_t i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", path, leftovers[i]);
		(void)unlink(name);
	}
	if (sqlite3_open(path, &db) != SQLITE_OK)
		fail(db, path);
	if (sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
			"CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL)", NULL, NULL, NULL) != SQLITE_OK)
		fail(db, "the table");
	return db;
}

/* Letters that differ from row to row, as schemas do. */
static void fill(char *body, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		body[i] = (char)('a' + (seed >> 33) % 26);
	}
}

int main(int argc, char **argv)
{
	sqlite3_stmt *insert = NULL;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: bare_sqlite FILE COUNT BYTES\n");
		return 2;
	}
	size_t count = strtoul(argv[2], NULL, 10);
	size_t len = strtoul(argv[3], NULL, 10);
	char *body = malloc(len + 1);
	sqlite3 *db = open_file(argv[1]);
	double busy = 0;

	if (!body || count == 0 || sqlite3_prepare_v2(db, "INSERT INTO t (body) VALUES (?1)", -1, &insert, NULL) != SQLITE_OK)
		fail(db, "prepare");
	for (size_t i = 0; i < count; i++) {
		fill(body, len, i);
		double started = now();

		sqlite3_bind_text(insert, 1, body, (int)len, SQLITE_STATIC);
		if (sqlite3_step(insert) != SQLITE_DONE)
			fail(db, "insert");
		sqlite3_reset(insert);
		busy += now() - started;
	}
	printf("%.2f\n", busy / (double)count * 1e6);
	sqlite3_finalize(insert);
	sqlite3_close(db);
	free(body);
	return 0;
}
