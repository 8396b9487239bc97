//! Types that DynamoDB has no order for are no keys.
use dynorm::DynamoModel;

macro_rules! model {
    ($name:ident, $key:ty) => {
        #[derive(DynamoModel)]
        #[dynorm(table = "books")]
        struct $name {
            #[dynorm(partition_key)]
            title: $key,
        }
    };
}
model!(Float, f64);
model!(Boolean, bool);
model!(Optional, Option<String>);
model!(List, Vec<String>);

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Sorted {
    #[dynorm(partition_key)]
    title: String,
    #[dynorm(sort_key)]
    score: f32,
}

fn main() {}
