//! A model is read from an index that holds all of it: no value that is stored comes back as `None`.
#[path = "../../models/film.rs"]
mod film;
use dynorm::{Db, DynamoModel};
use film::{ByTitle, Film};

async fn read(db: &Db) -> dynorm::Result<()> {
    let _ = Film::query(Film::by_director().director("Agnes")).all(db).await?;
    let _ = Film::scan().index(ByTitle).stream(db);

    // These are as they should be.
    let _ = Film::query(Film::by_director().director("Agnes")).count(db).await?;
    let _ = Film::query(Film::by_director().director("Agnes")).hydrate().all(db).await?;
    let _ = Film::query(Film::by_title().studio("Rialto")).fetch_rest().all(db).await?;
    let _ = Film::query(Film::by_genre().genre("drama")).all(db).await?;
    let _ = Film::scan().index(ByTitle).raw().stream(db);
    Ok(())
}

fn main() {}
