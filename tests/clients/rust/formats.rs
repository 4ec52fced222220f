//! The encoders and decoders of the three formats, across versions and with references.

use apache_avro::types::Value;
use schema_registry_converter::async_impl::avro::{AvroDecoder, AvroEncoder};
use schema_registry_converter::async_impl::json::{JsonDecoder, JsonEncoder};
use schema_registry_converter::async_impl::proto_raw::{ProtoRawDecoder, ProtoRawEncoder};
use schema_registry_converter::async_impl::schema_registry::{get_all_versions, get_schema_by_subject_and_version, post_schema};
use schema_registry_converter::schema_registry_common::{SchemaType, SubjectNameStrategy, SuppliedSchema};
use serde_json::json;

use crate::registry::{avro, V1, V2};
use crate::{equal, good, refused, settings, told, Outcome, Tally};

fn supplied(topic: &str, schema: SuppliedSchema) -> SubjectNameStrategy {
	SubjectNameStrategy::TopicNameStrategyWithSchema(topic.into(), false, schema)
}

fn order() -> Vec<(&'static str, Value)> {
	vec![("id", Value::String("o-1".into())), ("amount", Value::Int(7))]
}

fn noted(note: &str) -> Vec<(&'static str, Value)> {
	let mut values = order();
	values.push(("note", Value::String(note.into())));
	values
}

