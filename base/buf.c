/* Text that grows in an arena: in place while it is the newest piece, by doubling otherwise. */
#include "base/str.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/arena_int.h"
#include "base/memory.h"

enum { SMALLEST = 64 };

struct buf buf_make(struct arena *arena, size_t room)
{
	return (struct buf){
		.arena = arena,
		.data = room > 0 ? arena_alloc_text(arena, room) : NULL,
		.room = room,
	};
}

static void grow(struct buf *b, size_t more)
{
	size_t need, room = b->room < SMALLEST / 2 ? SMALLEST : b->room * 2;
	char *data;

	if (__builtin_add_overflow(b->len, more, &need) || need > SIZE_MAX / 4)
		memory_out(more);
	if (room < need)
		room = need;
	if (!arena_extend(b->arena, b->data, b->room, room)) {
		data = arena_alloc_text(b->arena, room);
		if (b->len > 0)
			memcpy(data, b->data, b->len);
		b->data = data;
	}
	b->room = room;
}

void buf_reserve(struct buf *b, size_t more)
{
	if (b->room - b->len < more)
		grow(b, more);
}

void buf_add(struct buf *b, struct str s)
{
	if (s.len == 0)
		return;
	buf_reserve(b, s.len);
	memcpy(b->data + b->len, s.data, s.len);
	b->len += s.len;
}

void buf_add_c(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->data[b->len++] = c;
}

void buf_add_i64(struct buf *b, int64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		digits[--at] = '-';
	buf_add(b, str_make(digits + at, sizeof(digits) - at));
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	int len;

	buf_reserve(b, SMALLEST);
	va_copy(again, args);
	len = vsnprintf(b->data + b->len, b->room - b->len, format, args);
	if (len < 0) /* longer than INT_MAX */
		memory_out(SIZE_MAX);
	if ((size_t)len >= b->room - b->len) {
		buf_reserve(b, (size_t)len + 1);
		vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
	}
	va_end(again);
	b->len += (size_t)len;
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

struct str buf_str(struct buf *b)
{
	buf_reserve(b, 1);
	b->data[b->len] = '\0';
	return str_make(b->data, b->len);
}
