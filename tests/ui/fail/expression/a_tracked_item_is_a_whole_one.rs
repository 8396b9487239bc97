//! Tracked items are read from the table, as an index may lack attributes.
#[path = "../../models/film.rs"]
mod film;
use dynorm::DynamoModel;
use film::{ByGenre, Film};

fn main() {
    let _ = Film::query(Film::by_genre().genre("drama")).tracked();
    let _ = Film::scan().index(ByGenre).tracked();

    // These are as they should be.
    let _ = Film::query(Film::key().studio("a")).tracked();
    let _ = Film::scan().tracked();
}