fn record(values: Vec<(&str, Value)>) -> Value {
	Value::Record(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

async fn framed(subject: &str, payload: &[u8]) -> Result<Vec<u8>, String> {
	let id = good(get_schema_by_subject_and_version(&settings(), subject, None).await)?.id;
	Ok([&[0], &id.to_be_bytes()[..], payload].concat())
}

pub async fn run_avro(tally: &mut Tally) {
	tally.case("avro: registers, frames and reads back", avro_frames()).await;
	tally.case("avro: reads across versions", avro_across_versions()).await;
	tally.case("avro: carries the guid in a header", avro_header()).await;
}

async fn avro_frames() -> Outcome {
	let data = good(AvroEncoder::new(settings()).encode(order(), supplied("rust-avro", avro(V1))).await)?;
	equal!(data, framed("rust-avro-value", b"\x06o-1\x0e").await?);
	let found = good(AvroDecoder::new(settings()).decode(Some(&data)).await)?;
	equal!(found.value, record(order()));
	let unknown = AvroDecoder::new(settings()).decode(Some(b"\0\x7f\0\0\x01\x06o-1\x0e")).await;
	refused(unknown, 404, 40403, &["not found"])?;
	let nowhere = SubjectNameStrategy::TopicNameStrategy("rust-avro-nowhere".into(), false);
	refused(AvroEncoder::new(settings()).encode(order(), nowhere).await, 404, 40401, &["rust-avro-nowhere-value"])?;
	Ok(())
}

async fn avro_across_versions() -> Outcome {
	let topic = "rust-versions";
	let old = good(AvroEncoder::new(settings()).encode(order(), supplied(topic, avro(V1))).await)?;
	let next = good(AvroEncoder::new(settings()).encode(noted("ring"), supplied(topic, avro(V2))).await)?;
	equal!(good(get_all_versions(&settings(), "rust-versions-value".into()).await)?, vec![1, 2]);
	let decoder = AvroDecoder::new(settings());
	equal!(good(decoder.decode(Some(&old)).await)?.value, record(order()));
	equal!(good(decoder.decode(Some(&next)).await)?.value, record(noted("ring")));
	let newest = apache_avro::Schema::parse_str(V2).map_err(|e| e.to_string())?;
	let as_newest = good(decoder.decode(Some(&old)).await)?.value.resolve(&newest).map_err(|e| e.to_string())?;
	equal!(as_newest, record(noted("none")));
	let latest = SubjectNameStrategy::TopicNameStrategy(topic.into(), false);
	let again = good(AvroEncoder::new(settings()).encode(noted("ring"), latest).await)?;
	equal!(again, next);
	equal!(told("DELETE", "/subjects/rust-versions-value", "").await?.0, 200);
	equal!(good(AvroDecoder::new(settings()).decode(Some(&old)).await)?.value, record(order()));
	Ok(())
}

async fn avro_header() -> Outcome {
	let encoder = AvroEncoder::new(settings());
	let (data, header) = good(encoder.encode_with_header_id(order(), supplied("rust-headers", avro(V1)), false).await)?;
	let found = good(get_schema_by_subject_and_version(&settings(), "rust-headers-value", Some(1)).await)?;
	let hex: String = header.value[1..].iter().map(|byte| format!("{byte:02x}")).collect();
	equal!((header.name, header.value[0], hex), ("__value_schema_id", 1, found.guid.unwrap_or_default().replace('-', "")));
	equal!(data, b"\x06o-1\x0e".to_vec());
	let read = good(AvroDecoder::new(settings()).decode_with_header_id(Some(&header.value), Some(&data)).await)?;
	equal!(read.value, record(order()));
	Ok(())
}

pub async fn run_json(tally: &mut Tally) {
	tally.case("json: registers, frames, reads back and is refused", json_frames()).await;
}

async fn json_frames() -> Outcome {
	let tree = |kind: &str| {
		let text = json!({
			"$schema": "http://json-schema.org/draft-07/schema#", "$id": "http://example.org/order.json", "title": "Order",
			"type": "object", "properties": { "id": { "type": "string" }, "amount": { "type": kind } },
			"additionalProperties": false,
		});
		SuppliedSchema::new(None, SchemaType::Json, text.to_string())
	};
	let value = json!({ "id": "o-1", "amount": 7 });
	let data = good(JsonEncoder::new(settings()).encode(&value, supplied("rust-json", tree("integer"))).await)?;
	equal!(data[..5], framed("rust-json-value", b"").await?[..]);
	let found = good(JsonDecoder::new(settings()).decode(Some(&data)).await)?.ok_or("nothing was decoded")?;
	equal!(found.value, value);
	let retyped = post_schema(&settings(), "rust-json-value".into(), tree("string")).await;
	refused(retyped, 409, 40901, &["TYPE_CHANGED", "#/properties/amount"])?;
	Ok(())
}

pub async fn run_protobuf(tally: &mut Tally) {
	tally.case("protobuf: registers, frames, reads back and is refused", protobuf_frames()).await;
}

async fn protobuf_frames() -> Outcome {
	let text = |kind: &str| {
		let text = format!(
			"syntax = \"proto3\";\npackage tenon.rust;\n\nmessage Order {{\n  string id = 1;\n  {kind} amount = 2;\n}}\n"
		);
		SuppliedSchema::new(Some("tenon.rust.Order".into()), SchemaType::Protobuf, text)
	};
	let payload = b"\x0a\x03o-1\x10\x07";
	let strategy = supplied("rust-proto", text("int32"));
	let data = good(ProtoRawEncoder::new(settings()).encode(payload, "tenon.rust.Order", strategy).await)?;
	equal!(data, framed("rust-proto-value", b"\0\x0a\x03o-1\x10\x07").await?);
	let found = good(ProtoRawDecoder::new(settings()).decode(Some(&data)).await)?.ok_or("nothing was decoded")?;
	equal!((found.full_name.as_str(), found.bytes), ("tenon.rust.Order", payload.to_vec()));
	let kept = good(get_schema_by_subject_and_version(&settings(), "rust-proto-value", Some(1)).await)?;
	equal!(kept.schema, text("int32").schema);
	let retyped = post_schema(&settings(), "rust-proto-value".into(), text("string")).await;
	refused(retyped, 409, 40901, &["FIELD_SCALAR_KIND_CHANGED", "#/Order/2"])?;
	Ok(())
}
