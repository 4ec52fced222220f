/* Numbers as the reference keeps them: integers with all their digits, all else as Java prints a double. */
#include "compat/avro/avro_int.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum { DIGITS = 17 }; /* that always tell a double from its neighbours */

bool avsc_number_is_integer(struct str token)
{
	for (size_t i = 0; i < token.len; i++)
		if ((token.data[i] < '0' || token.data[i] > '9') && token.data[i] != '-')
			return false;
	return token.len > 0;
}

bool avsc_number_fits(struct str token, unsigned bits)
{
	int64_t wide;
	int32_t narrow;

	if (!avsc_number_is_integer(token))
		return false;
	return bits == 32 ? str_to_i32(token, &narrow) : str_to_i64(token, &wide);
}

/* Numbers longer than this are cut: digits this far behind decide nothing but an exact tie. */
double avsc_number_value(struct str token)
{
	char text[1100];
	char *big;
	double value;

	if (token.len < sizeof(text)) {
		memcpy(text, token.data, token.len);
		text[token.len] = '\0';
		return strtod(text, NULL);
	}
	big = memory_resize(NULL, token.len + 1);
	memcpy(big, token.data, token.len);
	big[token.len] = '\0';
	value = strtod(big, NULL);
	memory_free(big);
	return value;
}

/* Decimal digits d of a finite number other than 0: d[0].d[1]d[2]… times ten to the `exponent`. */
struct decimal {
	char d[DIGITS + 1];
	int n;
	int exponent;
};

static bool reads_back(const struct decimal *x, double value, bool single)
{
	char text[DIGITS + 16];

	snprintf(text, sizeof(text), "%c.%.*se%d", x->d[0], x->n - 1, x->d + 1, x->exponent);
	return single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value;
}

/* The `n` digits nearest to `value`, which is positive. */
static void round_to(struct decimal *x, double value, int n)
{
	char text[DIGITS + 16];

	snprintf(text, sizeof(text), "%.*e", n - 1, value);
	x->n = n;
	x->d[0] = text[0];
	if (n > 1)
		memcpy(x->d + 1, text + 2, (size_t)n - 1);
	x->exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
}

/* One more in the last place. */
static void step_up(struct decimal *x)
{
	int i = x->n - 1;

	while (i >= 0 && x->d[i] == '9')
		x->d[i--] = '0';
	if (i >= 0) {
		x->d[i]++;
		return;
	}
	x->d[0] = '1';
	x->exponent++;
}

/*
 * The fewest digits, at least two, that read back as `value`, and of those the nearest.  At a power
 * of two the gap above is twice the one below, so that the nearest may fail and the next one up not.
 */
static void shortest(struct decimal *x, double value, bool single)
{
	int most = single ? 9 : DIGITS, first = single ? 6 : 15;
	bool subnormal = single ? value < 0x1p-126 : value < 0x1p-1022;

	for (int n = subnormal ? 2 : first; n <= most; n++) {
		round_to(x, value, n);
		if (reads_back(x, value, single))
			break;
		step_up(x);
		if (reads_back(x, value, single))
			break;
	}
	while (x->n > 1 && x->d[x->n - 1] == '0')
		x->n--;
}

static void put_zeros(struct buf *b, int n)
{
	for (; n > 0; n--)
		buf_add_c(b, '0');
}

/* Java's layout: plain from a thousandth up to ten million, d.dE±x otherwise. */
static void put_decimal(struct buf *b, const struct decimal *x)
{
	int whole = x->exponent + 1; /* digits before the point */

	if (x->exponent < -3 || x->exponent >= 7) {
		buf_add_c(b, x->d[0]);
		buf_add_c(b, '.');
		buf_add(b, x->n > 1 ? str_make(x->d + 1, (size_t)x->n - 1) : STR("0"));
		buf_add_c(b, 'E');
		buf_add_i64(b, x->exponent);
	} else if (whole <= 0) {
		buf_lit(b, "0.");
		put_zeros(b, -whole);
		buf_add(b, str_make(x->d, (size_t)x->n));
	} else if (whole >= x->n) {
		buf_add(b, str_make(x->d, (size_t)x->n));
		put_zeros(b, whole - x->n);
		buf_lit(b, ".0");
	} else {
		buf_add(b, str_make(x->d, (size_t)whole));
		buf_add_c(b, '.');
		buf_add(b, str_make(x->d + whole, (size_t)(x->n - whole)));
	}
}

static void put_java(struct buf *b, double value, bool single)
{
	struct decimal x;

	if (isnan(value)) {
		buf_lit(b, "\"NaN\"");
	} else if (isinf(value)) {
		buf_add(b, value < 0 ? STR("\"-Infinity\"") : STR("\"Infinity\""));
	} else if (value == 0) {
		buf_add(b, signbit(value) ? STR("-0.0") : STR("0.0"));
	} else {
		if (value < 0)
			buf_add_c(b, '-');
		shortest(&x, fabs(value), single);
		put_decimal(b, &x);
	}
}

void avsc_put_double(struct buf *b, double value)
{
	put_java(b, value, false);
}

void avsc_put_float(struct buf *b, float value)
{
	put_java(b, value, true);
}

void avsc_put_number(struct buf *b, struct str token)
{
	if (!avsc_number_is_integer(token))
		avsc_put_double(b, avsc_number_value(token));
	else if (str_eq(token, STR("-0")))
		buf_add_c(b, '0');
	else
		buf_add(b, token);
}

static size_t count_digits(const char *p, bool hex)
{
	size_t n = 0;

	while ((p[n] >= '0' && p[n] <= '9') || (hex && ((p[n] | 0x20) >= 'a' && (p[n] | 0x20) <= 'f')))
		n++;
	return n;
}

/* Digits with a point and an exponent, as Java's grammar of floating point literals has it; the length or 0. */
static size_t java_number_len(const char *start)
{
	const char *p = start;
	bool hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
	char mark = hex ? 'p' : 'e';
	size_t whole, part = 0;

	p += hex ? 2 : 0;
	whole = count_digits(p, hex);
	p += whole;
	if (*p == '.') {
		part = count_digits(p + 1, hex);
		p += 1 + part;
	}
	if (whole + part == 0)
		return 0;
	if ((*p | 0x20) == mark) {
		const char *digits = p + 1 + (p[1] == '+' || p[1] == '-');
		size_t n = count_digits(digits, false);

		return n > 0 ? (size_t)(digits + n - start) : 0;
	}
	return hex ? 0 : (size_t)(p - start);
}

bool avsc_java_double(struct str text, double *out)
{
	char copy[1100];
	const char *p = copy;
	size_t len;

	text = str_trim(text);
	if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.data, '\0', text.len))
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	p += *p == '+' || *p == '-';
	if (strcmp(p, "NaN") == 0 || strcmp(p, "Infinity") == 0) {
		*out = *p == 'N' ? NAN : copy[0] == '-' ? -INFINITY : INFINITY;
		return true;
	}
	len = java_number_len(p);
	if (len == 0)
		return false;
	if (p[len] != '\0' && !(strchr("fFdD", p[len]) && p[len + 1] == '\0'))
		return false;
	*out = strtod(copy, NULL);
	return true;
}
