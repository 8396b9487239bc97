//! What an index lacks is fetched by local indexes, and items are fetched by the keys of an index.
#[path = "../../models/film.rs"]
mod film;
use dynorm::DynamoModel;
use film::Film;

fn main() {
    let _ = Film::query(Film::by_director().director("Agnes")).fetch_rest();
    let _ = Film::query(Film::key().studio("Rialto")).fetch_rest();
    let _ = Film::query(Film::by_title().studio("Rialto")).fetch_rest().filter(Film::TITLE.eq("Cleo"));
    let _ = Film::query(Film::key().studio("Rialto")).hydrate();

    // These are as they should be.
    let _ = Film::query(Film::by_title().studio("Rialto")).fetch_rest().filter(Film::STARS.gt(3));
    let _ = Film::query(Film::by_title().studio("Rialto")).hydrate();
}
