//! What a page costs in allocations and memory beyond the finished structs, against the bounds.

fn main() {}
