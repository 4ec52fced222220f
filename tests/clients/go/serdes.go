package main

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	sr "github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/avrov2"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/jsonschema"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/protobuf"
	"google.golang.org/protobuf/types/known/apipb"
	"google.golang.org/protobuf/types/known/sourcecontextpb"
)

type order struct {
	ID     string `avro:"id" json:"id"`
	Amount int32  `avro:"amount" json:"amount"`
}

type notedOrder struct {
	ID     string `avro:"id"`
	Amount int64  `avro:"amount"`
	Note   string `avro:"note"`
}

func framed(id int) string {
	return string(append([]byte{0}, binary.BigEndian.AppendUint32(nil, uint32(id))...))
}

func avroWriter(latest bool) *avrov2.Serializer {
	conf := avrov2.NewSerializerConfig()
	conf.AutoRegisterSchemas, conf.UseLatestVersion = !latest, latest
	return must(avrov2.NewSerializer(fresh(), serde.ValueSerde, conf))
}

func avroReader(latest bool) *avrov2.Deserializer {
	conf := avrov2.NewDeserializerConfig()
	conf.UseLatestVersion = latest
	return must(avrov2.NewDeserializer(fresh(), serde.ValueSerde, conf))
}

var confluentAvro = []testCase{
	{"registers and frames", func() {
		data := must(avroWriter(false).Serialize("go-avro", &order{"o-1", 7}))
		latest := must(fresh().GetLatestSchemaMetadata("go-avro-value"))
		equal(string(data), framed(latest.ID)+"\x06o-1\x0e", "the message")
		var got order
		must(0, avroReader(false).DeserializeInto("go-avro", data, &got))
		equal(got, order{"o-1", 7}, "read back")
	}},
	{"reads across versions", func() {
		must(fresh().Register("go-versions-value", avro(v1), false))
		old := must(avroWriter(true).Serialize("go-versions", &order{"o-1", 7}))
		must(fresh().Register("go-versions-value", avro(v3), false))
		next := must(avroWriter(true).Serialize("go-versions", &notedOrder{"o-2", 1 << 40, "ring"}))
		holds(string(old[:5]) != string(next[:5]), "two ids")
		var was order
		must(0, avroReader(false).DeserializeInto("go-versions", old, &was))
		equal(was, order{"o-1", 7}, "as it was written")
		var now notedOrder
		must(0, avroReader(true).DeserializeInto("go-versions", old, &now))
		equal(now, notedOrder{"o-1", 7, "none"}, "the old message as the latest version")
		must(0, avroReader(true).DeserializeInto("go-versions", next, &now))
		equal(now, notedOrder{"o-2", 1 << 40, "ring"}, "the new message")
	}},
	{"is refused", func() {
		must(fresh().Register("go-avro-refused-value", avro(narrowed), false))
		refused(40901, errorOf(avroWriter(false).Serialize("go-avro-refused", &order{"o-1", 7})), "go-avro-refused-value")
		refused(40401, errorOf(avroWriter(true).Serialize("go-avro-nowhere", &order{"o-1", 7})), "go-avro-nowhere-value")
		refused(40403, errorOf(avroReader(false).Deserialize("go-avro", []byte(framed(99999999)+"\x06o-1\x0e"))))
	}},
	{"carries the guid in a header", func() {
		writer := avroWriter(false)
		writer.SchemaIDSerializer = serde.HeaderSchemaIDSerializer
		headers, data, err := writer.SerializeWithHeaders("go-headers", &order{"o-1", 7})
		must(0, err)
		guid := must(hex.DecodeString(strings.ReplaceAll(must(fresh().GetLatestSchemaMetadata("go-headers-value")).GUID, "-", "")))
		equal([]any{len(headers), headers[0].Key, string(headers[0].Value), string(data)},
			[]any{1, "__value_schema_id", "\x01" + string(guid), "\x06o-1\x0e"}, "the header and a bare payload")
		reader := avroReader(false)
		reader.SchemaIDDeserializer = serde.DualSchemaIDDeserializer
		var got order
		must(0, reader.DeserializeWithHeadersInto("go-headers", headers, data, &got))
		equal(got, order{"o-1", 7}, "read back")
	}},
}

