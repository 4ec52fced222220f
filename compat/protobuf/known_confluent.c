/* The files of confluent/: what clients of the registry mark schemas with, and its own logical types. */
#include "compat/protobuf/pbuf_int.h"

static const char meta_text[] =
	"syntax = \"proto3\"; package confluent; import \"google/protobuf/descriptor.proto\"; message "
	"Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; } "
	"extend google.protobuf.FileOptions { Meta file_meta = 1088; } extend "
	"google.protobuf.MessageOptions { Meta message_meta = 1088; } extend "
	"google.protobuf.FieldOptions { Meta field_meta = 1088; } extend "
	"google.protobuf.EnumOptions { Meta enum_meta = 1088; } extend "
	"google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; } ";

static const char decimal_text[] =
	"syntax = \"proto3\"; package confluent.type; message Decimal { bytes value = 1; uint32 "
	"precision = 2; int32 scale = 3; } ";

static const char variant_text[] =
	"syntax = \"proto3\"; package confluent.type; message Variant { bytes metadata = 1; bytes "
	"value = 2; } ";

const struct pbuf_known pbuf_known_confluent[] = {
	{ { "confluent/meta.proto", 20 }, { "confluent", 9 },
		" Meta file_meta message_meta field_meta enum_meta enum_value_meta ",
		meta_text },
	{ { "confluent/type/decimal.proto", 28 }, { "confluent.type", 14 },
		" Decimal ",
		decimal_text },
	{ { "confluent/type/variant.proto", 28 }, { "confluent.type", 14 },
		" Variant ",
		variant_text },
	{ { NULL, 0 }, { NULL, 0 }, NULL, NULL },
};
