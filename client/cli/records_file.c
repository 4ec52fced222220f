/* A file of records: one JSON object a line, {"key":"…","value":"…","ts":ms}, value null for a tombstone, ts where it is known. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "client/cli/places.h"

static enum err_code fail(struct err *err, struct str path, const char *what)
{
	return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %s: %s", STR_ARG(path), what, strerror(errno)));
}

static enum err_code read_line(struct record_reader *reader, struct str line, size_t number, struct err *err)
{
	struct arena *arena = reader->snapshot->arena;
	struct str where = str_printf(arena, "line %zu", number);
	const struct jsn *object, *key, *value, *ts;
	struct err why = { .arena = arena };
	int64_t time = 0;

	if (str_trim(line).len == 0)
		return OK;
	if (jsn_parse(arena, line, JSN_SURROGATES, SNAPSHOT_DEPTH, &object, &why) != OK)
		object = NULL;
	key = jsn_get_value(object, STR("key"));
	value = jsn_get_value(object, STR("value"));
	ts = jsn_get_value(object, STR("ts"));
	if (!key || key->kind != JSN_STRING || (value && value->kind != JSN_STRING))
		return err_text(err, ERR_STORE, str_printf(err->arena, "%.*s: %.*s is not {\"key\":\"…\",\"value\":\"…\"}, as tenon export"
			" writes them", STR_ARG(reader->from), STR_ARG(where)));
	if (ts && ts->kind == JSN_NUMBER)
		str_to_i64(ts->text, &time);
	record_reader_take(reader, key->text, value ? value->text : STR_NONE, time, where);
	return OK;
}

enum err_code snapshot_from_file(struct str path, struct snapshot *out, struct err *err)
{
	struct record_reader reader = record_reader_make(out, path);
	FILE *file = fopen(path.data, "re");
	enum err_code code = OK;
	size_t room = 0, number = 0;
	char *line = NULL;
	ssize_t len;

	if (!file)
		return fail(err, path, "cannot be read");
	while (code == OK && (len = getline(&line, &room, file)) >= 0)
		code = read_line(&reader, str_dup(out->arena, str_make(line, (size_t)len)), ++number, err);
	if (code == OK && ferror(file))
		code = fail(err, path, "cannot be read");
	free(line);
	fclose(file);
	return code == OK ? record_reader_end(&reader, err) : code;
}

struct to_file {
	struct arena *arena;
	FILE *file;
	struct str path;
	size_t n;
};

static enum err_code write_line(void *cls, struct str key, struct str value, int64_t ts, struct err *err)
{
	struct to_file *to = cls;
	struct buf line = buf_make(to->arena, key.len + value.len + 128);

	buf_lit(&line, "{\"key\":");
	buf_json_string(&line, key);
	buf_lit(&line, ",\"value\":");
	buf_json_string(&line, value);
	if (ts > 0)
		buf_printf(&line, ",\"ts\":%lld", (long long)ts);
	buf_lit(&line, "}\n");
	to->n++;
	return fwrite(line.data, 1, line.len, to->file) == line.len ? OK : fail(err, to->path, "cannot be written");
}

/* Under another name first, so that a file with the name asked for is a whole one. */
enum err_code snapshot_to_file(struct snapshot *snapshot, struct str path, size_t *n_out, struct err *err)
{
	struct str part = str_concat(snapshot->arena, path, STR(".part"));
	struct to_file to = { .arena = snapshot->arena, .path = path, .file = fopen(part.data, "we") };
	enum err_code code;

	if (!to.file)
		return fail(err, path, "cannot be written");
	code = records_write(snapshot, write_line, &to, err);
	if (code == OK && (fflush(to.file) != 0 || fsync(fileno(to.file)) != 0))
		code = fail(err, path, "cannot be written");
	fclose(to.file);
	if (code == OK && rename(part.data, path.data) != 0)
		code = fail(err, path, "cannot be written");
	if (code != OK)
		unlink(part.data);
	else
		*n_out = to.n;
	return code;
}
