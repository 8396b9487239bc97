//! A template that cannot be read says what to write.
use dynorm::DynamoModel;

macro_rules! model {
    ($name:ident, $template:literal) => {
        #[derive(DynamoModel)]
        #[dynorm(table = "books", sort_key = $template)]
        struct $name {
            #[dynorm(partition_key)]
            title: String,
            year: u16,
        }
    };
}
model!(NotClosed, "{year");
model!(NotOpened, "year}");
model!(NoField, "A#{}");
model!(NotAField, "{the year}");
model!(NoZero, "{year:4}");
model!(NoWidth, "{year:00}");
model!(UnknownFormat, "{year:sorted}");
model!(NearFormat, "{year:sortabel}");
model!(Empty, "");

fn main() {}
