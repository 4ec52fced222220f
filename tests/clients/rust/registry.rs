//! What the client asks of the registry itself: registering, finding, evolving, and every refusal.

use schema_registry_converter::async_impl::schema_registry::{
	get_all_subjects, get_all_versions, get_schema_by_guid, get_schema_by_id, get_schema_by_subject_and_version,
	is_compatible_schema, post_schema,
};
use schema_registry_converter::schema_registry_common::{SchemaType, SuppliedReference, SuppliedSchema};
use serde_json::{json, Value};

use crate::{ask, equal, good, refused, settings, told, Outcome, Tally};

pub const V1: &str = r#"{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"string"},{"name":"amount","type":"int"}]}"#;
pub const V2: &str = r#"{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"string"},{"name":"amount","type":"int"},{"name":"note","type":"string","default":"none"}]}"#;
const NARROWED: &str = r#"{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"int"},{"name":"amount","type":"int"}]}"#;
const REQUIRED: &str = r#"{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"string"},{"name":"amount","type":"int"},{"name":"shop","type":"string"}]}"#;
const PART: &str = r#"{"type":"record","name":"Part","namespace":"tenon.orders","fields":[{"name":"name","type":"string"}]}"#;
const WHOLE: &str =
	r#"{"type":"record","name":"Whole","namespace":"tenon.orders","fields":[{"name":"part","type":"tenon.orders.Part"}]}"#;

pub fn avro(text: &str) -> SuppliedSchema {
	SuppliedSchema::new(Some("tenon.orders.Order".into()), SchemaType::Avro, text.into())
}

fn tree(text: &str) -> Value {
	serde_json::from_str(text).expect("a schema is JSON")
}

async fn post(subject: &str, schema: SuppliedSchema) -> Result<u32, String> {
	Ok(good(post_schema(&settings(), subject.into(), schema).await)?.id)
}

pub async fn run(tally: &mut Tally) {
	tally.case("registry: registers and finds", registers_and_finds()).await;
	tally.case("registry: evolves or is refused", evolves_or_is_refused()).await;
	tally.case("registry: says what is missing", says_what_is_missing()).await;
	tally.case("registry: refuses the invalid", refuses_the_invalid()).await;
	tally.case("registry: deletes", deletes()).await;
	tally.case("registry: configures and switches modes", configures()).await;
	tally.case("registry: follows references", follows_references()).await;
}

async fn registers_and_finds() -> Outcome {
	let subject = "rust-found";
	let done = good(post_schema(&settings(), subject.into(), avro(V1)).await)?;
	let guid = done.guid.clone().ok_or("no guid in the answer to a registration")?;
	equal!(post(subject, avro(V1)).await?, done.id);
	equal!(post("rust-found-too", avro(V1)).await?, done.id);
	for version in [Some(1), None] {
		let found = good(get_schema_by_subject_and_version(&settings(), subject, version).await)?;
		equal!((found.id, found.version, found.subject.as_deref()), (done.id, Some(1), Some(subject)));
		equal!((tree(&found.schema), found.schema_type, found.guid), (tree(V1), SchemaType::Avro, Some(guid.clone())));
	}
	let by_id = good(get_schema_by_id(done.id, &settings()).await)?;
	equal!((tree(&by_id.schema), by_id.guid), (tree(V1), Some(guid.clone())));
	equal!(tree(&good(get_schema_by_guid(&guid, &settings()).await)?.schema), tree(V1));
	equal!(good(get_all_versions(&settings(), subject.into()).await)?, vec![1]);
	equal!(good(get_all_subjects(&settings()).await)?.iter().any(|s| s == subject), true);
	let (status, looked) = ask("POST", "/subjects/rust-found", &json!({ "schema": V1 }).to_string()).await?;
	equal!((status, looked["id"].clone(), looked["version"].clone()), (200, json!(done.id), json!(1)));
	Ok(())
}

async fn evolves_or_is_refused() -> Outcome {
	let subject = "rust-evolved";
	let first = post(subject, avro(V1)).await?;
	equal!(good(is_compatible_schema(&settings(), subject.into(), avro(V2)).await)?, true);
	equal!(post(subject, avro(V2)).await? == first, false);
	for (bad, words) in [(NARROWED, ["TYPE_MISMATCH", subject]), (REQUIRED, ["READER_FIELD_MISSING_DEFAULT_VALUE", "shop"])] {
		equal!(good(is_compatible_schema(&settings(), subject.into(), avro(bad)).await)?, false);
		refused(post_schema(&settings(), subject.into(), avro(bad)).await, 409, 40901, &words)?;
	}
	equal!(good(get_all_versions(&settings(), subject.into()).await)?, vec![1, 2]);
	Ok(())
}

