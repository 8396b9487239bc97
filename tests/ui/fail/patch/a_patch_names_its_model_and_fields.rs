//! A patch is a struct that names its model and some of its fields, each once; it is applied to that model.
#[path = "../../models/film.rs"]
mod film;
use dynorm::{DynamoModel, DynamoPatch, Patch};
use film::{Film, Person};

#[derive(DynamoPatch)]
struct NoModel {
    title: Patch<String>,
}

#[derive(DynamoPatch)]
#[dynorm(of = Film)]
struct Nothing {}

#[derive(DynamoPatch)]
#[dynorm(of = Film)]
struct Twice {
    title: Patch<String>,
    #[dynorm(field = title)]
    name: Patch<String>,
}

#[derive(DynamoPatch)]
#[dynorm(of = Film)]
struct Generic<T> {
    title: Patch<T>,
}

#[derive(DynamoPatch)]
#[dynorm(of = Film)]
enum NoStruct {
    Title,
}

#[derive(DynamoPatch)]
#[dynorm(of = Film, index = ByTitle)]
struct Attributes {
    #[dynorm(rename = "title")]
    title: Patch<String>,
}

#[derive(DynamoPatch)]
#[dynorm(of = Film)]
struct Title {
    title: Patch<String>,
}

struct Plain;

fn apply(film: &Film, person: &Person) {
    let _ = Person::patch(person, Title { title: Patch::Keep });
    let _ = Film::patch(film, Plain);

    // These are as they should be, or their mistakes are reported above.
    let _ = Film::patch(film, Title { title: Patch::Keep });
    let _ = Film::patch(film, Twice { title: Patch::Keep, name: Patch::Keep });
}

fn main() {}
