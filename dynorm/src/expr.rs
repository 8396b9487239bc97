//! Typed paths, conditions and updates, and the expressions that they become.
//!
//! The derive gives every attribute of a model a [`Field`], such as `Book::PAGES`. A field's methods make conditions
//! ([`Cond`]), which `&`, `|` and `!` combine:
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
//! # fn main() { run(async |db: Db| {
//! let long = Book::PAGES.gt(300) | Book::PAGES.is_none();
//! let mut wanted = long & !Book::TITLE.contains("war");
//! if true {
//!     wanted = wanted & Book::AUTHOR.ne("Nobody");
//! }
//! assert_eq!(Book::scan().filter(wanted).count(&db).await?, 0);
//! # Ok(()) }) }
//! ```
//!
//! Which operators a field has depends on how it is stored; where a condition can be used depends on the field's
//! [role]. Both are checked by the compiler. Values are encoded when the condition is built; what cannot be
//! stored, or is over one of DynamoDB's limits, is an [`ExpressionError`](crate::error::ExpressionError) before any
//! request.

mod aliases;
mod assign;
mod compare;
mod condition;
mod context;
mod field;
mod key;
mod kind;
mod nested;
mod operand;
mod patch;
mod path;
mod projection;
pub mod role;
mod text;
mod tree;
mod update;
mod wire;

pub use aliases::Aliases;
pub use assign::{Amount, Arithmetic, IfNotExists, ItemFor, SetValue, ValueFor};
pub use compare::Size;
pub use condition::Cond;
pub(crate) use condition::both;
pub use context::{Condition, Filter, Held, NotKey, Projected, ScanFilter, UsableIn};
pub use field::Field;
pub(crate) use field::Kind;
pub use kind::{Addable, HasPrefix, HasSize, Indexed, IsList, IsNumber, IsSet, Ordered, SameKind, Searchable};
pub use nested::{Collection, Descend, Element, Elements, Flattened, MapOf, Nested, Optional};
pub use operand::{Operand, SizeOperand};
pub use projection::projection;
pub use update::{Change, Touched, UpdateExpr};
