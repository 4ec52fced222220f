/* The rules that somebody may have meant. */
#include "client/cli/rules/near.h"

#include "base/arena.h"
#include "compat/rule.h"

enum { MOST_NAMED = 5, LONGEST = 64 };

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 0x20) : c;
}

static bool has_part(struct str id, struct str part)
{
	for (size_t i = 0; i + part.len <= id.len; i++)
		if (str_eq_nocase(str_sub(id, i, i + part.len), part))
			return true;
	return false;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t less = a < b ? a : b;

	return less < c ? less : c;
}

/* How many letters to put in, take out or change (Levenshtein). */
static size_t distance(struct str id, struct str given)
{
	size_t row[LONGEST + 1];

	for (size_t k = 0; k <= given.len; k++)
		row[k] = k;
	for (size_t i = 0; i < id.len; i++) {
		size_t before = row[0]++; /* of the row above, one to the left */

		for (size_t k = 0; k < given.len; k++) {
			size_t above = row[k + 1];

			row[k + 1] = least(above + 1, row[k] + 1, before + (upper(id.data[i]) != upper(given.data[k])));
			before = above;
		}
	}
	return row[given.len];
}

static struct str id_of(int rule)
{
	return str_of(rule_info((enum rule)rule)->id);
}

static size_t find_longer(struct str given, struct str *out)
{
	size_t n = 0;

	for (int i = 0; i < RULES && n < MOST_NAMED; i++)
		if (has_part(id_of(i), given))
			out[n++] = id_of(i);
	return n;
}

/* Those with the fewest mistakes, if these are few. */
static size_t find_misspelt(struct str given, struct str *out)
{
	size_t n = 0, best = given.len / 4 + 1;

	for (int i = 0; i < RULES; i++) {
		size_t far = distance(id_of(i), given);

		if (far < best)
			n = 0;
		if (far <= best && n < MOST_NAMED) {
			best = far;
			out[n++] = id_of(i);
		}
	}
	return n;
}

enum err_code rule_unknown(const char *given, struct err *err)
{
	struct str name = str_of(given), near[MOST_NAMED];
	struct buf out = buf_make(err->arena, 256);
	size_t n = 0;

	if (name.len > 0 && name.len <= LONGEST)
		n = find_longer(name, near);
	if (n == 0 && name.len <= LONGEST)
		n = find_misspelt(name, near);
	buf_printf(&out, "there is no rule %s; ", given);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%.*s", i == 0 ? "near are " : ", ", STR_ARG(near[i]));
	buf_add(&out, n > 0 ? STR("; tenon explain lists them all") : STR("tenon explain lists them"));
	return err_text(err, ERR_CONFIG_FILE, buf_str(&out));
}
