//! An item with a value that no other has.

use dynorm::{Db, DynamoModel, Key, Transact};

use super::super::item::{Item, map, s, text};
use super::super::kind::{Kind, Name};
use super::super::plan::Edit;
use super::Model;

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "members")]
pub(in super::super) struct Member {
    #[dynorm(partition_key)]
    run: String,
    #[dynorm(sort_key)]
    name: String,
    text: String,
    #[dynorm(unique)]
    mail: String,
}

/// An update that may change the address.
macro_rules! changed {
    ($run:expr, $name:expr, $edits:expr) => {{
        let update = Member::update(Member::key_of($run, $name)).read_first();
        $edits.iter().fold(update, |update, edit| match edit {
            Edit::Text(text) => update.set(Member::TEXT, text.clone()),
            Edit::Mail(mail) => update.set(Member::MAIL, Member::address($run, mail)),
            other => unreachable!("a member has no {other:?}"),
        })
    }};
}

impl Member {
    pub(in super::super) async fn change_alone(run: &str, name: Name, edits: &[Edit], db: &Db) -> dynorm::Result<()> {
        changed!(run, name, edits).send(db).await
    }

    pub(in super::super) fn change_in<'a>(
        transaction: Transact<'a>,
        run: &str,
        name: Name,
        edits: &[Edit],
    ) -> Transact<'a> {
        transaction.add(changed!(run, name, edits))
    }

    /// An address that no other sequence has.
    fn address(run: &str, mail: &str) -> String {
        format!("{mail}@{run}")
    }

    /// The part of an address that is drawn.
    pub(in super::super) fn drawn(address: &str) -> &str {
        address.split('@').next().unwrap_or_default()
    }
}

impl Model for Member {
    const KIND: Kind = Kind::Member;

    fn key_of(run: &str, name: Name) -> Key<Self> {
        use dynorm::FullKey;
        Member::key().run(run).name(name).into_key()
    }

    fn of(run: &str, name: Name, item: &Item) -> Self {
        Member {
            run: run.to_owned(),
            name: name.to_owned(),
            text: text(item, "text").unwrap_or_default().to_owned(),
            mail: Member::address(run, text(item, "mail").unwrap_or_default()),
        }
    }

    fn item(&self) -> Item {
        map([("text", s(&self.text)), ("mail", s(Member::drawn(&self.mail)))])
    }

    fn name(&self) -> &str {
        &self.name
    }

    async fn all(run: &str, db: &Db) -> dynorm::Result<Vec<Self>> {
        Member::query(Member::key().run(run)).consistent().all(db).await
    }
}
