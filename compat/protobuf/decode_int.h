/* What decoding and encoding share: wire types, and which type has which. */
#ifndef COMPAT_PROTOBUF_DECODE_INT_H
#define COMPAT_PROTOBUF_DECODE_INT_H

#include "compat/protobuf/decode.h"
#include "compat/protobuf/pbuf_int.h"

enum pbuf_wire { WIRE_VARINT, WIRE_FIXED64, WIRE_BYTES, WIRE_GROUP, WIRE_GROUP_END, WIRE_FIXED32 };

unsigned pbuf_wire_of(const struct pbuf_use *use);
bool pbuf_is_number(const struct pbuf_use *use); /* an enum included: what can be packed */
/* Nothing, empty or zero; minus zero is not. */
bool pbuf_is_zero(const struct pbuf_datum *value);

#endif
