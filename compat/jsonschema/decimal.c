/* JSON numbers by value and of any size, without rounding: order, wholeness, divisibility. */
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/memory.h"
#include "compat/jsonschema/parse_int.h"

/* Digits beyond this take part as doubles only: Jackson stops at as many. */
enum { MOST_DIGITS = 1000, MOST_SCALED_DIGITS = 16 };

/* 0.d1d2d3… times 10 to the `point`; d1 is not 0, nor is the last digit.  Zero has no digits. */
struct decimal {
	const char *from;               /* first significant digit; a point may stand between the digits */
	size_t n_digits;
	int64_t point;
	bool negative;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number behind the 'e', held at ten digits: nothing that is spelled out comes near. */
static int64_t read_exponent(struct str text)
{
	bool negative = text.len > 0 && text.data[0] == '-';
	int64_t value = 0;

	for (size_t i = 0; i < text.len; i++)
		if (is_digit(text.data[i]) && value < 1000000000)
			value = 10 * value + (text.data[i] - '0');
	return negative ? -value : value;
}

static struct decimal read(struct str spelled)
{
	struct decimal d = { .negative = spelled.len > 0 && spelled.data[0] == '-' };
	const char *last = NULL;
	size_t n_digits = 0;
	int64_t before = 0;
	bool fraction = false;

	for (size_t i = d.negative; i < spelled.len; i++) {
		char c = spelled.data[i];

		if (c == 'e' || c == 'E') {
			before += read_exponent(str_sub(spelled, i + 1, spelled.len));
			break;
		}
		if (c == '.') {
			fraction = true;
			continue;
		}
		if (d.from == NULL && c == '0') {
			before -= fraction;
			continue;
		}
		d.from = d.from ? d.from : &spelled.data[i];
		n_digits++;
		before += !fraction;
		if (c != '0') {
			last = &spelled.data[i];
			d.n_digits = n_digits;
		}
	}
	if (last == NULL)
		return (struct decimal){ .from = spelled.data };
	d.point = before;
	return d;
}

static int compare_magnitudes(const struct decimal *a, const struct decimal *b)
{
	const char *x = a->from, *y = b->from;
	size_t n = a->n_digits < b->n_digits ? a->n_digits : b->n_digits;

	if (a->n_digits == 0 || b->n_digits == 0)
		return (a->n_digits > 0) - (b->n_digits > 0);
	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	for (size_t i = 0; i < n; i++, x++, y++) {
		x += *x == '.';
		y += *y == '.';
		if (*x != *y)
			return *x < *y ? -1 : 1;
	}
	return (a->n_digits > n) - (b->n_digits > n);
}

int jsch_decimal_compare(struct str a, struct str b)
{
	struct decimal x = read(a), y = read(b);

	if (x.negative != y.negative)
		return x.negative ? -1 : 1;
	return x.negative ? -compare_magnitudes(&x, &y) : compare_magnitudes(&x, &y);
}

uint64_t jsch_decimal_hash(struct str number)
{
	struct decimal d = read(number);
	uint64_t hash = d.negative ^ (uint64_t)d.point << 1;
	const char *p = d.from;

	for (size_t i = 0; i < d.n_digits; i++, p++) {
		p += *p == '.';
		hash = hash * 0x9FB21C651E98DF25u + (uint64_t)*p;
	}
	return hash_bytes(&hash, sizeof(hash));
}

bool jsch_decimal_is_zero(struct str number)
{
	return read(number).n_digits == 0;
}

bool jsch_decimal_is_integer(struct str number)
{
	struct decimal d = read(number);

	return d.n_digits == 0 || d.point >= (int64_t)d.n_digits;
}

bool jsch_decimal_to_i64(struct str number, int64_t *out)
{
	struct decimal d = read(number);
	const char *p = d.from;
	int64_t value = 0;

	if (!jsch_decimal_is_integer(number))
		return false;
	for (int64_t i = 0; i < d.point && value < INT64_MAX; i++) {
		int digit = 0;

		if (i < (int64_t)d.n_digits) {
			p += *p == '.';
			digit = *p++ - '0';
		}
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value))
			value = INT64_MAX;
	}
	*out = d.negative ? -value : value;
	return true;
}

int64_t jsch_decimal_places(struct str number)
{
	struct decimal d = read(number);
	int64_t places = (int64_t)d.n_digits - d.point;

	return d.n_digits > 0 && places > 0 ? places : 0;
}

