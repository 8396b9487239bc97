//! Keys: their order, their way back, the ends of their ranges, and their limits.

mod injection;
mod limits;
mod model;
mod order;
mod ranges;
mod values;
