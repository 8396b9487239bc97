//! The book library: a model, its table, keys, queries, scans, and what a write does by itself.
//!
//! It loads the 11,127 rows of `examples/data/goodreads-books.csv` into an embedded engine in memory:
//!
//! ```text
//! cargo run --example library
//! ```
//!
//! `-- --db library.db` keeps the table in a file, `-- --endpoint http://localhost:8000` takes any DynamoDB-compatible
//! endpoint, `-- --aws` DynamoDB itself, and `-- --data FILE` another file. `-- --help` says more.

#[path = "library/book.rs"]
mod book;
#[path = "library/catalogue.rs"]
mod catalogue;
#[path = "library/clock.rs"]
mod clock;
#[path = "library/engine.rs"]
mod engine;
#[path = "library/options.rs"]
mod options;
#[path = "library/print.rs"]
mod print;

use std::error::Error;
use std::process::ExitCode;

use chrono::NaiveDate;
use dynorm::{Db, DynamoModel, Hydrated, auto};
use indicatif::ProgressBar;

use book::{Book, Title};
use catalogue::Catalogue;
use engine::Engine;
use options::{Options, USAGE};
use print::{counted, heading, line, thousands};

type Result<T = (), E = Box<dyn Error>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result {
    let Some(options) = Options::from_args(std::env::args_os().skip(1))? else {
        print!("{USAGE}");
        return Ok(());
    };
    let catalogue = Catalogue::read(&options.data)?;
    let engine = Engine::start(options.place).await?;
    let db = engine.db();

    let is_new = create_table(db).await?;
    load(db, catalogue, is_new).await?;
    one_year(db).await?;
    several_years(db).await?;
    wrong_keys();
    one_author(db).await?;
    some_attributes(db).await?;
    items_of_an_index(db).await?;
    several_keys(db).await?;
    first_ten(db).await?;
    whole_table(db).await?;
    timestamps(db).await?;
    invalid_book(db).await?;
    changed_key(db).await?;
    println!("\n{}", engine.farewell());
    Ok(())
}

/// Teaches: the table, its keys and its indexes come from the model. A table that is there already and is the same is fine.
async fn create_table(db: &Db) -> Result<bool> {
    heading("The table");
    let is_new = Book::create_table().send(db).await?;
    let table = db.table_name::<Book>();
    match is_new {
        true => println!("created the table `{table}` with its index `by-author`"),
        false => println!("found the table `{table}` of an earlier run"),
    }
    Ok(is_new)
}

/// Teaches: a batch of any size, and that nothing is lost on the way.
async fn load(db: &Db, catalogue: Catalogue, is_new: bool) -> Result {
    heading(&format!("Loading {}", catalogue.file));
    for rejected in &catalogue.rejected {
        println!("rejected {rejected}");
    }
    let Catalogue { rows, books, rejected, .. } = catalogue;
    println!("{} = {} + {} rejected", counted(rows, "row"), counted(books.len(), "book"), rejected.len());

    // Another number is left by a run that was stopped, or by another file. Loading again replaces what is there.
    if !is_new && Book::scan().count(db).await? == books.len() as u64 {
        println!("they are in the table already, and are not loaded again");
        return Ok(());
    }
    // It draws on a terminal only.
    let bar = ProgressBar::new(books.len() as u64);
    let written = db.batch_write().put_all(books).on_progress(|done, _| bar.set_position(done as u64)).send().await?;
    bar.finish_and_clear();
    println!(
        "stored {} in {}: {} write units",
        counted(written.operations, "book"),
        counted(written.requests, "request"),
        thousands(written.capacity)
    );
    Ok(())
}

/// Teaches: the first parts of a sort key are enough for a query. `year(1995)` is `begins_with(sk, "1995-")`.
async fn one_year(db: &Db) -> Result {
    heading("One publisher, one year: one query");
    let page = Book::query(Book::key().publisher("Penguin Books").year(1995)).page(db).await?;
    for book in &page.items {
        println!("{}", line(book));
    }
    let requests = counted(page.usage.requests, "request");
    println!("{} in {requests}: {} read units", counted(page.items.len(), "book"), page.usage.capacity);
    Ok(())
}

