//! A tracked item is saved: to replace it would remove the attributes that the model does not know.
#[path = "../../models/film.rs"]
mod film;
use dynorm::{DynamoModel, Tracked};
use film::Film;

fn write(film: &mut Tracked<Film>) {
    let _ = film.put();
    let _ = film.create();
    let _ = film.upsert();

    // These are as they should be.
    let _ = film.save();
    let _ = (*film).save();
    let _ = (**film).put();
}

fn main() {}
