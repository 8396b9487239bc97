//! A projection that is declared for an index reads what that index holds.
#[path = "../../models/film.rs"]
mod film;
use dynorm::DynamoProjection;
use film::{ByDirector, ByName, Film};

#[derive(DynamoProjection)]
#[dynorm(of = Film, index = ByDirector)]
struct Stars {
    title: String,
    stars: Option<u8>,
}

#[derive(DynamoProjection)]
#[dynorm(of = Film, index = ByName)]
struct OtherModel {
    title: String,
}

fn main() {}