async fn says_what_is_missing() -> Outcome {
	let (known, unknown) = ("rust-missing", "rust-nowhere");
	post(known, avro(V1)).await?;
	refused(get_all_versions(&settings(), unknown.into()).await, 404, 40401, &[unknown])?;
	refused(get_schema_by_subject_and_version(&settings(), unknown, None).await, 404, 40401, &[unknown])?;
	refused(get_schema_by_subject_and_version(&settings(), known, Some(9)).await, 404, 40402, &["Version 9"])?;
	refused(get_schema_by_id(99999999, &settings()).await, 404, 40403, &["99999999"])?;
	let guid = "00000000-0000-0000-0000-00000000dead";
	refused(get_schema_by_guid(guid, &settings()).await, 404, 40403, &[guid])?;
	equal!(told("POST", "/subjects/rust-missing", &json!({ "schema": V2 }).to_string()).await?, (404, 40403));
	Ok(())
}

async fn refuses_the_invalid() -> Outcome {
	refused(post_schema(&settings(), "rust-invalid".into(), avro("{")).await, 422, 42201, &["AVRO"])?;
	let xml = SuppliedSchema::new(None, SchemaType::Other("XML".into()), V1.into());
	refused(post_schema(&settings(), "rust-invalid".into(), xml).await, 422, 42201, &["XML"])?;
	post("rust-invalid", avro(V1)).await?;
	refused(get_schema_by_subject_and_version(&settings(), "rust-invalid", Some(0)).await, 422, 42202, &["'0'"])?;
	equal!(told("PUT", "/config/rust-invalid", r#"{"compatibility":"SIDEWAYS"}"#).await?, (422, 42203));
	equal!(told("PUT", "/mode/rust-invalid", r#"{"mode":"ASLEEP"}"#).await?, (422, 42204));
	Ok(())
}

async fn deletes() -> Outcome {
	let subject = "rust-deleted";
	let id = post(subject, avro(V1)).await?;
	post(subject, avro(V2)).await?;
	equal!(told("DELETE", "/subjects/rust-deleted/versions/1?permanent=true", "").await?, (404, 40407));
	equal!(ask("DELETE", "/subjects/rust-deleted/versions/1", "").await?, (200, json!(1)));
	refused(get_schema_by_subject_and_version(&settings(), subject, Some(1)).await, 404, 40402, &["Version 1"])?;
	equal!(tree(&good(get_schema_by_id(id, &settings()).await)?.schema), tree(V1));
	equal!(ask("DELETE", "/subjects/rust-deleted", "").await?, (200, json!([2])));
	refused(get_all_versions(&settings(), subject.into()).await, 404, 40401, &[subject])?;
	equal!(ask("DELETE", "/subjects/rust-deleted?permanent=true", "").await?, (200, json!([1, 2])));
	equal!(told("GET", "/subjects/rust-deleted/versions?deleted=true", "").await?, (404, 40401));
	Ok(())
}

async fn configures() -> Outcome {
	let subject = "rust-configured";
	post(subject, avro(V1)).await?;
	equal!(told("GET", "/config/rust-configured", "").await?, (404, 40408));
	equal!(
		ask("PUT", "/config/rust-configured", r#"{"compatibility":"NONE"}"#).await?,
		(200, json!({ "compatibility": "NONE" }))
	);
	equal!(good(is_compatible_schema(&settings(), subject.into(), avro(NARROWED)).await)?, true);
	post(subject, avro(NARROWED)).await?;
	equal!(ask("PUT", "/mode/rust-configured", r#"{"mode":"READONLY"}"#).await?, (200, json!({ "mode": "READONLY" })));
	refused(post_schema(&settings(), subject.into(), avro(V2)).await, 422, 42205, &["read-only"])?;
	equal!(ask("DELETE", "/mode/rust-configured", "").await?.0, 200);
	post(subject, avro(V2)).await?;
	equal!(good(get_all_versions(&settings(), subject.into()).await)?, vec![1, 2, 3]);
	Ok(())
}

async fn follows_references() -> Outcome {
	let reference = || SuppliedReference::new("tenon.orders.Part".into(), "rust-part".into(), PART.into());
	let id = post("rust-whole", avro(WHOLE).with_references(vec![reference()])).await?;
	let found = good(get_schema_by_id(id, &settings()).await)?;
	equal!(found.references.len(), 1);
	let kept = &found.references[0];
	equal!((kept.name.as_str(), kept.subject.as_str(), kept.version), ("tenon.orders.Part", "rust-part", 1));
	equal!(ask("GET", "/subjects/rust-part/versions/1/referencedby", "").await?, (200, json!([id])));
	equal!(told("DELETE", "/subjects/rust-part", "").await?, (422, 42206));
	refused(post_schema(&settings(), "rust-broken".into(), avro(WHOLE)).await, 422, 42201, &["Part"])?;
	Ok(())
}
