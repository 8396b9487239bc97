//! An engine that follows DynamoDB's grammar takes every form of expression, and answers as the docs of the methods say.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue::{L, M, N, Null, S, Ss};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ReturnValue, ScalarAttributeType,
};
use dynorm::codec::AttributeType;
use dynorm::expr::{Aliases, Cond, ScanFilter, UpdateExpr, projection};
use dynorm_local::Local;
use dynorm_tests::Result;

use crate::model::{Address, Book, shown};

type Item = HashMap<String, AttributeValue>;

/// An item without `pages`, whose `subtitle` is stored as `NULL`.
fn item() -> Item {
    let number = |n: u32| N(n.to_string());
    let address = M(HashMap::from([("city".into(), S("York".into())), ("zip".into(), number(7))]));
    HashMap::from([
        ("publisher".into(), S("Penguin".into())),
        ("title".into(), S("War and Peace".into())),
        ("subtitle".into(), Null(true)),
        ("read".into(), number(5)),
        ("rating".into(), number(4)),
        ("in_print".into(), AttributeValue::Bool(true)),
        ("names".into(), L(vec![S("a".into()), S("b".into())])),
        ("genres".into(), Ss(vec!["novel".into(), "history".into()])),
        ("addresses".into(), L(vec![address])),
        ("prices".into(), M(HashMap::from([("EUR".into(), number(9))]))),
    ])
}

async fn table(local: &Local) -> Result<Client> {
    let client = local.client();
    let key = AttributeDefinition::builder().attribute_name("publisher").attribute_type(ScalarAttributeType::S);
    let schema = KeySchemaElement::builder().attribute_name("publisher").key_type(KeyType::Hash);
    let create = client.create_table().table_name("books").billing_mode(BillingMode::PayPerRequest);
    create.attribute_definitions(key.build()?).key_schema(schema.build()?).send().await?;
    client.put_item().table_name("books").set_item(Some(item())).send().await?;
    Ok(client)
}

async fn holds(client: &Client, filter: &Cond<Book, ScanFilter>) -> Result<bool> {
    let mut aliases = Aliases::new();
    let text = filter.render(&mut aliases)?;
    let attributes = projection(["title"], &mut aliases)?;
    let (names, values) = aliases.into_sdk()?;
    let scan = client.scan().table_name("books").filter_expression(text).projection_expression(attributes);
    let scan = scan.set_expression_attribute_names(names).set_expression_attribute_values(values);
    Ok(scan.send().await?.count() == 1)
}

#[tokio::test]
async fn conditions() -> Result {
    let local = Local::memory().await?;
    let client = table(&local).await?;
    let yes = [
        Book::PUBLISHER.eq("Penguin"),
        Book::TITLE.begins_with("War"),
        Book::TITLE.contains("and") & Book::NAMES.contains("b") & Book::GENRES.contains("novel"),
        Book::READ.between(5, 9) & Book::READ.between(Book::RATING, 5) & Book::READ.is_in([1, 5]),
        Book::READ.gt(Book::RATING) & !Book::RATING.gt(Book::READ),
        Book::TITLE.size().eq("War and Peace".len()) & Book::NAMES.size().between(1, 2),
        Book::TITLE.size().gt(Book::READ),
        Book::GENRES.attribute_type(AttributeType::Ss),
        Book::ADDRESSES.at(0).dot(Address::CITY).eq("York") & Book::PRICES.key("EUR").lt(10),
        // Absent, or `NULL`.
        Book::PAGES.is_none() & Book::SUBTITLE.is_none() & Book::PAGES.eq(None) & Book::SUBTITLE.eq(None),
        Book::PAGES.not_exists() & Book::SUBTITLE.exists(),
        Book::PAGES.is_in([Some(1), None]),
        Book::TAGS.eq(vec![]) & Book::GENRES.ne(HashSet::new()),
        !Book::READ.is_in(Vec::<u32>::new()),
        // Comparisons with an absent attribute.
        Book::PAGES.ne(1) & !Book::PAGES.eq(1) & !Book::PAGES.gt(1),
        // Precedence.
        (Book::READ.eq(5) | Book::READ.eq(6)) & !(Book::READ.eq(6) & Book::READ.eq(5)),
        !(Book::READ.eq(6) | Book::READ.between(6, 7)) & !Book::READ.is_in([6]),
        Book::READ.eq(6) & Book::READ.eq(5) | Book::READ.eq(5),
    ];
    for filter in yes {
        assert!(holds(&client, &filter).await?, "{filter:?}");
        assert!(!holds(&client, &!filter.clone()).await?, "not {filter:?}");
    }
    let no = [
        Book::PAGES.is_some() | Book::SUBTITLE.is_some() | Book::PAGES.ne(None) | Book::TAGS.ne(vec![]),
        Book::READ.is_in(Vec::<u32>::new()),
        Book::PAGES.eq(1) | Book::PAGES.lt(1) | Book::PAGES.between(0, 9) | Book::PAGES.gt(Book::READ),
        Book::READ.eq(5) & (Book::READ.eq(6) | Book::READ.eq(7)),
    ];
    for filter in no {
        assert!(!holds(&client, &filter).await?, "{filter:?}");
    }
    Ok(())
}

#[tokio::test]
async fn updates() -> Result {
    let local = Local::memory().await?;
    let client = table(&local).await?;
    let update = UpdateExpr::<Book>::new()
        .set(Book::SUBTITLE, Book::TITLE)
        .set(Book::PAGES, Book::PAGES.if_not_exists(100) + 20)
        .set(Book::READ, Book::READ - 1)
        .set_if_not_exists(Book::TITLE, "not this")
        .list_append(Book::NAMES, ["c"])
        .list_append(Book::NOTES, ["first"])
        .set(Book::ADDRESSES.at(0).dot(Address::ZIP), 8)
        .set(Book::PRICES.key("USD"), 10)
        .remove(Book::PRICES.key("EUR"))
        .add(Book::RATING, 1)
        .add(Book::TAGS, ["new"])
        .delete(Book::GENRES, ["novel"]);
    let mut aliases = Aliases::new();
    let text = update.render(&mut aliases)?;
    let guard = update.guard().expect("it writes into maps and lists").render(&mut aliases)?;
    let (names, values) = aliases.into_sdk()?;
    let request = client.update_item().table_name("books").key("publisher", S("Penguin".into()));
    let request = request.set_update_expression(text).condition_expression(guard).return_values(ReturnValue::AllNew);
    let request = request.set_expression_attribute_names(names).set_expression_attribute_values(values);
    let new = request.send().await?.attributes.expect("asked for");
    let new = |name: &str| new.get(name).map(shown).unwrap_or_default();
    assert_eq!(new("subtitle"), "S:War and Peace");
    assert_eq!(new("pages"), "N:120");
    assert_eq!(new("read"), "N:4");
    assert_eq!(new("title"), "S:War and Peace");
    assert_eq!(new("names"), "L:S:a,S:b,S:c");
    assert_eq!(new("notes"), "L:S:first");
    assert_eq!(new("addresses"), "L:M:city=S:York,zip=N:8");
    assert_eq!(new("prices"), "M:USD=N:10");
    assert_eq!(new("rating"), "N:5");
    assert_eq!(new("tags"), "SS:new");
    assert_eq!(new("genres"), "SS:history");
    Ok(())
}
