/* Defaults of everything that is bounded; base/limits.def says why and what happens beyond. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum limit_default {
#define L(name, value, unit, beyond) LIMIT_##name = value,
#include "base/limits.def"
#undef L
};

#endif
