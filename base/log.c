/* Log lines: formatted straight into a buffer of the calling thread, written together by whoever fills it or by a flusher. */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/scan_int.h"

enum {
	FLUSH_MS = 200,
	FLUSH_BYTES = 32 * 1024,
	LONGEST_VALUE = 4096,            /* bytes of one value that are shown */
	LONGEST_NAME = 64,
	LONGEST_ESCAPE = 6,              /* \u001B */
	MOST_FIELDS = 24,
	HEAD_ROOM = 512,                 /* time, level, event */
	TIME_LEN = 24,                   /* 2026-01-31T23:59:59.123Z */
};

/* One thread's unwritten lines; outlives the thread by nothing: its key's destructor writes and frees it. */
struct buffer {
	pthread_mutex_t lock;
	struct buffer *next;
	char *data;
	size_t len;
	size_t room;
	int64_t second;                  /* what `time` shows */
	char time[TIME_LEN + 1];
};

static struct {
	pthread_mutex_t lock;            /* of the list of buffers; taken before a buffer's own */
	pthread_mutex_t output;          /* one write at a time, so that lines stay whole */
	struct buffer *buffers;
	pthread_once_t once;
	pthread_key_t key;
	pthread_t flusher;
	pthread_cond_t stop;
	bool running;
	_Atomic int fd;
	_Atomic int least;
	_Atomic int format;
} sink = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.output = PTHREAD_MUTEX_INITIALIZER,
	.once = PTHREAD_ONCE_INIT,
	.stop = PTHREAD_COND_INITIALIZER,
	.fd = STDERR_FILENO,
	.least = LOG_INFO,
	.format = LOG_TEXT,
};

static _Thread_local struct buffer *mine;

static const struct str level_names[] = {
	[LOG_DEBUG] = STR("debug"),
	[LOG_INFO] = STR("info"),
	[LOG_WARN] = STR("warn"),
	[LOG_ERROR] = STR("error"),
};

/* Nothing can be done about a log that cannot be written: its lines are dropped. */
static void write_out(struct buffer *b)
{
	size_t done = 0;
	int fd = atomic_load_explicit(&sink.fd, memory_order_relaxed);

	pthread_mutex_lock(&sink.output);
	while (done < b->len) {
		ssize_t n = write(fd, b->data + done, b->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	pthread_mutex_unlock(&sink.output);
	b->len = 0;
}

static void leave(void *arg)
{
	struct buffer *b = arg;

	pthread_mutex_lock(&sink.lock);
	for (struct buffer **at = &sink.buffers; *at; at = &(*at)->next)
		if (*at == b) {
			*at = b->next;
			break;
		}
	pthread_mutex_unlock(&sink.lock);
	write_out(b);
	pthread_mutex_destroy(&b->lock);
	free(b->data);
	free(b);
	mine = NULL;
}

static void make_key(void)
{
	pthread_key_create(&sink.key, leave);
}

static struct buffer *join(void)
{
	struct buffer *b = calloc(1, sizeof(*b));

	pthread_once(&sink.once, make_key);
	if (b == NULL)
		return NULL;
	pthread_mutex_init(&b->lock, NULL);
	b->second = INT64_MIN;
	pthread_mutex_lock(&sink.lock);
	b->next = sink.buffers;
	sink.buffers = b;
	pthread_mutex_unlock(&sink.lock);
	pthread_setspecific(sink.key, b);
	mine = b;
	return b;
}

/* ---- formatting: callers have reserved the room ---- */

static inline void put(struct buffer *b, struct str s)
{
	memcpy(b->data + b->len, s.data, s.len);
	b->len += s.len;
}

static inline void put_c(struct buffer *b, char c)
{
	b->data[b->len++] = c;
}

static void put_u64(struct buffer *b, uint64_t value)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n > 0)
		put_c(b, digits[--n]);
}

static void put_number(struct buffer *b, int64_t value)
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	if (value < 0)
		put_c(b, '-');
	put_u64(b, size);
}

/* Microseconds as milliseconds with three decimals. */
static void put_micros(struct buffer *b, int64_t micros)
{
	uint64_t value = micros < 0 ? 0 : (uint64_t)micros;
	unsigned rest = (unsigned)(value % 1000);

	put_u64(b, value / 1000);
	put_c(b, '.');
	put_c(b, (char)('0' + rest / 100));
	put_c(b, (char)('0' + rest / 10 % 10));
	put_c(b, (char)('0' + rest % 10));
}

static void put_escape(struct buffer *b, unsigned code)
{
	static const char digits[] = "0123456789ABCDEF";

	put(b, STR("\\u"));
	for (int shift = 12; shift >= 0; shift -= 4)
		put_c(b, digits[code >> shift & 0x0F]);
}

