//! A transaction takes writes that return nothing, and reads by complete keys.
use dynorm::{Db, DynamoModel};

#[derive(DynamoModel)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    isbn: String,
    title: String,
}

fn writes(db: &Db, book: &mut Book) {
    let delete = Book::delete(&*book).return_old();
    let _ = db.transact().add(delete);
    let _ = db.transact().add(Book::get(&*book));
}

async fn reads(db: &Db, book: &Book) -> dynorm::Result<()> {
    let incomplete = Book::key().publisher("Penguin").year(1995);
    let (_, _) = db.transact_get((book, incomplete)).send().await?;
    Ok(())
}

fn main() {
    let _ = (writes, reads);
}
