//! Every verb, dropped at every point where it waits, on every kind of model: what is stored, guards included, is all that was there before
//! or all that the verb leaves, and what is in hand changes only when it says that it is done.

use std::fmt::Debug;

use dynorm::{Db, DynamoModel, Patch, Tracked};
use dynorm_local::{InProcess, Local};
use dynorm_tests::Result;
use dynorm_tests::fault::{Fate, Faults};
use dynorm_tests::models::{self, Account, Book, Parcel, Session};

use super::{WAYS, polled};

/// A model with a value that no other has.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "members")]
struct Member {
    #[dynorm(partition_key)]
    name: String,
    #[dynorm(unique)]
    mail: String,
}

#[derive(Debug, dynorm::DynamoPatch)]
#[dynorm(of = Book)]
struct BookPatch {
    title: Patch<String>,
    pages: Patch<u32>,
}

fn member(name: &str, mail: &str) -> Member {
    Member { name: name.into(), mail: mail.into() }
}

fn book(year: u16) -> Book {
    Book::new("Penguin", year, "9780140000001")
}

/// The verbs, by what they are tried on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Verb {
    Put,
    PutReturningOld,
    PutVersioned,
    PutOverwriting,
    PutExpired,
    PutUnique,
    PutWithWriteId,
    Create,
    CreateExactlyOnce,
    CreateVersioned,
    CreateOverExpired,
    CreateUnique,
    CreateWithWriteId,
    Update,
    UpdateReturningNew,
    UpdateExactlyOnce,
    UpdateOfVersion,
    UpdateUnique,
    Upsert,
    Patch,
    SetKey,
    Save,
    SaveVersioned,
    SaveUnique,
    SaveWithWriteId,
    Rekey,
    RekeyVersioned,
    RekeyUnique,
    Delete,
    DeleteReturningOld,
    DeleteVersioned,
    DeleteUnique,
    Transact,
    Batch,
    Get,
    Query,
    BatchGet,
    TransactGet,
}

const VERBS: [Verb; 38] = [
    Verb::Put,
    Verb::PutReturningOld,
    Verb::PutVersioned,
    Verb::PutOverwriting,
    Verb::PutExpired,
    Verb::PutUnique,
    Verb::PutWithWriteId,
    Verb::Create,
    Verb::CreateExactlyOnce,
    Verb::CreateVersioned,
    Verb::CreateOverExpired,
    Verb::CreateUnique,
    Verb::CreateWithWriteId,
    Verb::Update,
    Verb::UpdateReturningNew,
    Verb::UpdateExactlyOnce,
    Verb::UpdateOfVersion,
    Verb::UpdateUnique,
    Verb::Upsert,
    Verb::Patch,
    Verb::SetKey,
    Verb::Save,
    Verb::SaveVersioned,
    Verb::SaveUnique,
    Verb::SaveWithWriteId,
    Verb::Rekey,
    Verb::RekeyVersioned,
    Verb::RekeyUnique,
    Verb::Delete,
    Verb::DeleteReturningOld,
    Verb::DeleteVersioned,
    Verb::DeleteUnique,
    Verb::Transact,
    Verb::Batch,
    Verb::Get,
    Verb::Query,
    Verb::BatchGet,
    Verb::TransactGet,
];

impl Verb {
    /// The tables that it needs, each of which has one item.
    fn tables(self) -> &'static [&'static str] {
        match self {
            Verb::PutVersioned | Verb::PutOverwriting | Verb::CreateVersioned | Verb::UpdateOfVersion => &["accounts"],
            Verb::SaveVersioned | Verb::RekeyVersioned | Verb::DeleteVersioned => &["accounts"],
            Verb::PutExpired | Verb::CreateOverExpired => &["sessions"],
            Verb::PutWithWriteId | Verb::CreateWithWriteId | Verb::SaveWithWriteId => &["parcels"],
            Verb::PutUnique | Verb::CreateUnique | Verb::UpdateUnique => &["members"],
            Verb::SaveUnique | Verb::RekeyUnique | Verb::DeleteUnique => &["members"],
            Verb::Transact => &["library", "accounts", "members"],
            Verb::TransactGet => &["library", "accounts"],
            _ => &["library"],
        }
    }

    fn is_read(self) -> bool {
        matches!(self, Verb::Get | Verb::Query | Verb::BatchGet | Verb::TransactGet)
    }
}

/// How a call ended: `None` if it was dropped.
type Ended = Option<dynorm::Result<()>>;

/// Tables with an item in each.
struct Shop {
    engine: InProcess,
    faults: Faults,
    /// The way of the verb that is tried.
    db: Db,
    /// Past the faults, but with the same clock.
    clean: Db,
    tables: &'static [&'static str],
}

