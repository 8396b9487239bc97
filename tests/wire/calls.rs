//! A call of each operation of dynorm's, with a good answer to it, for what holds for all of them.

use dynorm::{Db, DynamoModel, Error};
use dynorm_tests::models::Note;
use serde_json::{Value, json};
use uuid::Uuid;

/// A call of each operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Call {
    GetItem,
    Query,
    Scan,
    BatchGetItem,
    TransactGetItems,
    PutItem,
    UpdateItem,
    DeleteItem,
    BatchWriteItem,
    TransactWriteItems,
}

pub(super) const ALL: [Call; 10] = [
    Call::GetItem,
    Call::Query,
    Call::Scan,
    Call::BatchGetItem,
    Call::TransactGetItems,
    Call::PutItem,
    Call::UpdateItem,
    Call::DeleteItem,
    Call::BatchWriteItem,
    Call::TransactWriteItems,
];

pub(super) fn note() -> Note {
    Note { id: Uuid::from_u64_pair(1, 1), text: "hello".into() }
}

impl Call {
    pub(super) fn name(self) -> String {
        format!("{self:?}")
    }

    pub(super) fn is_write(self) -> bool {
        !self.name().contains("Get") && !matches!(self, Call::Query | Call::Scan)
    }

    /// Whether a lost answer may be asked for again.
    pub(super) fn may_lose_its_answer(self) -> bool {
        !self.is_write() || self == Call::TransactWriteItems
    }

    /// A good answer, with a note where the operation returns one.
    pub(super) fn answer(self) -> Value {
        let item = || json!({ "id": { "S": note().id.to_string() }, "text": { "S": "hello" } });
        match self {
            Call::GetItem => json!({ "Item": item() }),
            Call::Query | Call::Scan => json!({ "Items": [item()], "Count": 1, "ScannedCount": 1 }),
            Call::BatchGetItem => json!({ "Responses": { "notes": [item()] }, "UnprocessedKeys": {} }),
            Call::TransactGetItems => json!({ "Responses": [{ "Item": item() }] }),
            Call::PutItem | Call::UpdateItem | Call::DeleteItem => json!({ "Attributes": item() }),
            Call::BatchWriteItem => json!({ "UnprocessedItems": {} }),
            Call::TransactWriteItems => json!({}),
        }
    }

    /// The note that the call returns.
    pub(super) async fn send(self, db: &Db) -> Result<Option<Note>, Error> {
        let key = || Note::key().id(note().id);
        let mut note = note();
        match self {
            Call::GetItem => Note::get(key()).send(db).await,
            Call::Query => Note::query(key()).first(db).await,
            Call::Scan => Ok(Note::scan().max_pages(1).all(db).await?.pop()),
            Call::BatchGetItem => Ok(Note::batch_get([key()]).send(db).await?.pop().flatten()),
            Call::TransactGetItems => Ok(db.transact_get((key(),)).send().await?.0),
            Call::PutItem => note.put().return_old().send(db).await,
            Call::UpdateItem => Note::update(key()).set(Note::TEXT, "hello").return_new().send(db).await.map(Some),
            Call::DeleteItem => Note::delete(key()).return_old().send(db).await,
            Call::BatchWriteItem => db.batch_write().put(note.clone()).send().await.map(|_| Some(note)),
            Call::TransactWriteItems => {
                db.transact().add(note.put()).send().await?;
                Ok(Some(note))
            }
        }
    }
}
