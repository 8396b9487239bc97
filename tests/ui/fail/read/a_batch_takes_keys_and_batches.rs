//! A batch takes complete keys of its model, and several of them are joined as a tuple.
#[path = "../../models/film.rs"]
mod film;
use dynorm::{Db, DynamoModel};
use film::{Film, Person};

async fn read(db: &Db) -> dynorm::Result<()> {
    let key = Film::key().studio("Rialto").year(1962);
    let _ = Film::batch_get([key]);
    let _ = Film::batch_get([Person::key().id("agnes")]);
    let _ = db.batch_get(Person::batch_get([Person::key().id("agnes")])).send().await?;

    // This is as it should be.
    let films = Film::batch_get([Film::key().studio("Rialto").year(1962).id("cleo")]);
    let (_, _) = db.batch_get((films, Person::batch_get([Person::key().id("agnes")]))).send().await?;
    Ok(())
}

fn main() {}
