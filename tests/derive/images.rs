//! Items that come another way than by a read: the images of stream records, and the SDK's maps.

use dynorm::DynamoModel;
use dynorm::codec::item_from_json;
use dynorm_tests::Result;
use dynorm_tests::models::{Book, at};

const IMAGE: &str = r#"{
    "publisher": {"S": "Penguin"}, "sk": {"S": "1995-9780140000001"}, "year": {"N": "1995"}, "isbn": {"S": "9780140000001"},
    "title": {"S": "Emma"}, "author": {"S": "Jane Austen"}, "published": {"S": "1995-05-01"}, "shelf": {"L": [{"N": "7"}]},
    "created": {"S": "1970-01-01T00:16:40.000000000Z"}, "updated": {"S": "1970-01-01T00:16:40.000000000Z"}
}"#;

#[test]
fn json_and_maps_are_the_same_item() -> Result {
    let mut book = Book::new("Penguin", 1995, "9780140000001");
    book.title = "Emma".into();
    book.pages = None;
    (book.created, book.updated) = (at(1_000), at(1_000));

    assert_eq!(Book::from_json(IMAGE.as_bytes())?, book);
    assert_eq!(Book::from_attributes(&item_from_json(IMAGE.as_bytes())?)?, book);
    Ok(())
}

#[test]
fn a_model_makes_the_item_that_it_is_read_from() -> Result {
    let mut book = Book::new("Penguin", 1995, "9780140000001");
    book.title = "Emma".into();
    book.pages = None;
    (book.created, book.updated) = (at(1_000), at(1_000));
    let mut item = item_from_json(IMAGE.as_bytes())?;
    item.remove("shelf"); // which the model does not know
    assert_eq!(book.to_attributes()?, item);

    book.publisher = String::new();
    assert!(book.to_attributes().expect_err("an empty partition key").is_key());
    Ok(())
}

#[test]
fn what_is_no_item_of_the_model_is_an_error() -> Result {
    let wrong = IMAGE.replace(r#"{"N": "1995"}"#, r#"{"S": "1995"}"#);
    let from_json = Book::from_json(wrong.as_bytes()).expect_err("a string for a number");
    let from_attributes = Book::from_attributes(&item_from_json(wrong.as_bytes())?).expect_err("a string for a number");
    for error in [from_json, from_attributes] {
        assert!(error.is_decode());
        assert_eq!(error.to_string(), "Book.year: expected N, found S");
    }

    for bytes in [&b"[]"[..], b"", b"{", b"\xff", format!("{IMAGE} 1").as_bytes()] {
        assert!(Book::from_json(bytes).expect_err("no item").is_decode());
    }
    Ok(())
}
