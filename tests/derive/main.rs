//! What the derives generate, used as a model's author and its callers use it.

mod crate_path;
mod enums;
mod fields;
mod generics;
mod hygiene;
mod images;
mod keys;
mod library;
mod lifecycle;
mod lints;
mod macros;
mod names;
mod support;
