//! A patch's fields have the names and the types of the model's, as `Patch<..>`.
#[path = "../../models/film.rs"]
mod film;
use dynorm::{DynamoPatch, Patch};
use film::Film;

#[derive(DynamoPatch)]
#[dynorm(of = Film)]
struct Names {
    titel: Patch<String>,
    #[dynorm(field = five)]
    of_five: Patch<u8>,
}

#[derive(DynamoPatch)]
#[dynorm(of = Film)]
struct Types {
    title: Patch<u32>,
    stars: Option<u8>,
}

#[derive(DynamoPatch)]
#[dynorm(of = Names)]
struct NoModel {
    title: Patch<String>,
}

fn main() {}
