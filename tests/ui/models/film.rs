//! The model of the cases about projections and indexes.

use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "films", sort_key = "{year:04}-{id}")]
#[dynorm(index(ByDirector, partition_key = director, sort_key = year, project(include(title))))]
#[dynorm(index(ByGenre, partition_key = genre))]
#[dynorm(index(ByTitle, local, sort_key = title, project(keys_only)))]
pub struct Film {
    #[dynorm(partition_key)]
    pub studio: String,
    pub year: u16,
    pub id: String,
    pub title: String,
    pub director: String,
    pub genre: String,
    pub stars: Option<u8>,
}

#[derive(DynamoModel)]
#[dynorm(table = "people", index(ByName, partition_key = name))]
pub struct Person {
    #[dynorm(partition_key)]
    pub id: String,
    pub name: String,
}
