//! `set_key` takes a complete key of an index; the fields of its template have no other change than to be removed.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "library")]
#[dynorm(index(ByAuthor, partition_key = author, sort_key = "{pages:05}-{title}"))]
struct Book {
    #[dynorm(partition_key)]
    isbn: String,
    author: String,
    title: String,
    pages: u32,
    subtitle: Option<String>,
}

#[derive(DynamoModel)]
#[dynorm(table = "authors")]
#[dynorm(index(ByCountry, partition_key = country))]
struct Author {
    #[dynorm(partition_key)]
    name: String,
    country: String,
}

fn main() {
    let update = || Book::update(Book::key().isbn("9780140620320"));
    let _ = update().set_key(Book::by_author().author("Jane Austen"));
    let _ = update().set_key(Book::by_author().author("Jane Austen").pages(200..300));
    let _ = update().set_key(Book::key().isbn("9780140620320"));
    let _ = update().set_key(Author::by_country().country("uk"));
    let _ = update().add(Book::PAGES, 1);
    let _ = update().set(Book::PAGES, Book::PAGES + 1);
    let _ = update().set_if_not_exists(Book::TITLE, "Emma");
    let _ = update().partial();

    // These are as they should be.
    let _ = update().set_key(Book::by_author().author("Jane Austen").pages(249).title("Persuasion"));
    let _ = update().upsert().partial().remove(Book::SUBTITLE);
}
