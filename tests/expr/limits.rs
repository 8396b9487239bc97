//! What DynamoDB would refuse is an error before a request, and names no value.

use dynorm::Error;
use dynorm::error::ExpressionError;
use dynorm::expr::{Aliases, Cond, Condition, UpdateExpr, projection};

use crate::model::Book;

fn refused(condition: Cond<Book, Condition>) -> ExpressionError {
    condition.render(&mut Aliases::new()).expect_err("refused")
}

#[test]
fn values_that_cannot_be_stored() {
    let error = refused(Book::SCORE.gt(f64::NAN) & Book::TITLE.eq("x"));
    assert_eq!(error.path(), Some("score"));
    assert!(error.encode_error().is_some_and(|error| error.is_number()));
    let error = Error::from(error);
    assert!(error.is_encode() && error.is_expression());

    // Whatever it is combined with.
    assert!(refused(!(Book::TITLE.eq("x") | Book::SCORE.eq(f64::INFINITY))).encode_error().is_some());
    assert!(refused(Book::SCORE.is_in([1.0, f64::NAN])).encode_error().is_some());
}

#[test]
fn comparisons_for_order_need_a_value_with_an_order() {
    let error = refused(Book::PAGES.gt(None));
    assert_eq!(
        error.to_string(),
        "`gt` on `pages` needs a value, and got `None` or an empty set; use `is_none` or `remove`"
    );
    assert!(refused(Book::PAGES.between(Some(1), None)).to_string().starts_with("`between` on `pages`"));
    assert_eq!(refused(Book::ANY.lt(serde_json::json!(true))).path(), Some("any"));
    assert_eq!(refused(Book::ANY.lt(serde_json::json!({"S": 1}))).path(), Some("any"));
}

#[test]
fn is_in_takes_100_values() {
    let within: Cond<Book, Condition> = Book::READ.is_in(0..100);
    assert!(within.render(&mut Aliases::new()).is_ok());
    let error = refused(Book::READ.is_in(0..101));
    assert!(error.is_limit());
    assert_eq!(error.to_string(), "`is_in` on `read` has more than the 100 values that DynamoDB takes");
    // Without reading an endless iterator to its end.
    assert!(refused(Book::READ.is_in(std::iter::repeat(1))).is_limit());
}

#[test]
fn an_expression_has_300_operators() {
    let chain = |n: u32| (0..n).map(|n| Book::READ.ne(n)).reduce(|all, one| all & one).expect("some");
    // 150 comparisons and 149 `AND`.
    assert!(chain(150).render(&mut Aliases::new()).is_ok());
    assert!(refused(chain(151)).is_limit());

    let mut nested: Cond<Book, Condition> = Book::READ.eq(0);
    for n in 0..100_000 {
        nested = !(nested & Book::READ.ne(n));
    }
    assert!(refused(nested).is_limit());
}

#[test]
fn an_expression_has_4_kb() {
    let chain = |n: u32| {
        let parts = (0..n).map(|n| Book::READ.is_in([n; 100]));
        parts.reduce(|all: Cond<Book, Condition>, one| all & one).expect("some")
    };
    assert!(chain(6).render(&mut Aliases::new()).is_ok());
    let error = refused(chain(9));
    assert!(error.is_limit());
    assert!(error.to_string().starts_with("the condition expression is "), "{error}");
}

#[test]
fn names_and_values_have_2_mb() {
    let of = |kilobytes: usize| {
        let mut aliases = Aliases::new();
        let large: Cond<Book, Condition> = Book::TITLE.eq("x".repeat(1024 * kilobytes / 2));
        let both = large.clone() | large;
        both.render(&mut aliases).expect("short text");
        aliases.into_sdk().map(|_| ())
    };
    assert!(of(2047).is_ok());
    assert!(of(2049).expect_err("too large").is_limit());
}

#[test]
fn names_are_not_empty() {
    let error = refused(Book::PRICES.key("").exists());
    assert_eq!(error.to_string(), "`prices.` contains an empty attribute name");
    assert!(projection(["title", ""], &mut Aliases::new()).is_err());
    assert!(refused(Book::PRICES.key("x".repeat(65_536)).exists()).path().is_some());
}

#[test]
fn overlapping_changes() {
    let refused = |update: UpdateExpr<Book>| update.render(&mut Aliases::new()).expect_err("refused");
    let error = refused(UpdateExpr::new().set(Book::TITLE, "a").set(Book::PAGES, 1).remove(Book::PAGES));
    assert!(error.is_overlap());
    assert_eq!(error.to_string(), "the update changes `pages` twice; change each place once");
    let error = refused(
        UpdateExpr::new().set(Book::NAMES.at(1), "a").set(Book::PRICES.key("a"), 1).set(Book::PRICES, Book::PRICES),
    );
    assert_eq!(
        error.to_string(),
        "the update changes both `prices` and `prices.a`, which overlap; change each place once"
    );
    // A place cannot be a list and a map at once.
    let value = serde_json::json!("x");
    let both = UpdateExpr::new().set(Book::ANY.key("a").at(0), &value).set(Book::ANY.key("a").key("b"), &value);
    assert!(refused(both).is_overlap());
}

#[test]
fn required_attributes_stay() {
    let refused = UpdateExpr::<Book>::new().remove(Book::TITLE).render(&mut Aliases::new()).expect_err("refused");
    assert!(refused.is_required());
    assert_eq!(
        refused.to_string(),
        "`title` cannot be removed, because the model needs it; set a value, or make it an `Option`"
    );
}
