//! A scan of an index filters by what the index holds.
#[path = "../../models/film.rs"]
mod film;
use dynorm::DynamoModel;
use film::{ByDirector, Film};

fn main() {
    let _ = Film::scan().index(ByDirector).filter(Film::STARS.gt(3));

    // These are as they should be.
    let _ = Film::scan().filter(Film::STARS.gt(3));
    let _ = Film::scan().index(ByDirector).filter(Film::TITLE.eq("Cleo") & Film::YEAR.gt(1960));
}
