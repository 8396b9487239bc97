//! Conditions, updates and projections: what compiles, and the text and values that are sent.

mod engine;
mod forms;
mod limits;
mod model;
mod render;
mod tree;
mod update;
