//! The Rust suite: schema_registry_converter against the server at TENON_URL.

mod formats;
mod registry;

use std::future::Future;
use std::time::Instant;

use schema_registry_converter::async_impl::schema_registry::SrSettings;
use schema_registry_converter::error::SRCError;
use schema_registry_converter::schema_registry_common::RawError;
use serde_json::Value;

/// What a case answers: nothing, or what it did not find as it should be.
pub type Outcome = Result<(), String>;

/// Asserts that two values are equal, and ends the case with both when they are not.
#[macro_export]
macro_rules! equal {
	($got:expr, $wanted:expr) => {
		let (got, wanted) = (&$got, &$wanted);
		if got != wanted {
			return Err(format!("line {}: wanted {:?}, got {:?}", line!(), wanted, got));
		}
	};
}

#[derive(Default)]
pub struct Tally {
	passed: u32,
	failed: u32,
	skipped: u32,
}

impl Tally {
	pub async fn case(&mut self, name: &str, run: impl Future<Output = Outcome>) {
		let started = Instant::now();
		match run.await {
			Ok(()) => {
				self.passed += 1;
				println!("ok   {name} ({:.1} s)", started.elapsed().as_secs_f32());
			}
			Err(problem) => {
				self.failed += 1;
				println!("FAIL {name}: {problem}");
			}
		}
	}

	fn skip(&mut self, name: &str, reason: &str) {
		self.skipped += 1;
		println!("skipped {name}: {reason}");
	}
}

pub fn url() -> String {
	std::env::var("TENON_URL").expect("TENON_URL names the server")
}

/// Settings of their own for each caller; nothing is cached in them.
pub fn settings() -> SrSettings {
	SrSettings::new(url())
}

/// Turns what a client answered into an outcome that `?` passes on.
pub fn good<T>(answer: Result<T, SRCError>) -> Result<T, String> {
	answer.map_err(|error| error.to_string())
}

/// Asserts the status and the error code of a refusal, and what its message names.
pub fn refused<T>(answer: Result<T, SRCError>, status: u32, code: u32, words: &[&str]) -> Outcome {
	let Err(error) = answer else {
		return Err(format!("wanted {status}/{code}, got an answer"));
	};
	let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
	let mut told_status = false;
	while let Some(one) = cause {
		told_status |= one.to_string().contains(&format!("failed with status {status}"));
		if let Some(said) = one.downcast_ref::<RawError>() {
			equal!(said.error_code, code);
			for word in words {
				if !said.message.contains(word) {
					return Err(format!("{word} is not in {}", said.message));
				}
			}
			return if told_status { Ok(()) } else { Err(format!("no status {status} in {error}")) };
		}
		cause = one.source();
	}
	Err(format!("wanted {status}/{code}, got {error}"))
}

/// A request that the client has no function for: its status and its body.
pub async fn ask(method: &str, path: &str, body: &str) -> Result<(u16, Value), String> {
	let method = reqwest::Method::from_bytes(method.as_bytes()).map_err(|e| e.to_string())?;
	let answer = reqwest::Client::new()
		.request(method, url() + path)
		.header("Content-Type", "application/vnd.schemaregistry.v1+json")
		.body(body.to_owned())
		.send()
		.await
		.map_err(|e| e.to_string())?;
	let status = answer.status().as_u16();
	Ok((status, answer.json().await.map_err(|e| e.to_string())?))
}

/// The status and the error code of such a request.
pub async fn told(method: &str, path: &str, body: &str) -> Result<(u16, u64), String> {
	let (status, said) = ask(method, path, body).await?;
	Ok((status, said["error_code"].as_u64().unwrap_or(0)))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
	let mut tally = Tally::default();
	let (_, types) = ask("GET", "/schemas/types", "").await.expect("the server answers");
	let offers = |kind: &str| types.as_array().is_some_and(|all| all.iter().any(|one| one == kind));

	registry::run(&mut tally).await;
	formats::run_avro(&mut tally).await;
	if offers("JSON") {
		formats::run_json(&mut tally).await;
	} else {
		tally.skip("json", "the server does not offer the type JSON");
	}
	if offers("PROTOBUF") {
		formats::run_protobuf(&mut tally).await;
	} else {
		tally.skip("protobuf", "the server does not offer the type PROTOBUF");
	}
	let skipped = if tally.skipped > 0 { format!(", {} skipped", tally.skipped) } else { String::new() };
	println!("{} passed, {} failed{}", tally.passed, tally.failed, skipped);
	if tally.failed > 0 || tally.passed == 0 {
		std::process::exit(1);
	}
}
