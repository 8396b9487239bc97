//! An inventory: barcodes that no two articles share, orders that reserve their stock in one transaction, and two clerks at one shelf.
//!
//! ```text
//! cargo run --example inventory
//! ```
//!
//! It needs nothing else: the engine is embedded, and its tables are in memory. `examples/inventory.txt` is what it prints.

use std::error::Error;
use std::process::ExitCode;

use dynorm::{Db, DynamoModel, Tracked, auto};
use dynorm_local::Local;

type Result<T = (), E = Box<dyn Error>> = std::result::Result<T, E>;

/// What is in stock. Its barcode is unique, once it has one, and its version is counted up by every write.
#[derive(Debug, Clone, DynamoModel)]
#[dynorm(table = "articles")]
struct Article {
    #[dynorm(partition_key)]
    sku: String,
    name: String,
    #[dynorm(unique)]
    barcode: Option<String>,
    stock: u32,
    shelf: String,
    #[dynorm(version)]
    version: u64,
}

/// What a customer has reserved.
#[derive(Debug, Clone, DynamoModel)]
#[dynorm(table = "orders")]
struct Order {
    #[dynorm(partition_key)]
    number: String,
    customer: String,
    /// Each article's SKU, and how many of it.
    lines: Vec<(String, u32)>,
    cancelled: bool,
}

impl Article {
    fn new(sku: &str, name: &str, stock: u32) -> Self {
        Article { sku: sku.into(), name: name.into(), barcode: None, stock, shelf: "A-1".into(), version: auto() }
    }

    fn with_barcode(self, barcode: &str) -> Self {
        Article { barcode: Some(barcode.into()), ..self }
    }
}

impl Order {
    fn new(number: &str, customer: &str, lines: &[(&str, u32)]) -> Self {
        let lines = lines.iter().map(|(sku, quantity)| ((*sku).to_owned(), *quantity)).collect();
        Order { number: number.into(), customer: customer.into(), lines, cancelled: false }
    }
}

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
    let local = Local::memory().await?;
    let db = local.db();
    Article::create_table().send(&db).await?;
    Order::create_table().send(&db).await?;

    unique_barcodes(&db).await?;
    changed_barcode(&db).await?;
    reserved_stock(&db).await?;
    short_stock(&db).await?;
    two_clerks(&db).await?;
    inherited_barcode(&db).await?;
    cancelled_order(&db).await
}

/// Teaches: `#[dynorm(unique)]`. The error names the constraint, and the item that has the value; `None` is not unique.
async fn unique_barcodes(db: &Db) -> Result {
    heading("A barcode belongs to one article");
    for mut article in [
        Article::new("tea", "Green tea, 100 g", 12).with_barcode("4006381333931"),
        Article::new("mug", "Mug, blue", 5).with_barcode("4006381333948"),
        Article::new("gift-wrap", "Gift wrap", 200),
        Article::new("ribbon", "Ribbon, red", 80),
    ] {
        article.create().send(db).await?;
        println!("created {}, barcode {}", article.sku, article.barcode.as_deref().unwrap_or("none"));
    }
    let mut copy = Article::new("matcha", "Matcha, 30 g", 3).with_barcode("4006381333931");
    let Err(error) = copy.create().send(db).await else { return Err("two articles with one barcode".into()) };
    for violation in error.unique_violations() {
        print!("refused {}: {violation}", copy.sku);
        // Some engines do not return whose it is.
        if let Some(owner) = violation.owner::<Article>()
            && let Some(owner) = Article::get(owner).send(db).await?
        {
            print!(": {}", owner.sku);
        }
        println!();
    }
    println!("articles in the table: {}", Article::scan().count(db).await?);
    Ok(())
}

/// Teaches: a change of a unique field frees the old value. A tracked item knows it; a blind update says that it reads it first.
async fn changed_barcode(db: &Db) -> Result {
    heading("A changed barcode is free again");
    let mut mug = tracked(db, "mug").await?;
    mug.barcode = Some("5901234123457".into());
    mug.save().send(db).await?;
    println!("the mug has {} now", mug.barcode.as_deref().unwrap_or("none"));
    let ribbon = Article::update(Article::key().sku("ribbon")).read_first();
    ribbon.set(Article::BARCODE, "4006381333948").send(db).await?;
    println!("and the ribbon has the one that was the mug's");
    Ok(())
}

/// Teaches: a transaction does all of its writes or none, each with its own condition.
async fn reserved_stock(db: &Db) -> Result {
    heading("An order reserves its stock");
    let mut order = Order::new("1001", "Ada", &[("tea", 2), ("mug", 1)]);
    reserve(db, &mut order).await?;
    println!("order {} of {} is stored", order.number, order.customer);
    print_stock(db, &["tea", "mug"]).await
}

