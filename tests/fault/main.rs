//! What becomes of writes when requests and answers are lost, cut, delayed, refused or repeated.

mod client;
mod concurrency;
mod dropped;
mod outcome;
mod sequences;