/* Length of the well-formed UTF-8 sequence at p, 0 when there is none (RFC 3629). */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char first, last, low, high;
		size_t len;
	} forms[] = {
		{ 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
		{ 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 },
		{ 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (p[0] < forms[i].first || p[0] > forms[i].last)
			continue;
		if (left < forms[i].len || p[1] < forms[i].low || p[1] > forms[i].high)
			return 0;
		for (size_t k = 2; k < forms[i].len; k++)
			if ((p[k] & 0xC0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

/* A character beyond ASCII: what a viewer may take for a control or a line's end is escaped, broken UTF-8 replaced. */
static size_t put_wide(struct buffer *b, const unsigned char *p, size_t left)
{
	size_t len = utf8_len(p, left);

	if (len == 0) {
		put_escape(b, 0xFFFD);
		return 1;
	}
	if (p[0] == 0xC2 && p[1] < 0xA0)
		put_escape(b, p[1]);
	else if (p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9))
		put_escape(b, 0x2000u + (p[2] & 0x3Fu));
	else
		put(b, str_make((const char *)p, len));
	return len;
}

static inline bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

/* Whether the next eight bytes are all plain. */
static inline bool is_plain_run(const unsigned char *p)
{
	uint64_t word = scan_load((const char *)p);

	return (scan_json_odd(word) | scan_byte(word, 0x7F)) == 0;
}

/* Between quotes; a line can neither be ended nor forged by what a stranger sent. */
static void put_text(struct buffer *b, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.data;
	size_t left = s.len < LONGEST_VALUE ? s.len : LONGEST_VALUE;
	char *to = b->data + b->len;

	while (left > 0) {
		size_t n = 1;

		if (left >= 8 && is_plain_run(p)) {
			memcpy(to, p, 8);
			to += 8;
			n = 8;
		} else if (is_plain(*p)) {
			*to++ = (char)*p;
		} else {
			b->len = (size_t)(to - b->data);
			if (*p >= 0x80) {
				n = put_wide(b, p, left);
			} else if (*p == '"' || *p == '\\') {
				put_c(b, '\\');
				put_c(b, (char)*p);
			} else {
				put_escape(b, *p);
			}
			to = b->data + b->len;
		}
		p += n;
		left -= n;
	}
	b->len = (size_t)(to - b->data);
	if (s.len > LONGEST_VALUE)
		put(b, STR("..."));
}

static void two_digits(char *at, int value)
{
	at[0] = (char)('0' + value / 10);
	at[1] = (char)('0' + value % 10);
}

/* RFC 3339 in UTC; everything but the milliseconds is kept for the rest of the second. */
static void put_time(struct buffer *b)
{
	int64_t now = clock_wall_ms();
	int64_t second = now / 1000;
	int ms = (int)(now % 1000);

	if (second != b->second) {
		time_t at = (time_t)second;
		struct tm tm;

		gmtime_r(&at, &tm);
		memcpy(b->time, "0000-00-00T00:00:00.000Z", TIME_LEN);
		two_digits(b->time, (tm.tm_year + 1900) / 100);
		two_digits(b->time + 2, (tm.tm_year + 1900) % 100);
		two_digits(b->time + 5, tm.tm_mon + 1);
		two_digits(b->time + 8, tm.tm_mday);
		two_digits(b->time + 11, tm.tm_hour);
		two_digits(b->time + 14, tm.tm_min);
		two_digits(b->time + 17, tm.tm_sec);
		b->second = second;
	}
	b->time[20] = (char)('0' + ms / 100);
	two_digits(b->time + 21, ms % 100);
	put(b, str_make(b->time, TIME_LEN));
}

static void put_value(struct buffer *b, const struct log_field *field, bool quoted)
{
	switch (field->kind) {
	case LOG_STR:
		if (quoted)
			put_c(b, '"');
		put_text(b, field->text);
		if (quoted)
			put_c(b, '"');
		break;
	case LOG_INT:
		put_number(b, field->number);
		break;
	case LOG_MICROS:
		put_micros(b, field->number);
		break;
	}
}

static void put_json(struct buffer *b, enum log_level level, struct str event, const struct log_field *fields,
	size_t n_fields)
{
	put(b, STR("{\"time\":\""));
	put_time(b);
	put(b, STR("\",\"level\":\""));
	put(b, level_names[level]);
	put(b, STR("\",\"event\":\""));
	put_text(b, event);
	put_c(b, '"');
	for (size_t i = 0; i < n_fields; i++) {
		put(b, STR(",\""));
		put(b, str_sub(str_of(fields[i].name), 0, LONGEST_NAME));
		put(b, STR("\":"));
		put_value(b, &fields[i], true);
	}
	put(b, STR("}\n"));
}

/* A word needs no quotes. */
static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_plain((unsigned char)s.data[i]) || s.data[i] == ' ' || s.data[i] == '=')
			return false;
	return s.len > 0;
}

static void put_line(struct buffer *b, enum log_level level, struct str event, const struct log_field *fields,
	size_t n_fields)
{
	put_time(b);
	put_c(b, ' ');
	put(b, level_names[level]);
	put_c(b, ' ');
	put_text(b, event);
	for (size_t i = 0; i < n_fields; i++) {
		put_c(b, ' ');
		put(b, str_sub(str_of(fields[i].name), 0, LONGEST_NAME));
		put_c(b, '=');
		put_value(b, &fields[i], !is_word(fields[i].text));
	}
	put_c(b, '\n');
}

/* Bytes that the line may need at most. */
static size_t bound(struct str event, const struct log_field *fields, size_t n_fields)
{
	size_t text = event.len < LONGEST_VALUE ? event.len : LONGEST_VALUE;
	size_t bytes = HEAD_ROOM;

	for (size_t i = 0; i < n_fields; i++) {
		bytes += LONGEST_NAME + 32;
		if (fields[i].kind == LOG_STR)
			text += fields[i].text.len < LONGEST_VALUE ? fields[i].text.len : LONGEST_VALUE;
	}
	return bytes + text * LONGEST_ESCAPE;
}

static bool reserve(struct buffer *b, size_t more)
{
	size_t room = FLUSH_BYTES + 4096;
	char *data;

	if (b->room - b->len >= more)
		return true;
	if (room < b->len + more)
		room = b->len + more;
	data = realloc(b->data, room);
	if (data == NULL)
		return false;
	b->data = data;
	b->room = room;
	return true;
}

/* Without a flusher, or when something is wrong, a line is written at once. */
static bool is_urgent(const struct buffer *b, enum log_level level)
{
	return b->len >= FLUSH_BYTES || level >= LOG_WARN || !__atomic_load_n(&sink.running, __ATOMIC_RELAXED);
}

static void add_line(enum log_level level, struct str event, const struct log_field *fields, size_t n_fields)
{
	struct buffer *b = mine ? mine : join();
	size_t n = n_fields < MOST_FIELDS ? n_fields : MOST_FIELDS;

	if (b == NULL)
		return;
	pthread_mutex_lock(&b->lock);
	if (reserve(b, bound(event, fields, n))) {
		if (atomic_load_explicit(&sink.format, memory_order_relaxed) == LOG_JSON)
			put_json(b, level, event, fields, n);
		else
			put_line(b, level, event, fields, n);
		if (is_urgent(b, level))
			write_out(b);
	}
	pthread_mutex_unlock(&b->lock);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n_fields)
{
	if ((int)level >= atomic_load_explicit(&sink.least, memory_order_relaxed))
		add_line(level, str_of(event), fields, n_fields);
}

void log_text(enum log_level level, const char *event, const char *format, ...)
{
	char text[1024];
	va_list args;
	int len;

	if ((int)level < atomic_load_explicit(&sink.least, memory_order_relaxed))
		return;
	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(text))
		len = (int)sizeof(text) - 1;
	add_line(level, str_of(event), &LOG_FIELD_STR("message", str_make(text, (size_t)len)), 1);
}

void log_flush(void)
{
	pthread_mutex_lock(&sink.lock);
	for (struct buffer *b = sink.buffers; b; b = b->next) {
		pthread_mutex_lock(&b->lock);
		if (b->len > 0)
			write_out(b);
		pthread_mutex_unlock(&b->lock);
	}
	pthread_mutex_unlock(&sink.lock);
}

static void *flush_often(void *arg)
{
	bool running = true;

	(void)arg;
	while (running) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += FLUSH_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_mutex_lock(&sink.lock);
		if (sink.running)
			pthread_cond_timedwait(&sink.stop, &sink.lock, &until);
		running = sink.running;
		pthread_mutex_unlock(&sink.lock);
		log_flush();
	}
	return NULL;
}

void log_init(enum log_level least, enum log_format format, int fd)
{
	log_fini();
	atomic_store(&sink.least, (int)least);
	atomic_store(&sink.format, (int)format);
	atomic_store(&sink.fd, fd);
	pthread_mutex_lock(&sink.lock);
	__atomic_store_n(&sink.running, pthread_create(&sink.flusher, NULL, flush_often, NULL) == 0,
		__ATOMIC_RELAXED);
	pthread_mutex_unlock(&sink.lock);
}

void log_fini(void)
{
	bool was;

	pthread_mutex_lock(&sink.lock);
	was = sink.running;
	__atomic_store_n(&sink.running, false, __ATOMIC_RELAXED);
	pthread_cond_signal(&sink.stop);
	pthread_mutex_unlock(&sink.lock);
	if (was)
		pthread_join(sink.flusher, NULL);
	log_flush();
}