/// Teaches: a transaction that fails says for each of its writes why, in their order, with the item as it is now.
async fn short_stock(db: &Db) -> Result {
    heading("An order that cannot be filled changes nothing");
    let mut order = Order::new("1002", "Grace", &[("tea", 1), ("mug", 10), ("teapot", 1)]);
    let Err(error) = reserve(db, &mut order).await else { return Err("there are no ten mugs".into()) };
    let writes = std::iter::once("order 1002").chain(order.lines.iter().map(|(sku, _)| sku.as_str()));
    for (write, reason) in writes.zip(error.reasons()) {
        match reason.current::<Article>().transpose()? {
            Some(article) => println!("{write}: {reason}: only {} left", article.stock),
            None => println!("{write}: {reason}"),
        }
    }
    println!("orders in the table: {}", Order::scan().count(db).await?);
    print_stock(db, &["tea", "mug"]).await
}

/// Teaches: a version makes the second of two writers see that there was a first. The error has the item as it is now.
async fn two_clerks(db: &Db) -> Result {
    heading("Two clerks, one article");
    let (mut first, mut second) = (tracked(db, "tea").await?, tracked(db, "tea").await?);
    first.stock += 24;
    first.save().send(db).await?;
    println!("the first clerk counts {} and saves version {}", first.stock, first.version);
    second.shelf = "B-7".into();
    match second.save().send(db).await {
        Err(error) if error.is_version_conflict() => {
            println!("the second has read version {}, and is refused", second.version);
            second = tracked(db, "tea").await?;
            second.shelf = "B-7".into();
            second.save().send(db).await?;
        }
        other => drop(other?),
    }
    println!("after reading again: {} on shelf {}, version {}", second.stock, second.shelf, second.version);
    Ok(())
}

/// Teaches: in one transaction a unique value goes from one item to another, and is never free between.
async fn inherited_barcode(db: &Db) -> Result {
    heading("A new article takes the barcode of an old one");
    let mug = tracked(db, "mug").await?;
    let mut successor =
        Article { sku: "mug-v2".into(), name: "Mug, blue, new".into(), version: auto(), ..Article::clone(&mug) };
    db.transact().add(mug.delete()).add(successor.create()).send().await?;
    println!("{} has {}", successor.sku, successor.barcode.as_deref().unwrap_or("none"));
    println!("articles in the table: {}", Article::scan().count(db).await?);
    Ok(())
}

/// Teaches: a condition on the order makes sure that its stock is put back once, however often somebody asks.
async fn cancelled_order(db: &Db) -> Result {
    heading("An order is cancelled once");
    for attempt in ["first", "second"] {
        match cancel(db, "1001").await {
            Ok(()) => println!("{attempt} request: cancelled, and its stock is back"),
            Err(error) if error.is_condition_failed() => println!("{attempt} request: it was cancelled before"),
            Err(error) => return Err(error.into()),
        }
    }
    print_stock(db, &["tea", "mug-v2"]).await
}

/// Stores an order and takes its articles out of the stock, together or not at all.
async fn reserve(db: &Db, order: &mut Order) -> dynorm::Result<()> {
    let taken: Vec<_> = order
        .lines
        .iter()
        .map(|(sku, quantity)| {
            Article::update(Article::key().sku(sku))
                .set(Article::STOCK, Article::STOCK - *quantity)
                .condition(Article::STOCK.ge(*quantity))
        })
        .collect();
    db.transact().add(order.create()).add_all(taken).send().await
}

/// Puts the stock of an order back, if it was not done before. Articles that are no more are left out.
async fn cancel(db: &Db, number: &str) -> dynorm::Result<()> {
    let Some(order) = Order::get(Order::key().number(number)).consistent().send(db).await? else { return Ok(()) };
    let cancelled = Order::update(&order).set(Order::CANCELLED, true).condition(Order::CANCELLED.eq(false));
    let mut transaction = db.transact().add(cancelled);
    for (sku, quantity) in &order.lines {
        if Article::get(Article::key().sku(sku)).send(db).await?.is_some() {
            transaction = transaction.add(Article::update(Article::key().sku(sku)).add(Article::STOCK, *quantity));
        }
    }
    transaction.send().await
}

async fn tracked(db: &Db, sku: &str) -> Result<Tracked<Article>> {
    let article = Article::get(Article::key().sku(sku)).consistent().tracked().send(db).await?;
    Ok(article.ok_or("the article is gone")?)
}

async fn print_stock(db: &Db, skus: &[&str]) -> Result {
    for sku in skus {
        let article =
            Article::get(Article::key().sku(*sku)).consistent().send(db).await?.ok_or("the article is gone")?;
        println!("in stock: {} {}", article.stock, article.sku);
    }
    Ok(())
}

/// The title of a section.
fn heading(text: &str) {
    println!("\n== {text}");
}
