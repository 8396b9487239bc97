//! A projection's fields have the names and the types of the model's.
#[path = "../../models/film.rs"]
mod film;
use dynorm::DynamoProjection;
use film::Film;

#[derive(DynamoProjection)]
#[dynorm(of = Film)]
struct Names {
    titel: String,
    #[dynorm(field = directed_by)]
    director: String,
}

#[derive(DynamoProjection)]
#[dynorm(of = Film)]
struct Types {
    title: String,
    year: u32,
    stars: u8,
}

#[derive(DynamoProjection)]
#[dynorm(of = Names)]
struct NoModel {
    title: String,
}

fn main() {}
