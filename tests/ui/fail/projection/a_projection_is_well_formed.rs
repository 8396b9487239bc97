//! A projection is a struct that names its model and some of its fields, each once.
#[path = "../../models/film.rs"]
mod film;
use dynorm::{DynamoModel, DynamoProjection};
use film::Film;

#[derive(DynamoProjection)]
struct NoModel {
    title: String,
}

#[derive(DynamoProjection)]
#[dynorm(of = Film)]
struct Nothing {}

#[derive(DynamoProjection)]
#[dynorm(of = Film)]
struct Twice {
    title: String,
    #[dynorm(field = title)]
    name: String,
}

#[derive(DynamoProjection)]
#[dynorm(of = Film)]
struct Generic<T> {
    title: T,
}

#[derive(DynamoProjection)]
#[dynorm(of = Film)]
enum NoStruct {
    Title,
}

#[derive(DynamoProjection)]
#[dynorm(of = Film, table = "films", indx = ByTitle)]
struct Attributes {
    #[dynorm(rename = "title")]
    name: String,
    #[dynorm(field = "stars")]
    of_five: Option<u8>,
}

fn main() {
    // Its mistakes are the only errors.
    let _ = Film::scan().project::<Twice>();
    let _ = Film::scan().project::<Attributes>();
}