impl Shop {
    /// With what a verb is tried on.
    async fn open(verb: Verb) -> Result<Self> {
        let engine = Local::in_process().await?;
        let faults = Faults::new(&engine);
        let (db, _) = models::db(faults.client(), "");
        let (clean, _) = models::db(engine.client(), "");
        for table in verb.tables() {
            match *table {
                "library" => {
                    Book::create_table().send(&clean).await?;
                    book(1995).create().send(&clean).await?;
                }
                "accounts" => {
                    Account::create_table().send(&clean).await?;
                    Account::new("Ann", 5).create().send(&clean).await?;
                }
                "sessions" => {
                    Session::create_table().send(&clean).await?;
                    Session { expires: models::at(900), ..Session::new(1) }.create().send(&clean).await?;
                }
                "parcels" => {
                    Parcel::create_table().send(&clean).await?;
                    Parcel::new("Ann", 1).create().send(&clean).await?;
                }
                _ => {
                    Member::create_table().send(&clean).await?;
                    member("Ann", "ann@example.com").create().send(&clean).await?;
                }
            }
        }
        Ok(Shop { engine, faults, db, clean, tables: verb.tables() })
    }

    /// Everything that is stored once everything has arrived, as text.
    async fn stored(&self) -> Result<Vec<String>> {
        self.faults.script([]);
        let _ = self.faults.client().list_tables().send().await?;
        let mut stored = Vec::new();
        for table in self.tables {
            let found = self.engine.client().scan().table_name(*table).consistent_read(true).send().await?;
            for item in found.items() {
                let mut attributes: Vec<_> = item.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
                attributes.sort();
                stored.push(format!("{table}: {attributes:?}"));
            }
        }
        stored.sort();
        Ok(stored)
    }

    async fn tracked<M: DynamoModel + Send + 'static>(&self, item: &M) -> Result<Tracked<M>> {
        Ok(M::get(item).consistent().tracked().send(&self.clean).await?.ok_or("it is stored")?)
    }
}

/// Polls a call so often; the model in hand may change only if it says that it is done.
macro_rules! held {
    ($model:ident, $polls:ident, $call:expr) => {{
        let before = $model.clone();
        let ended = ended($call, $polls).await;
        unchanged(&ended, $model == before)?;
        ended
    }};
}

/// The same for a tracked item, which knows whether it has something to save.
macro_rules! tracked {
    ($item:ident, $polls:ident, $call:expr) => {{
        let before = (*$item).clone();
        let ended = ended($call, $polls).await;
        unchanged(&ended, *$item == before && $item.is_changed()?)?;
        if matches!(ended, Some(Ok(()))) && $item.is_changed()? {
            return Err("it was saved, and does not know it".into());
        }
        ended
    }};
}

async fn ended<T>(call: impl Future<Output = dynorm::Result<T>>, polls: usize) -> Ended {
    match polled(call, polls).await {
        Ok(true) => Some(Ok(())),
        Ok(false) => None,
        Err(error) => Some(Err(error)),
    }
}

fn unchanged(ended: &Ended, is_same: bool) -> Result {
    match ended {
        Some(Ok(())) => Ok(()),
        _ if is_same => Ok(()),
        ended => Err(format!("{ended:?} changed what is in hand").into()),
    }
}