/// Teaches: a key part takes a range too, which is one BETWEEN, and a stream ends where `take` says.
async fn several_years(db: &Db) -> Result {
    heading("The nineties, the newest first");
    let nineties = || Book::query(Book::key().publisher("Penguin Books").year(1990..=1999)).descending();
    let mut newest = nineties().take(3).stream(db);
    while let Some(book) = newest.try_next().await? {
        println!("{}", line(&book));
    }
    let read = newest.usage();
    println!("the first 3 of {}, in {}", nineties().count(db).await?, counted(read.requests, "request"));
    Ok(())
}

/// Teaches: which keys are no keys. The files show the code and what the compiler says about it.
fn wrong_keys() {
    heading("Keys that do not compile");
    for (code, file) in [
        ("Book::get(Book::key().publisher(\"Penguin Books\").year(1995))", "get_needs_a_complete_key.rs"),
        ("Book::key().publisher(\"Penguin Books\").year(\"1995\")", "a_part_takes_its_type.rs"),
        ("Book::key().publisher(\"Penguin Books\").isbn(\"9780140433876\")", "parts_are_set_in_their_order.rs"),
    ] {
        println!("{code}\n    see tests/ui/fail/builder/{file}");
    }
}

/// Teaches: an index has a key builder of its own.
async fn one_author(db: &Db) -> Result {
    heading("An index: Jane Austen since 2004");
    let since = NaiveDate::from_ymd_opt(2004, 1, 1).unwrap_or_default();
    let books = Book::query(Book::by_author().author("Jane Austen").published(since..)).all(db).await?;
    for book in &books {
        println!("{}", line(book));
    }
    Ok(())
}

/// Teaches: a projection reads some attributes. Its fields are checked against the model, and against what the index holds.
async fn some_attributes(db: &Db) -> Result {
    heading("A projection: only titles and pages");
    let novels = Book::query(Book::by_author().author("Jane Austen")).filter(Book::PAGES.gt(1000));
    for Title { title, pages } in novels.project::<Title>().all(db).await? {
        println!("{title}, {} pages", pages.unwrap_or_default());
    }
    Ok(())
}

/// Teaches: an index follows its table after a moment. `hydrate` fetches the items themselves, and tells which are not as the index has them.
async fn items_of_an_index(db: &Db) -> Result {
    heading("Hydrated: the newest three as they are in the table now");
    let newest = Book::query(Book::by_author().author("Jane Austen")).descending().take(3);
    let mut books = newest.hydrate().consistent().stream(db);
    while let Some(book) = books.try_next().await? {
        match book {
            Hydrated::Found(book) => println!("{}", line(&book)),
            Hydrated::Changed(book) => println!("{}, which the index does not know yet", line(&book)),
            Hydrated::Missing(_) => println!("deleted since"),
        }
    }
    println!("{}: one to the index, one to the table", counted(books.usage().requests, "request"));
    Ok(())
}

/// Teaches: any number of keys in as few requests as DynamoDB allows, answered in their order.
async fn several_keys(db: &Db) -> Result {
    heading("Three keys, one request");
    let isbns = ["9780140249996", "9780000000002", "9780140157185"];
    let keys = isbns.map(|isbn| Book::key().publisher("Penguin Books").year(1995).isbn(isbn));
    for (isbn, book) in isbns.iter().zip(Book::batch_get(keys).send(db).await?) {
        match book {
            Some(book) => println!("{}", line(&book)),
            None => println!("no book {isbn}"),
        }
    }
    Ok(())
}

/// Teaches: a scan is lazy, and reads no more than the items that are taken.
async fn first_ten(db: &Db) -> Result {
    heading("A filtered scan: the first 10 long books");
    let mut long = Book::scan().filter(Book::PAGES.gt(900) & Book::LANGUAGE.eq("eng")).take(10).stream(db);
    while let Some(book) = long.try_next().await? {
        println!("{}", line(&book));
    }
    let read = long.usage();
    let (books, requests) = (counted(read.scanned, "book"), counted(read.requests, "request"));
    println!("{requests}, which evaluated {books}: {} read units", read.capacity);
    Ok(())
}

