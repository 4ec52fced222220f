/*
 * Letters and digits as Java's Character.isLetter and isDigit have them for one UTF-16 unit: what names of
 * the reference may be made of.  Nothing beyond the first plane is one.
 */
#ifndef BASE_LETTERS_H
#define BASE_LETTERS_H

#include "base/str.h"

bool letters_is_letter(uint32_t code);
bool letters_is_digit(uint32_t code);

/* The character at *at of text that is known to be well-formed; *at is then the place behind it. */
uint32_t letters_next(struct str text, size_t *at);

/* Appends the code point as UTF-8. */
void letters_put(struct buf *b, uint32_t code);

#endif
