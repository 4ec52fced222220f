/*
 * Structured log lines on standard error, JSON or text, one event a line.  Lines are gathered per
 * thread and written together, at the latest after a fifth of a second; log_flush writes what is
 * left.  Only server/ and client/cli/ log: below them errors are returned.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

enum log_field_kind { LOG_STR, LOG_INT, LOG_MICROS };

struct log_field {
	const char *name;
	enum log_field_kind kind;
	struct str text;
	int64_t number;       /* LOG_MICROS is printed in milliseconds with three decimals */
};

#define LOG_FIELD_STR(key, value) ((struct log_field){ .name = (key), .kind = LOG_STR, .text = (value) })
#define LOG_FIELD_INT(key, value) ((struct log_field){ .name = (key), .kind = LOG_INT, .number = (int64_t)(value) })
#define LOG_FIELD_MICROS(key, value) ((struct log_field){ .name = (key), .kind = LOG_MICROS, .number = (int64_t)(value) })

/* Call once before threads start; fd 2 unless a test says otherwise. */
void log_init(enum log_level least, enum log_format format, int fd);

/* `event` is a short fixed phrase ("request", "listening"); fields carry what varies. */
void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n_fields);

/* For a line with just a message. */
void log_text(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Writes what the threads have gathered; starts and stops the background flusher. */
void log_flush(void);
void log_fini(void);

#endif
