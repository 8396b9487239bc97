//! Two mistakes, and ordinary uses of the model: two errors.
use dynorm::{Db, DynamoAttribute, DynamoModel, Result};

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{year:04}", colour = "red")]
#[dynorm(index(ByAuthor, partition_key = author))]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    year: u16,
    #[dynorm(sensitiv)]
    author: String,
    address: Address,
}

#[derive(DynamoAttribute)]
struct Address {
    city: String,
}

async fn uses(db: &Db, mut book: Book) -> Result<()> {
    let _book: Option<Book> = Book::get(Book::key().title("a").year(1)).consistent().send(db).await?;
    let _books = Book::query(Book::key().title("a")).filter(Book::YEAR.gt(3) & Book::AUTHOR.begins_with("x")).all(db).await?;
    let _by_author = Book::query(Book::by_author().author("b")).first(db).await?;
    let _city = Book::ADDRESS.dot(Address::CITY);
    Book::update(&book).set(Book::AUTHOR, "c").send(db).await?;
    Book::delete(book.to_key()).send(db).await?;
    book.put().send(db).await
}

fn main() {}
