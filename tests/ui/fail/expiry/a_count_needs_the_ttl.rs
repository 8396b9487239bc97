//! DynamoDB counts by itself, so it needs to know what has expired.
use std::time::SystemTime;

use dynorm::{Db, DynamoModel};

#[derive(DynamoModel)]
#[dynorm(table = "sessions")]
#[dynorm(index(ByDevice, partition_key = device, project(keys_only)))]
#[dynorm(index(ByUser, partition_key = user))]
struct Session {
    #[dynorm(partition_key)]
    id: String,
    device: String,
    user: String,
    #[dynorm(ttl)]
    expires: Option<SystemTime>,
}

async fn counts(db: &Db) -> dynorm::Result<()> {
    Session::query(Session::by_device().device("phone")).count(db).await?;
    Session::scan().index(ByDevice).with_expired().count(db).await?;
    Session::query(Session::by_device().device("phone")).count_with_expired(db).await?;
    Session::query(Session::by_user().user("ann")).count(db).await?;
    Session::scan().count(db).await?;
    Ok(())
}

fn main() {}
