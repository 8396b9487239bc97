//! A global index cannot be read consistently, a local one can.
#[path = "../../models/film.rs"]
mod film;
use dynorm::DynamoModel;
use film::{ByGenre, ByTitle, Film};

fn main() {
    let _ = Film::query(Film::by_genre().genre("drama")).consistent();
    let _ = Film::scan().index(ByGenre).consistent();

    // These are as they should be.
    let _ = Film::query(Film::by_title().studio("Rialto")).consistent();
    let _ = Film::scan().index(ByTitle).consistent();
}
