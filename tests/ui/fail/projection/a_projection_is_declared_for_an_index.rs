//! An index is read as a projection that is declared for it, and of the same model.
#[path = "../../models/film.rs"]
mod film;
use dynorm::{DynamoModel, DynamoProjection};
use film::{ByDirector, ByTitle, Film, Person};

#[derive(DynamoProjection)]
#[dynorm(of = Film, index = ByDirector)]
struct Title {
    title: String,
}

struct Plain {
    title: String,
}

fn main() {
    let _ = Film::scan().index(ByTitle).project::<Title>();
    let _ = Film::query(Film::by_genre().genre("drama")).project::<Title>();
    let _ = Person::scan().project::<Title>();
    let _ = Film::scan().project::<Plain>();

    // These are as they should be.
    let _ = Film::scan().project::<Title>();
    let _ = Film::query(Film::by_director().director("Agnes")).project::<Title>();
    let _ = Film::scan().index(ByDirector).project::<Title>();
}
