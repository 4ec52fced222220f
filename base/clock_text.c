/* Points in time as text (RFC 3339). */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

enum { SECOND_MS = 1000, DAY_S = 86400, LAST_MS_DIGITS = 3 };

static const int64_t LEAST_MS = -62167219200000; /* the year 0 */
static const int64_t MOST_MS = 253402300799999;  /* the end of the year 9999 */

void clock_format(int64_t ms, char out[CLOCK_TEXT])
{
	int64_t shown = ms < LEAST_MS ? LEAST_MS : ms > MOST_MS ? MOST_MS : ms;
	int64_t rest = (shown % SECOND_MS + SECOND_MS) % SECOND_MS;
	time_t second = (time_t)((shown - rest) / SECOND_MS);
	char text[64];
	struct tm tm;

	gmtime_r(&second, &tm);
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)rest);
	memcpy(out, text, CLOCK_TEXT - 1);
	out[CLOCK_TEXT - 1] = '\0';
}

/* ---- reading ---- */

/* What is left to read. */
struct scan {
	struct str text;
	bool bad;
};

static int take_number(struct scan *scan, size_t digits)
{
	int value = 0;

	for (size_t i = 0; i < digits; i++) {
		char c = i < scan->text.len ? scan->text.data[i] : ' ';

		if (c < '0' || c > '9')
			scan->bad = true;
		value = value * 10 + (c - '0');
	}
	scan->text = str_sub(scan->text, digits, scan->text.len);
	return scan->bad ? 0 : value;
}

static bool take_char(struct scan *scan, const char *any)
{
	if (scan->text.len == 0 || !strchr(any, scan->text.data[0]))
		return false;
	scan->text = str_sub(scan->text, 1, scan->text.len);
	return true;
}

static int take_after(struct scan *scan, const char *mark, size_t digits)
{
	if (!take_char(scan, mark))
		scan->bad = true;
	return take_number(scan, digits);
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01 in the Gregorian calendar; years begin in March here, so that the leap day is their last. */
static int64_t days_since_1970(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int64_t take_date(struct scan *scan)
{
	int year = take_number(scan, 4);
	int month = take_after(scan, "-", 2);
	int day = take_after(scan, "-", 2);

	if (scan->bad || year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
		scan->bad = true;
		return 0;
	}
	return days_since_1970(year, month, day) * DAY_S * SECOND_MS;
}

static int64_t take_fraction(struct scan *scan)
{
	int64_t ms = 0;
	int n = 0;

	if (!take_char(scan, "."))
		return 0;
	for (; scan->text.len > 0 && scan->text.data[0] >= '0' && scan->text.data[0] <= '9'; n++) {
		int digit = take_number(scan, 1);

		if (n < LAST_MS_DIGITS)
			ms = ms * 10 + digit;
	}
	if (n == 0)
		scan->bad = true;
	for (; n < LAST_MS_DIGITS; n++)
		ms *= 10;
	return ms;
}

/* The offset from UTC, in milliseconds. */
static int64_t take_offset(struct scan *scan)
{
	bool west = scan->text.len > 0 && scan->text.data[0] == '-';
	int hours, minutes;

	if (take_char(scan, "Zz"))
		return 0;
	hours = take_after(scan, "+-", 2);
	minutes = take_after(scan, ":", 2);
	if (hours > 23 || minutes > 59)
		scan->bad = true;
	return (west ? -1 : 1) * (int64_t)(hours * 60 + minutes) * 60 * SECOND_MS;
}

static int64_t take_time(struct scan *scan)
{
	int hour = take_after(scan, "Tt ", 2);
	int minute = take_after(scan, ":", 2);
	int second = take_after(scan, ":", 2);
	int64_t ms = take_fraction(scan);

	if (hour > 23 || minute > 59 || second > 60)
		scan->bad = true;
	return (int64_t)(hour * 3600 + minute * 60 + second) * SECOND_MS + ms - take_offset(scan);
}

bool clock_parse(struct str text, int64_t *out)
{
	struct scan scan = { .text = text };
	int64_t ms;

	if (str_index(text, '-') <= 0)
		return str_to_i64(text, out);
	ms = take_date(&scan);
	if (scan.text.len > 0)
		ms += take_time(&scan);
	if (scan.bad || scan.text.len > 0)
		return false;
	*out = ms;
	return true;
}