bool jsch_decimal_to_scaled(struct str number, int64_t places, int64_t *out)
{
	struct decimal d = read(number);
	int64_t n = d.point + places, value = 0;
	const char *p = d.from;

	if (d.n_digits > 0 && (n < (int64_t)d.n_digits || n > MOST_SCALED_DIGITS))
		return false;
	for (int64_t i = 0; i < n && d.n_digits > 0; i++) {
		int digit = 0;

		if (i < (int64_t)d.n_digits) {
			p += *p == '.';
			digit = *p++ - '0';
		}
		value = 10 * value + digit;
	}
	*out = d.negative ? -value : value;
	return true;
}

double jsch_decimal_to_double(struct str number)
{
	char small[64], *text = number.len < sizeof(small) ? small : memory_resize(NULL, number.len + 1);
	double value;

	memcpy(text, number.data, number.len);
	text[number.len] = '\0';
	value = strtod(text, NULL);
	if (text != small)
		memory_free(text);
	return value;
}

/* ---- whole numbers of up to twice MOST_DIGITS digits, in limbs of nine, lowest first ---- */

enum { LIMB = 1000000000, LIMBS = 2 * MOST_DIGITS / 9 + 2 };

struct whole {
	uint32_t limbs[LIMBS];
	size_t n;
};

/* The digits of `d`, with `zeros` more behind them. */
static void take_digits(const struct decimal *d, size_t zeros, struct whole *out)
{
	const char *p = d->from;
	size_t n = d->n_digits + zeros;

	out->n = (n + 8) / 9;
	memset(out->limbs, 0, out->n * sizeof(out->limbs[0]));
	for (size_t i = 0; i < d->n_digits; i++, p++) {
		size_t place = n - 1 - i, power = place % 9;
		uint32_t digit;

		p += *p == '.';
		digit = (uint32_t)(*p - '0');
		while (power-- > 0)
			digit *= 10;
		out->limbs[place / 9] += digit;
	}
}

static bool is_below(const struct whole *a, const struct whole *b)
{
	for (size_t i = b->n > a->n ? b->n : a->n; i > 0; i--) {
		uint32_t x = i <= a->n ? a->limbs[i - 1] : 0, y = i <= b->n ? b->limbs[i - 1] : 0;

		if (x != y)
			return x < y;
	}
	return false;
}

/* a -= b * by, where that is not negative. */
static void subtract(struct whole *a, const struct whole *b, uint64_t by)
{
	int64_t borrow = 0;

	for (size_t i = 0; i < a->n; i++) {
		uint64_t part = (i < b->n ? b->limbs[i] * by : 0) + (uint64_t)borrow;
		int64_t left = (int64_t)a->limbs[i] - (int64_t)(part % LIMB);

		borrow = (int64_t)(part / LIMB) + (left < 0);
		a->limbs[i] = (uint32_t)(left < 0 ? left + LIMB : left);
	}
}

/* rest = (rest * LIMB + limb) mod divisor: long division by guesses that are never too large. */
static void push_limb(struct whole *rest, uint32_t limb, const struct whole *divisor)
{
	size_t top = divisor->n - 1;

	memmove(&rest->limbs[1], rest->limbs, divisor->n * sizeof(rest->limbs[0]));
	rest->limbs[0] = limb;
	rest->n = divisor->n + 1;
	while (!is_below(rest, divisor)) {
		uint64_t high = (uint64_t)rest->limbs[top + 1] * LIMB + rest->limbs[top];
		uint64_t guess = high / ((uint64_t)divisor->limbs[top] + 1);

		subtract(rest, divisor, guess > 0 ? guess : 1);
	}
	rest->n = divisor->n;
}

static struct whole zero_below(const struct whole *divisor)
{
	struct whole rest;

	rest.n = divisor->n;
	memset(rest.limbs, 0, (divisor->n + 1) * sizeof(rest.limbs[0]));
	return rest;
}

static struct whole remainder_of(const struct whole *number, const struct whole *divisor)
{
	struct whole rest = zero_below(divisor);

	for (size_t i = number->n; i > 0; i--)
		push_limb(&rest, number->limbs[i - 1], divisor);
	return rest;
}

/* rest = rest * by mod divisor, limb by limb from the top. */
static void multiply(struct whole *rest, const struct whole *by, const struct whole *divisor)
{
	struct whole product;

	product.n = rest->n + by->n;
	memset(product.limbs, 0, product.n * sizeof(product.limbs[0]));
	for (size_t i = 0; i < rest->n; i++) {
		uint64_t carry = 0;

		for (size_t k = 0; k < by->n; k++) {
			uint64_t sum = (uint64_t)rest->limbs[i] * by->limbs[k] + product.limbs[i + k] + carry;

			product.limbs[i + k] = (uint32_t)(sum % LIMB);
			carry = sum / LIMB;
		}
		product.limbs[i + by->n] += (uint32_t)carry;
	}
	*rest = remainder_of(&product, divisor);
}