/// Teaches: a stream reads the table page by page, as its items are asked for.
async fn whole_table(db: &Db) -> Result {
    heading("The whole table, as a stream");
    let mut books = Book::scan().stream(db);
    let (mut count, mut printed, mut so_far) = (0_u64, 0_u64, books.usage());
    while let Some(book) = books.try_next().await? {
        count += 1;
        printed += u64::from(book.pages.unwrap_or_default());
        let usage = books.usage();
        if usage.requests > so_far.requests {
            let (books, units) = (usage.scanned - so_far.scanned, usage.capacity - so_far.capacity);
            let megabytes = (usage.bytes - so_far.bytes) as f64 / 1e6;
            println!(
                "page {}: {}, {units} read units, {megabytes:.2} MB of JSON",
                usage.requests,
                counted(books, "book")
            );
            so_far = usage;
        }
    }
    println!("{} with {}", counted(count, "book"), counted(printed, "printed page"));
    println!("{}: {} read units", counted(so_far.requests, "request"), so_far.capacity);
    println!("a full page is 1 MB of items, which is 128 read units of 8 KB");
    Ok(())
}

/// Teaches: `created` is set once and `updated` by every write, from one reading of the clock, after DynamoDB has said yes.
async fn timestamps(db: &Db) -> Result {
    heading("A book saved twice");
    let mut book = our_book();
    book.put().send(db).await?;
    println!("put     created {}  updated {}", book.created, book.updated);
    let mut book = Book::get(&book).consistent().tracked().send(db).await?.ok_or("the book is gone")?;
    book.pages = Some(320);
    book.save().send(db).await?;
    println!("saved   created {}  updated {}", book.created, book.updated);
    println!(
        "saved again without a change: {}",
        match book.save().send(db).await? {
            true => "one request",
            false => "nothing to send",
        }
    );
    match our_book().create().send(db).await {
        Err(error) if error.is_already_exists() => {
            println!("created again: refused, the key is taken");
            // Some engines do not return it.
            if let Some(there) = error.current::<Book>() {
                println!("        by {}", line(&there?));
            }
        }
        other => other?,
    }
    Ok(())
}

/// Teaches: the rules of `#[validate(..)]` hold on every write, and the error names all that are broken, without the values.
async fn invalid_book(db: &Db) -> Result {
    heading("A book that breaks its rules");
    let mut book = Book { title: String::new(), isbn: "9780306406158".into(), ..our_book() };
    match book.put().send(db).await {
        Err(error) if error.is_validation() => println!("{error}"),
        other => other?,
    }
    let update = Book::update(&our_book()).set(Book::TITLE, "").send(db).await;
    match update {
        Err(error) if error.is_validation() => println!("{error}"),
        other => other?,
    }
    Ok(())
}

/// Teaches: a changed key is another item, so a save refuses it instead of leaving the old item behind.
async fn changed_key(db: &Db) -> Result {
    heading("A changed key");
    let mut book = Book::get(&our_book()).tracked().send(db).await?.ok_or("the book is gone")?;
    book.year += 1;
    match book.save().send(db).await {
        Err(error) if error.is_key_changed() => println!("{error}"),
        other => drop(other?),
    }
    // One transaction: the new key must be free, and the old item as it was read.
    match book.rekey().send(db).await {
        Ok(_) => println!("moved to the year {}", book.year),
        // Not every endpoint has transactions; then the book stays where it is.
        Err(error) => println!("{error}"),
    }
    let of_our_press = Book::query(Book::key().publisher("Dynorm Press")).all(db).await?;
    println!("books of this publisher in the table: {}", of_our_press.len());
    for book in of_our_press {
        Book::delete(&book).send(db).await?;
    }
    Ok(())
}

/// A book that is in no catalogue, so that the one that was loaded stays as it is.
fn our_book() -> Book {
    Book {
        publisher: "Dynorm Press".into(),
        year: 2025,
        isbn: "9780306406157".into(),
        title: "Keys Are Values".into(),
        author: "A. Newcomer".into(),
        authors: vec!["A. Newcomer".into()],
        published: NaiveDate::from_ymd_opt(2025, 5, 1).unwrap_or_default(),
        language: "eng".into(),
        pages: None,
        rating: 4.5,
        ratings: 2,
        created: auto(),
        updated: auto(),
    }
}
