//! What the derives generate, used as a model's author and its callers use it.

mod library;
