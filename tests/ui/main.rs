//! Mistakes that do not compile: each is one error, in the designed words, at its token.
//!
//! One run of trybuild for all cases, because it starts cargo each time. `TRYBUILD=overwrite` writes the expected
//! output anew; read the difference before it is committed.

#[test]
fn every_mistake_is_one_error() {
    trybuild::TestCases::new().compile_fail("ui/fail/*/*.rs");
}