async fn write(shop: &Shop, verb: Verb, polls: usize) -> Result<Ended> {
    let db = &shop.db;
    let mut new = Book { pages: Some(400), ..book(1995) };
    let mut other = Book { pages: Some(400), ..book(1996) };
    let mut account = Account { version: 1, ..Account::new("Ann", 7) };
    let mut session = Session { expires: models::at(5_000), ..Session::new(1) };
    let mut parcel = Parcel { place: "Oslo".into(), version: 1, ..Parcel::new("Ann", 1) };
    let (mut ann, mut bob) = (member("Ann", "new@example.com"), member("Bob", "bob@example.com"));
    Ok(match verb {
        Verb::Put => held!(new, polls, new.put().send(db)),
        Verb::PutReturningOld => {
            // One whose old item is lost is done.
            let before = new.clone();
            let ended = ended(new.put().return_old().send(db), polls).await;
            let is_lost = matches!(&ended, Some(Err(error)) if error.is_outcome_unknown());
            unchanged(&ended, is_lost || new == before)?;
            ended
        }
        Verb::PutVersioned => held!(account, polls, account.put().send(db)),
        Verb::PutOverwriting => held!(account, polls, account.put().overwrite().send(db)),
        Verb::PutExpired => held!(session, polls, session.put().send(db)),
        Verb::PutUnique => held!(ann, polls, ann.put().send(db)),
        Verb::PutWithWriteId => held!(parcel, polls, parcel.put().send(db)),
        Verb::Create => held!(other, polls, other.create().send(db)),
        Verb::CreateExactlyOnce => held!(other, polls, other.create().exactly_once().send(db)),
        Verb::CreateVersioned => {
            let mut account = Account::new("Bob", 7);
            held!(account, polls, account.create().send(db))
        }
        Verb::CreateOverExpired => held!(session, polls, session.create().send(db)),
        Verb::CreateUnique => held!(bob, polls, bob.create().send(db)),
        Verb::CreateWithWriteId => {
            let mut parcel = Parcel::new("Ann", 2);
            held!(parcel, polls, parcel.create().send(db))
        }
        Verb::Update => ended(Book::update(&new).set(Book::PAGES, 400).send(db), polls).await,
        Verb::UpdateReturningNew => ended(Book::update(&new).set(Book::PAGES, 400).return_new().send(db), polls).await,
        Verb::UpdateExactlyOnce => ended(Book::update(&new).add(Book::PAGES, 5).exactly_once().send(db), polls).await,
        Verb::UpdateOfVersion => {
            ended(Account::update(&account).add(Account::CENTS, 5).expect_version(1).send(db), polls).await
        }
        Verb::UpdateUnique => {
            let update = Member::update(&ann).read_first().set(Member::MAIL, "new@example.com");
            ended(update.send(db), polls).await
        }
        Verb::Upsert => {
            let update = Book::update(&other).upsert().partial().set(Book::TITLE, "Persuasion");
            ended(update.send(db), polls).await
        }
        Verb::Patch => {
            let patch = BookPatch { title: Patch::Set("Emma".into()), pages: Patch::Remove };
            ended(Book::patch(&new, patch).send(db), polls).await
        }
        Verb::SetKey => {
            let key = Book::by_author().author("Another").published(new.published);
            ended(Book::update(&new).set_key(key).send(db), polls).await
        }
        Verb::Save | Verb::Rekey => {
            let mut item = shop.tracked(&new).await?;
            (item.pages, item.year) = (None, if verb == Verb::Rekey { 2001 } else { 1995 });
            tracked!(item, polls, item.rekey().send(db))
        }
        Verb::SaveVersioned | Verb::RekeyVersioned => {
            let mut item = shop.tracked(&account).await?;
            (item.cents, item.number) = (9, if verb == Verb::RekeyVersioned { 2 } else { 1 });
            tracked!(item, polls, item.rekey().send(db))
        }
        Verb::SaveUnique | Verb::RekeyUnique => {
            let mut item = shop.tracked(&ann).await?;
            item.mail = "new@example.com".into();
            if verb == Verb::RekeyUnique {
                item.name = "Bob".into();
            }
            tracked!(item, polls, item.rekey().send(db))
        }
        Verb::SaveWithWriteId => {
            let mut item = shop.tracked(&parcel).await?;
            item.labels.insert("colour".into(), "red".into());
            tracked!(item, polls, item.save().send(db))
        }
        Verb::Delete => ended(Book::delete(&new).send(db), polls).await,
        Verb::DeleteReturningOld => ended(Book::delete(&new).return_old().send(db), polls).await,
        Verb::DeleteVersioned => ended(Account::delete(&account).send(db), polls).await,
        Verb::DeleteUnique => ended(Member::delete(&ann).send(db), polls).await,
        Verb::Transact => {
            let before = (other.clone(), account.clone(), ann.clone());
            let transaction = db.transact().add(other.create()).add(account.put()).add(ann.put());
            let transaction = transaction.add(Book::update(&new).add(Book::PAGES, 5));
            let ended = ended(transaction.send(), polls).await;
            unchanged(&ended, (other, account, ann) == before)?;
            ended
        }
        // Of one item, so that it is done or not.
        Verb::Batch => ended(db.batch_write().put(new).send(), polls).await,
        Verb::Get => ended(Book::get(&new).consistent().send(db), polls).await,
        Verb::Query => ended(Book::query(Book::key().publisher("Penguin")).all(db), polls).await,
        Verb::BatchGet => ended(Book::batch_get([&new, &other]).send(db), polls).await,
        Verb::TransactGet => ended(db.transact_get((&new, &account)).send(), polls).await,
    })
}

/// Tries a verb with one more poll each time, until it comes to its end; how many points it was dropped at.
async fn at_every_point(verb: Verb, fates: &[Fate], before: &[String], after: &[String]) -> Result<usize> {
    for polls in 0.. {
        let shop = Shop::open(verb).await?;
        shop.faults.script(fates.iter().copied());
        let ended = write(&shop, verb, polls).await?;
        let found = shop.stored().await?;
        let place = format!("{verb:?} with {fates:?}, {polls} polls, {ended:?}");
        match ended {
            None if found == before || found == after => {}
            None => return Err(format!("{place}: {found:?}").into()),
            Some(Ok(())) if found == after => return Ok(polls),
            Some(Err(error)) if error.is_outcome_unknown() && (found == before || found == after) => return Ok(polls),
            // What was read is not known to be there.
            Some(Err(error)) if error.is_connection() && found == before => return Ok(polls),
            Some(_) => return Err(format!("{place}: {found:?}").into()),
        }
    }
    Ok(0)
}

#[tokio::test(start_paused = true)]
async fn every_verb_is_dropped_at_every_point() -> Result {
    for verb in VERBS {
        let before = Shop::open(verb).await?.stored().await?;
        let shop = Shop::open(verb).await?;
        assert!(matches!(write(&shop, verb, usize::MAX).await?, Some(Ok(()))), "{verb:?}");
        let after = shop.stored().await?;
        assert_eq!(after == before, verb.is_read(), "{verb:?}");
        // A lost attempt that was not applied, and a slow one, are tried on some verbs beside.
        for fates in [WAYS[0], WAYS[1], WAYS[4]] {
            let points = at_every_point(verb, fates, &before, &after).await?;
            assert!(points >= 2, "{verb:?} with {fates:?}: {points} points");
        }
    }
    Ok(())
}