static bool is_nothing(const struct whole *number)
{
	for (size_t i = 0; i < number->n; i++)
		if (number->limbs[i] != 0)
			return false;
	return true;
}

/* number * 10^zeros is divisible: the power by squaring, all modulo the divisor. */
static bool divides_shifted(const struct decimal *divisor, const struct decimal *number, uint64_t zeros)
{
	const struct decimal ten = { .from = "10", .n_digits = 2 };
	struct whole by, rest, power, same;

	take_digits(divisor, 0, &by);
	take_digits(number, 0, &power);
	rest = remainder_of(&power, &by);
	take_digits(&ten, 0, &power);
	power = remainder_of(&power, &by);
	for (; zeros > 0 && !is_nothing(&rest); zeros >>= 1) {
		if (zeros & 1)
			multiply(&rest, &power, &by);
		same = power;
		multiply(&power, &same, &by);
	}
	return is_nothing(&rest);
}

bool jsch_decimal_divides(struct str divisor, struct str number)
{
	struct decimal by = read(divisor), d = read(number);
	int64_t shift = (d.point - (int64_t)d.n_digits) - (by.point - (int64_t)by.n_digits);
	struct whole whole, longer, rest;

	if (d.n_digits == 0)
		return true;
	if (by.n_digits > MOST_DIGITS || d.n_digits > MOST_DIGITS)
		return fmod(jsch_decimal_to_double(number), jsch_decimal_to_double(divisor)) == 0;
	if (shift >= 0)
		return divides_shifted(&by, &d, (uint64_t)shift);
	if ((uint64_t)-shift > d.n_digits)
		return false;
	take_digits(&d, 0, &whole);
	take_digits(&by, (size_t)-shift, &longer);
	rest = remainder_of(&whole, &longer);
	return is_nothing(&rest);
}

/* ---- Java's BigDecimal.toString ---- */

/* The digits without point and leading zeros, the scale and the sign, as BigDecimal has them. */
struct spelled {
	char *digits;
	size_t n;
	int64_t scale;
	bool negative;
};

static struct spelled spell(struct arena *arena, struct str text)
{
	struct spelled s = { .digits = arena_alloc_text(arena, text.len + 1), .negative = text.data[0] == '-' };
	bool fraction = false;

	for (size_t i = s.negative; i < text.len; i++) {
		char c = text.data[i];

		if (c == 'e' || c == 'E') {
			s.scale -= read_exponent(str_sub(text, i + 1, text.len));
			break;
		}
		if (c == '.') {
			fraction = true;
			continue;
		}
		s.scale += fraction;
		if (s.n == 1 && s.digits[0] == '0')
			s.n = 0;
		s.digits[s.n++] = c;
	}
	if (s.n == 1 && s.digits[0] == '0')
		s.negative = false;
	return s;
}

bool jsch_number_fits(struct str spelled)
{
	ptrdiff_t e = str_index(spelled, 'e');
	int64_t exponent;

	if (e < 0)
		e = str_index(spelled, 'E');
	if (e < 0)
		return spelled.len <= MOST_DIGITS;
	exponent = read_exponent(str_sub(spelled, (size_t)e + 1, spelled.len));
	return spelled.len <= MOST_DIGITS && exponent < 1000000000 && exponent > -1000000000;
}

static bool is_plain(struct str spelled)
{
	for (size_t i = 0; i < spelled.len; i++)
		if (!is_digit(spelled.data[i]))
			return false;
	return true;
}

void jsch_number_print(struct buf *b, struct str spelled)
{
	struct spelled s;
	int64_t exponent;

	if (spelled.data[0] != '-' && is_plain(spelled)) {
		buf_add(b, spelled);
		return;
	}
	s = spell(b->arena, spelled);
	exponent = -s.scale + (int64_t)s.n - 1;
	if (s.negative)
		buf_add_c(b, '-');
	if (s.scale >= 0 && exponent >= -6) {
		int64_t before = (int64_t)s.n - s.scale;

		if (before <= 0)
			buf_lit(b, "0");
		else
			buf_add(b, str_make(s.digits, (size_t)before));
		if (s.scale > 0)
			buf_add_c(b, '.');
		for (int64_t i = before; i < 0; i++)
			buf_add_c(b, '0');
		buf_add(b, str_make(s.digits + (before > 0 ? before : 0), s.n - (size_t)(before > 0 ? before : 0)));
		return;
	}
	buf_add_c(b, s.digits[0]);
	if (s.n > 1) {
		buf_add_c(b, '.');
		buf_add(b, str_make(s.digits + 1, s.n - 1));
	}
	buf_add_c(b, 'E');
	if (exponent > 0)
		buf_add_c(b, '+');
	buf_add_i64(b, exponent);
}
