//! `batch_get` and `hydrate` against what they mean, whatever part of a request DynamoDB answers, and in whatever order.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynorm::{Db, DynamoModel, Hydrated};
use dynorm_tests::wire::Wire;
use proptest::prelude::*;
use serde_json::{Value, json};

/// What is asked for, and found if it is there.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "things", index(ByKind, partition_key = kind))]
struct Thing {
    #[dynorm(partition_key)]
    number: u64,
    kind: String,
}

/// Answers some of the keys of each request, at least one, and leaves the others unprocessed.
#[derive(Debug, Clone)]
struct Server(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    random: fastrand::Rng,
    /// What the table has, by number.
    things: Vec<Option<Thing>>,
    /// What the index has: numbers, in its order.
    index: Vec<u64>,
    answered: HashSet<u64>,
    problems: Vec<String>,
}

fn number(key: &Value) -> u64 {
    key["number"]["N"].as_str().and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX)
}

fn stored(thing: &Thing) -> Value {
    json!({ "number": { "N": thing.number.to_string() }, "kind": { "S": thing.kind } })
}

impl State {
    fn query(&mut self, body: &Value) -> Value {
        let from = body["ExclusiveStartKey"]["number"]["N"].as_str();
        let start = match from.and_then(|digits| digits.parse::<u64>().ok()) {
            Some(last) => self.index.iter().position(|number| *number == last).map_or(0, |at| at + 1),
            None => 0,
        };
        let end = self.index.len().min(start + self.random.usize(1..60));
        let entry = |number: &u64| json!({ "number": { "N": number.to_string() }, "kind": { "S": "a" } });
        let items: Vec<_> = self.index[start..end].iter().map(entry).collect();
        let mut answer = json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items });
        if end < self.index.len() {
            answer["LastEvaluatedKey"] = entry(&self.index[end - 1]);
        }
        answer
    }

    fn batch(&mut self, body: &Value) -> Value {
        let mut keys = body["RequestItems"]["things"]["Keys"].as_array().cloned().unwrap_or_default();
        let different: HashSet<u64> = keys.iter().map(number).collect();
        if keys.is_empty() || keys.len() > 100 || different.len() != keys.len() {
            self.problems.push(format!("{} keys, {} of them different", keys.len(), different.len()));
        }
        self.random.shuffle(&mut keys);
        let done = self.random.usize(1..=keys.len().max(1)).min(keys.len());
        let left = keys.split_off(done);
        let mut found = Vec::new();
        for number in keys.iter().map(number) {
            if !self.answered.insert(number) {
                self.problems.push(format!("{number} was asked for again"));
            }
            found.extend(self.things.get(number as usize).and_then(Option::as_ref).map(stored));
        }
        let unprocessed = if left.is_empty() { json!({}) } else { json!({ "things": { "Keys": left } }) };
        json!({ "Responses": { "things": found }, "UnprocessedKeys": unprocessed })
    }
}

impl HttpConnector for Server {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        let is_batch = request.headers().get("x-amz-target").is_some_and(|target| target.ends_with("BatchGetItem"));
        let mut state = self.0.lock().expect("no call panics while it holds this");
        let answer = if is_batch { state.batch(&body) } else { state.query(&body) };
        drop(state);
        let status = StatusCode::try_from(200).expect("it is a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer.to_string()))))
    }
}

impl HttpClient for Server {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Runs `read` against a server with these things, and returns what it answered together with what was wrong with its requests.
fn served<T>(
    things: Vec<Option<Thing>>,
    index: Vec<u64>,
    seed: u64,
    read: impl AsyncFnOnce(Db) -> dynorm::Result<T>,
) -> dynorm::Result<(T, Vec<String>)> {
    let random = fastrand::Rng::with_seed(seed);
    let state = State { random, things, index, answered: HashSet::new(), problems: Vec::new() };
    let server = Server(Arc::new(Mutex::new(state)));
    let config = Wire::new([]).config().http_client(server.clone()).build();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let answer = runtime.block_on(read(Db::new(Client::from_conf(config))))?;
    let problems = std::mem::take(&mut server.0.lock().expect("nothing panicked").problems);
    Ok((answer, problems))
}

fn things(present: &[bool]) -> Vec<Option<Thing>> {
    let thing = |number: usize| Thing { number: number as u64, kind: "a".into() };
    present.iter().enumerate().map(|(number, present)| present.then(|| thing(number))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_key_is_answered_in_its_place(
        present in prop::collection::vec(any::<bool>(), 300),
        keys in prop::collection::vec(0_u64..300, 0..500),
        concurrency in 1_usize..6,
        seed: u64,
    ) {
        let things = things(&present);
        let expected: Vec<_> = keys.iter().map(|key| things[*key as usize].clone()).collect();
        let (found, problems) = served(things, Vec::new(), seed, async |db| {
            let keys = keys.iter().map(|key| Thing::key().number(*key));
            Thing::batch_get(keys).concurrency(concurrency).send(&db).await
        }).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(found, expected);
        prop_assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn every_entry_of_an_index_is_hydrated_in_its_place(
        present in prop::collection::vec(prop::option::of(any::<bool>()), 250),
        take in prop::option::of(0_usize..300),
        look_ahead: bool,
        seed: u64,
    ) {
        // `None` is not in the table any more, `Some(true)` of another kind by now.
        let mut things: Vec<_> = things(&present.iter().map(Option::is_some).collect::<Vec<_>>());
        for (thing, moved) in things.iter_mut().zip(&present) {
            if let (Some(thing), Some(true)) = (thing, moved) {
                thing.kind = "b".into();
            }
        }
        let mut index: Vec<u64> = (0..250).collect();
        fastrand::Rng::with_seed(seed).shuffle(&mut index);
        let all = index.iter().map(|number| match &things[*number as usize] {
            Some(thing) if thing.kind == "a" => Hydrated::Found(thing.clone()),
            Some(thing) => Hydrated::Changed(thing.clone()),
            None => Hydrated::Missing(Thing { number: *number, kind: String::new() }.to_key()),
        });
        let expected: Vec<_> = all.take(take.unwrap_or(usize::MAX)).collect();
        let (found, problems) = served(things, index, seed, async |db| {
            let mut query = Thing::query(Thing::by_kind().kind("a"));
            if let Some(take) = take {
                query = query.take(take);
            }
            if !look_ahead {
                query = query.no_look_ahead();
            }
            query.hydrate().all(&db).await
        }).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(found, expected);
        prop_assert_eq!(problems, Vec::<String>::new());
    }
}
