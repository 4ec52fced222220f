/* The files that every schema may use without a reference. */
#include "compat/protobuf/pbuf_int.h"

static const struct pbuf_known *const tables[] = { pbuf_known_google, pbuf_known_type, pbuf_known_confluent };
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

/* Whether `word` is one of the words in `list`, which has a blank at both ends. */
static bool lists(const char *list, struct str word)
{
	const char *found = list;

	while (word.len > 0 && (found = memmem(found, strlen(found), word.data, word.len)) != NULL) {
		if (found[-1] == ' ' && found[word.len] == ' ')
			return true;
		found++;
	}
	return false;
}

/* The part of a full name behind the package that is looked for in `names`. */
static struct str first_name(struct str full, struct str package)
{
	struct str rest;
	ptrdiff_t dot;

	if (full.len <= package.len || !str_starts(full, package) || full.data[package.len] != '.')
		return STR("");
	rest = str_sub(full, package.len + 1, full.len);
	dot = str_index(rest, '.');
	return dot < 0 ? rest : str_sub(rest, 0, (size_t)dot);
}

const struct pbuf_known *pbuf_known_find(struct str full)
{
	if (!str_starts(full, STR("google.")) && !str_starts(full, STR("confluent.")))
		return NULL;
	for (int i = 0; i < TABLES; i++)
		for (const struct pbuf_known *file = tables[i]; str_present(file->path); file++)
			if (lists(file->names, first_name(full, file->package)))
				return file;
	return NULL;
}

const struct pbuf_known *pbuf_known_file(struct str path)
{
	for (int i = 0; i < TABLES; i++)
		for (const struct pbuf_known *file = tables[i]; str_present(file->path); file++)
			if (str_eq(file->path, path))
				return file;
	return NULL;
}
