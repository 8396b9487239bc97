//! The keys of a model's fields.
