//! The libraries that are compared, each with its struct of a book.

mod aws_dynamo_derive;
mod aymond;
mod dynamo_table;
mod dynamodb_facade;
mod dynamodel;
mod dynorm;
mod dynorow;
mod modyne;
mod sdk;
mod serde_dynamo;

use dynorm_bench_decode::canned;

use crate::library::{Reader, runtime};

/// All of them, with a client that answers with this body.
pub fn all(body: String) -> Vec<Reader> {
    let (client, runtime) = (&canned::client(body), &runtime());
    vec![
        Reader::of::<dynorm::Dynorm>(client, runtime),
        Reader::of::<sdk::Sdk>(client, runtime),
        Reader::of::<serde_dynamo::SerdeDynamo>(client, runtime),
        Reader::of::<dynamodel::Dynamodel>(client, runtime),
        Reader::of::<aws_dynamo_derive::AwsDynamoDerive>(client, runtime),
        Reader::of::<aymond::Aymond>(client, runtime),
        Reader::of::<dynamodb_facade::DynamodbFacade>(client, runtime),
        Reader::of::<modyne::Modyne>(client, runtime),
        Reader::of::<dynorow::Dynorow>(client, runtime),
        Reader::of::<dynamo_table::DynamoTable>(client, runtime),
    ]
}