const jsonOrder = `{"$schema":"http://json-schema.org/draft-07/schema#","title":"Order","type":"object","properties":{"id":{"type":"string"},"amount":{"type":"integer"}},"additionalProperties":false}`

var confluentJSON = []testCase{
	{"registers, frames and is refused", func() {
		info := sr.SchemaInfo{Schema: jsonOrder, SchemaType: "JSON"}
		id := must(fresh().Register("go-json-value", info, false))
		equal(must(fresh().GetVersion("go-json-value", info, false)), 1, "looked up")
		conf := jsonschema.NewSerializerConfig()
		conf.AutoRegisterSchemas, conf.UseLatestVersion, conf.EnableValidation = false, true, true
		writer := must(jsonschema.NewSerializer(fresh(), serde.ValueSerde, conf))
		data := must(writer.Serialize("go-json", &order{"o-1", 7}))
		equal(string(data[:5]), framed(id), "the frame")
		sameJSON(string(data[5:]), `{"id":"o-1","amount":7}`, "the payload")
		var got order
		must(0, must(jsonschema.NewDeserializer(fresh(), serde.ValueSerde, jsonschema.NewDeserializerConfig())).DeserializeInto("go-json", data, &got))
		equal(got, order{"o-1", 7}, "read back")
		retyped := sr.SchemaInfo{Schema: strings.Replace(jsonOrder, "integer", "string", 1), SchemaType: "JSON"}
		refused(40901, errorOf(fresh().Register("go-json-value", retyped, false)), "TYPE_CHANGED", "#/properties/amount")
		refused(42201, errorOf(fresh().Register("go-json-value", sr.SchemaInfo{Schema: "[", SchemaType: "JSON"}, false)))
	}},
}

// A message with an import is at hand in the library itself: Api of google/protobuf/api.proto.
var confluentProtobuf = []testCase{
	{"registers text with its imports, and reads it back", func() {
		conf := protobuf.NewSerializerConfig()
		writer := must(protobuf.NewSerializer(fresh(), serde.ValueSerde, conf))
		plain := &sourcecontextpb.SourceContext{FileName: "orders.proto"}
		data := must(writer.Serialize("go-proto", plain))
		latest := must(fresh().GetLatestSchemaMetadata("go-proto-value"))
		equal(latest.SchemaType, "PROTOBUF", "the type")
		equal(string(data), framed(latest.ID)+"\x00\x0a\x0corders.proto", "the message")
		reader := must(protobuf.NewDeserializer(fresh(), serde.ValueSerde, protobuf.NewDeserializerConfig()))
		must(0, reader.ProtoRegistry.RegisterMessage(plain.ProtoReflect().Type()))
		got := must(reader.Deserialize("go-proto", data)).(*sourcecontextpb.SourceContext)
		equal(got.FileName, "orders.proto", "read back")

		api := &apipb.Api{Name: "orders", SourceContext: plain}
		data = must(writer.Serialize("go-proto-api", api))
		must(0, reader.ProtoRegistry.RegisterMessage(api.ProtoReflect().Type()))
		again := must(reader.Deserialize("go-proto-api", data)).(*apipb.Api)
		equal([]string{again.Name, again.SourceContext.FileName}, []string{"orders", "orders.proto"}, "read back")
	}},
	{"evolves or is refused", func() {
		text := func(kind, more string) sr.SchemaInfo {
			return sr.SchemaInfo{SchemaType: "PROTOBUF", Schema: "syntax = \"proto3\";\npackage tenon.go;\n\nmessage Order {\n  string id = 1;\n  " + kind + " amount = 2;\n" + more + "}\n"}
		}
		id := must(fresh().Register("go-proto-evolved", text("int32", ""), false))
		equal(must(fresh().GetBySubjectAndID("go-proto-evolved", id)).Schema, text("int32", "").Schema, "the text")
		must(fresh().Register("go-proto-evolved", text("int32", "  string note = 3;\n"), false))
		equal(must(fresh().GetAllVersions("go-proto-evolved")), []int{1, 2}, "versions")
		refused(40901, errorOf(fresh().Register("go-proto-evolved", text("string", ""), false)), "FIELD_SCALAR_KIND_CHANGED", "#/Order/2")
		refused(42201, errorOf(fresh().Register("go-proto-evolved", sr.SchemaInfo{SchemaType: "PROTOBUF", Schema: "message {"}, false)))
	}},
}
