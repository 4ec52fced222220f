/*
 * The files of google/protobuf/ without comments and options, from Protocol Buffers:
 * Copyright 2008 Google Inc.  All rights reserved.
 *
 * Redistribution and use in source and binary forms, with or without modification, are permitted
 * provided that the following conditions are met: redistributions of source code must retain the above
 * copyright notice, this list of conditions and the following disclaimer; redistributions in binary form
 * must reproduce the above copyright notice, this list of conditions and the following disclaimer in the
 * documentation and/or other materials provided with the distribution; neither the name of Google Inc.
 * nor the names of its contributors may be used to endorse or promote products derived from this software
 * without specific prior written permission.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED
 * WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
 * PARTICULAR PURPOSE ARE DISCLAIMED.  IN NO EVENT SHALL THE COPYRIGHT OWNER OR CONTRIBUTORS BE LIABLE FOR
 * ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT
 * LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
 * INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR
 * TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF
 * ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
#include "compat/protobuf/pbuf_int.h"

#include "compat/protobuf/known_descriptor.h"

static const char any_text[] =
	"syntax = \"proto3\"; package google.protobuf; message Any { string type_url = 1; bytes "
	"value = 2; } ";

static const char api_text[] =
	"syntax = \"proto3\"; package google.protobuf; import "
	"\"google/protobuf/source_context.proto\"; import \"google/protobuf/type.proto\"; message Api "
	"{ string name = 1; repeated Method methods = 2; repeated Option options = 3; string "
	"version = 4; SourceContext source_context = 5; repeated Mixin mixins = 6; Syntax syntax "
	"= 7; } message Method { string name = 1; string request_type_url = 2; bool "
	"request_streaming = 3; string response_type_url = 4; bool response_streaming = 5; "
	"repeated Option options = 6; Syntax syntax = 7; } message Mixin { string name = 1; "
	"string root = 2; } ";

static const char duration_text[] =
	"syntax = \"proto3\"; package google.protobuf; message Duration { int64 seconds = 1; int32 "
	"nanos = 2; } ";

static const char empty_text[] =
	"syntax = \"proto3\"; package google.protobuf; message Empty {} ";

static const char field_mask_text[] =
	"syntax = \"proto3\"; package google.protobuf; message FieldMask { repeated string paths = "
	"1; } ";

static const char source_context_text[] =
	"syntax = \"proto3\"; package google.protobuf; message SourceContext { string file_name = "
	"1; } ";

static const char struct_text[] =
	"syntax = \"proto3\"; package google.protobuf; message Struct { map<string, Value> fields = "
	"1; } message Value { oneof kind { NullValue null_value = 1; double number_value = 2; "
	"string string_value = 3; bool bool_value = 4; Struct struct_value = 5; ListValue "
	"list_value = 6; } } message ListValue { repeated Value values = 1; } enum NullValue { "
	"NULL_VALUE = 0; } ";

static const char timestamp_text[] =
	"syntax = \"proto3\"; package google.protobuf; message Timestamp { int64 seconds = 1; int32 "
	"nanos = 2; } ";

static const char type_text[] =
	"syntax = \"proto3\"; package google.protobuf; import \"google/protobuf/any.proto\"; import "
	"\"google/protobuf/source_context.proto\"; message Type { string name = 1; repeated Field "
	"fields = 2; repeated string oneofs = 3; repeated Option options = 4; SourceContext "
	"source_context = 5; Syntax syntax = 6; } message Field { Kind kind = 1; Cardinality "
	"cardinality = 2; int32 number = 3; string name = 4; string type_url = 6; int32 "
	"oneof_index = 7; bool packed = 8; repeated Option options = 9; string json_name = 10; "
	"string default_value = 11; enum Kind { TYPE_UNKNOWN = 0; TYPE_DOUBLE = 1; TYPE_FLOAT = "
	"2; TYPE_INT64 = 3; TYPE_UINT64 = 4; TYPE_INT32 = 5; TYPE_FIXED64 = 6; TYPE_FIXED32 = 7; "
	"TYPE_BOOL = 8; TYPE_STRING = 9; TYPE_GROUP = 10; TYPE_MESSAGE = 11; TYPE_BYTES = 12; "
	"TYPE_UINT32 = 13; TYPE_ENUM = 14; TYPE_SFIXED32 = 15; TYPE_SFIXED64 = 16; TYPE_SINT32 = "
	"17; TYPE_SINT64 = 18; } enum Cardinality { CARDINALITY_UNKNOWN = 0; CARDINALITY_OPTIONAL "
	"= 1; CARDINALITY_REQUIRED = 2; CARDINALITY_REPEATED = 3; } } message Enum { string name "
	"= 1; repeated EnumValue enumvalue = 2; repeated Option options = 3; SourceContext "
	"source_context = 4; Syntax syntax = 5; } message EnumValue { string name = 1; int32 "
	"number = 2; repeated Option options = 3; } message Option { string name = 1; Any value = "
	"2; } enum Syntax { SYNTAX_PROTO2 = 0; SYNTAX_PROTO3 = 1; } ";

static const char wrappers_text[] =
	"syntax = \"proto3\"; package google.protobuf; message DoubleValue { double value = 1; } "
	"message FloatValue { float value = 1; } message Int64Value { int64 value = 1; } message "
	"UInt64Value { uint64 value = 1; } message Int32Value { int32 value = 1; } message "
	"UInt32Value { uint32 value = 1; } message BoolValue { bool value = 1; } message "
	"StringValue { string value = 1; } message BytesValue { bytes value = 1; } ";

const struct pbuf_known pbuf_known_google[] = {
	{ { "google/protobuf/descriptor.proto", 32 }, { "google.protobuf", 15 },
		" FileDescriptorSet FileDescriptorProto DescriptorProto ExtensionRangeOptions"
		" FieldDescriptorProto OneofDescriptorProto EnumDescriptorProto"
		" EnumValueDescriptorProto ServiceDescriptorProto MethodDescriptorProto"
		" FileOptions MessageOptions FieldOptions OneofOptions EnumOptions"
		" EnumValueOptions ServiceOptions MethodOptions UninterpretedOption FeatureSet"
		" FeatureSetDefaults SourceCodeInfo GeneratedCodeInfo Edition SymbolVisibility ",
		pbuf_known_descriptor },
	{ { "google/protobuf/any.proto", 25 }, { "google.protobuf", 15 },
		" Any ",
		any_text },
	{ { "google/protobuf/api.proto", 25 }, { "google.protobuf", 15 },
		" Api Method Mixin ",
		api_text },
	{ { "google/protobuf/duration.proto", 30 }, { "google.protobuf", 15 },
		" Duration ",
		duration_text },
	{ { "google/protobuf/empty.proto", 27 }, { "google.protobuf", 15 },
		" Empty ",
		empty_text },
	{ { "google/protobuf/field_mask.proto", 32 }, { "google.protobuf", 15 },
		" FieldMask ",
		field_mask_text },
	{ { "google/protobuf/source_context.proto", 36 }, { "google.protobuf", 15 },
		" SourceContext ",
		source_context_text },
	{ { "google/protobuf/struct.proto", 28 }, { "google.protobuf", 15 },
		" Struct Value NullValue ListValue ",
		struct_text },
	{ { "google/protobuf/timestamp.proto", 31 }, { "google.protobuf", 15 },
		" Timestamp ",
		timestamp_text },
	{ { "google/protobuf/type.proto", 26 }, { "google.protobuf", 15 },
		" Type Field Enum EnumValue Option Syntax ",
		type_text },
	{ { "google/protobuf/wrappers.proto", 30 }, { "google.protobuf", 15 },
		" DoubleValue FloatValue Int64Value UInt64Value Int32Value UInt32Value BoolValue"
		" StringValue BytesValue ",
		wrappers_text },
	{ { NULL, 0 }, { NULL, 0 }, NULL, NULL },
};
