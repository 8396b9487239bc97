//! What each verb says when an answer is lost, and what is stored then: the guarantee in its documentation.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use dynorm::{Db, DynamoModel, Error, Existed};
use dynorm_local::{InProcess, Local};
use dynorm_tests::Result;
use dynorm_tests::fault::{Fate, Faults};
use dynorm_tests::models::{self, Book, Note};
use dynorm_tests::wire::{Reply, Wire};
use uuid::Uuid;

/// An attempt that was applied, and one that was not, without an answer that says so.
const LOST: [Fate; 2] = [Fate::Broken { applied: true }, Fate::Broken { applied: false }];

/// Every way in which the end of an attempt tells nothing, each applied or not.
const AMBIGUOUS: [Fate; 11] = [
    LOST[0],
    LOST[1],
    Fate::ServerError { status: 500, applied: true },
    Fate::ServerError { status: 500, applied: false },
    Fate::ServerError { status: 503, applied: true },
    Fate::ServerError { status: 503, applied: false },
    Fate::Cut,
    Fate::Slow { seconds: 5.0, applied: true },
    Fate::Slow { seconds: 5.0, applied: false },
    Fate::Late,
    Fate::Damaged,
];

/// Every way in which an attempt is certainly not applied.
const CERTAIN: [Fate; 4] = [Fate::Throttled, Fate::Refused, Fate::Conflict, Fate::ReplicatedConflict];

struct Library {
    engine: InProcess,
    faults: Faults,
    db: Db,
}

impl Library {
    /// With this book in it, which has 320 pages, and these faults from now on.
    async fn with(book: &mut Book, fates: impl IntoIterator<Item = Fate>) -> Result<Self> {
        let library = Self::empty().await?;
        book.create().send(&library.engine.db()).await?;
        library.faults.script(fates);
        Ok(library)
    }

    async fn empty() -> Result<Self> {
        let engine = Local::in_process().await?;
        Book::create_table().send(&engine.db()).await?;
        Note::create_table().send(&engine.db()).await?;
        let faults = Faults::new(&engine);
        let (db, _) = models::db(faults.client(), "");
        Ok(Library { engine, faults, db })
    }

    /// What is stored once everything has landed.
    async fn pages(&self, book: &Book) -> Result<Option<u32>> {
        self.faults.script([]);
        let _ = Note::get(Note::key().id(Uuid::nil())).send(&self.db).await?;
        let found = Book::get(book).consistent().send(&self.engine.db()).await?;
        Ok(found.and_then(|book| book.pages))
    }
}

fn book() -> Book {
    Book::new("Penguin", 1995, "9780140000001")
}

#[track_caller]
fn assert_unknown(error: &Error) {
    assert!(error.is_outcome_unknown(), "{error}");
    assert!(!error.is_condition_failed() && !error.is_already_exists() && !error.is_not_found(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_sets_values_is_sent_again() -> Result {
    for fate in AMBIGUOUS.into_iter().filter(|fate| *fate != Fate::Damaged).chain(CERTAIN) {
        let mut book = book();
        let library = Library::with(&mut book, [fate]).await?;
        Book::update(&book).set(Book::PAGES, 400).send(&library.db).await?;
        assert_eq!((library.faults.attempts(), library.pages(&book).await?), (2, Some(400)), "{fate:?}");

        let library = Library::with(&mut book, [fate]).await?;
        book.pages = Some(410);
        book.put().send(&library.db).await?;
        assert_eq!((library.faults.attempts(), library.pages(&book).await?), (2, Some(410)), "{fate:?}");

        let mut tracked = Book::get(&book).tracked().send(&library.db).await?.ok_or("it is there")?;
        tracked.pages = Some(420);
        library.faults.script([fate]);
        assert!(tracked.save().send(&library.db).await?);
        assert_eq!(library.pages(&book).await?, Some(420), "{fate:?}");
        assert!(!tracked.is_changed()?);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_counts_is_never_applied_twice() -> Result {
    for fate in AMBIGUOUS {
        let mut book = book();
        let library = Library::with(&mut book, [fate]).await?;

        let error = Book::update(&book).add(Book::PAGES, 5).send(&library.db).await.expect_err("no answer");

        assert_unknown(&error);
        assert_eq!(library.faults.attempts(), 1, "{fate:?}");
        let applied = library.pages(&book).await?;
        assert!([Some(320), Some(325)].contains(&applied), "{fate:?}: {applied:?}");
    }
    for fate in CERTAIN {
        let mut book = book();
        let library = Library::with(&mut book, [fate]).await?;
        Book::update(&book).set(Book::PAGES, Book::PAGES + 5).send(&library.db).await?;
        assert_eq!((library.faults.attempts(), library.pages(&book).await?), (2, Some(325)), "{fate:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn exactly_once_is_applied_once() -> Result {
    for fate in AMBIGUOUS.into_iter().chain([Fate::Throttled, Fate::Refused, Fate::Conflict]) {
        let mut book = book();
        let library = Library::with(&mut book, [fate, fate]).await?;
        Book::update(&book).add(Book::PAGES, 5).exactly_once().send(&library.db).await?;
        assert_eq!((library.faults.attempts(), library.pages(&book).await?), (3, Some(325)), "{fate:?}");
    }
    let mut book = book();
    let library = Library::with(&mut book, [LOST[1]]).await?;
    let error = book.create().exactly_once().send(&library.db).await.expect_err("it is there");
    assert!(error.is_already_exists() && !error.is_outcome_unknown() && !error.is_transaction_canceled(), "{error}");
    assert_eq!(error.current::<Book>().transpose()?.map(|book| book.pages), Some(Some(320)));
    assert_eq!((error.model(), error.operation()), (Some("Book"), Some("TransactWriteItems")));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_token_is_used_for_less_than_ten_minutes() -> Result {
    #[derive(Debug)]
    struct Tokios(tokio::time::Instant);
    impl aws_smithy_async::time::TimeSource for Tokios {
        fn now(&self) -> std::time::SystemTime {
            std::time::SystemTime::UNIX_EPOCH + self.0.elapsed()
        }
    }
    for (minutes, attempts) in [(8, 2), (10, 1)] {
        let timeout = Reply::timeout().after(Duration::from_secs(minutes * 60));
        let wire = Wire::new([timeout, Reply::ok(serde_json::json!({}))]);
        let retries = RetryConfig::standard();
        let config = wire.config().retry_config(retries).time_source(Tokios(tokio::time::Instant::now()));
        let db = Db::new(Client::from_conf(config.build()));

        let sent = db.transact().add(Book::update(&book()).add(Book::PAGES, 5)).send().await;

        assert_eq!((wire.sent().len(), sent.is_ok()), (attempts, attempts == 2), "{sent:?}");
        assert!(sent.err().is_none_or(|error| error.is_outcome_unknown() && error.is_timeout()));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_id_of_this_call_proves_that_create_made_the_item() -> Result {
    let library = Library::empty().await?;
    library.faults.script([LOST[0]]);
    let mut note = Note { id: dynorm::auto(), text: "hello".into() };
    note.create().send(&library.db).await?;
    assert_ne!(note.id, Uuid::nil());
    assert_eq!(Note::get(&note).send(&library.engine.db()).await?, Some(note.clone()));

    // The same content, but the id was there before the call: anyone can have stored it.
    library.faults.script([LOST[1]]);
    let error = note.create().send(&library.db).await.expect_err("perhaps an earlier call's");
    assert_unknown(&error);
    assert_eq!(error.current::<Note>().transpose()?, Some(note));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_create_that_finds_an_item_at_the_resend_is_unknown() -> Result {
    for there_before in [false, true] {
        let (library, mut created) = (Library::empty().await?, book());
        if there_before {
            created.clone().create().send(&library.engine.db()).await?;
        }
        library.faults.script([LOST[usize::from(there_before)]]);
        let before = created.clone();
        let error = created.create().send(&library.db).await.expect_err("it is there");
        assert_unknown(&error);
        assert!(error.current_item().is_some() && error.code() == Some("ConditionalCheckFailedException"), "{error}");
        assert_eq!(created, before, "the model in hand is as it was");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_fails_at_the_resend_is_unknown() -> Result {
    for lost in LOST {
        let mut book = book();
        let library = Library::with(&mut book, [lost]).await?;
        let update =
            Book::update(&book).set(Book::PAGES, 400).condition(Book::PAGES.lt(if lost == LOST[0] { 400 } else { 1 }));
        let error = update.send(&library.db).await.expect_err("the condition is false");
        assert_unknown(&error);
        assert_eq!(library.faults.attempts(), 2);

        library.faults.script([lost]);
        let delete = Book::delete(&book).condition(Book::PAGES.eq(if lost == LOST[0] { 400 } else { 1 }));
        assert_unknown(&delete.send(&library.db).await.expect_err("the condition is false"));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_delete_knows_whether_there_was_one_or_says_that_it_does_not() -> Result {
    let mut book = book();
    let library = Library::with(&mut book, [LOST[1]]).await?;
    assert_eq!(Book::delete(&book).send(&library.db).await?, Existed::Yes);
    assert_eq!(Book::delete(&book).send(&library.db).await?, Existed::No);
    library.faults.script([LOST[1]]);
    assert_eq!(Book::delete(&book).send(&library.db).await?, Existed::Unknown);
    library.faults.script([Fate::Throttled, Fate::Refused]);
    assert_eq!(Book::delete(&book).send(&library.db).await?.known(), Some(false));

    let library = Library::with(&mut book, [LOST[0]]).await?;
    assert_eq!(Book::delete(&book).send(&library.db).await?.known(), None);
    assert_eq!(library.pages(&book).await?, None);

    let library = Library::with(&mut book, [LOST[1]]).await?;
    assert_eq!(Book::delete(&book).return_old().send(&library.db).await?, Some(book.clone()));
    library.faults.script([LOST[0]]);
    assert_unknown(&Book::delete(&book).return_old().send(&library.db).await.expect_err("the old item is lost"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_old_item_that_may_be_the_new_one_is_not_returned() -> Result {
    let mut book = book();
    let library = Library::with(&mut book, [LOST[0]]).await?;
    let mut new = Book { pages: Some(400), ..book.clone() };
    let error = new.put().return_old().send(&library.db).await.expect_err("the old item is lost");
    assert_unknown(&error);
    assert!(error.to_string().contains("the write was done, but what it replaced is not known"), "{error}");
    assert_eq!(library.pages(&book).await?, Some(400));
    assert_ne!(new.updated, book.updated, "the item in hand is the one that is stored");

    library.faults.script([LOST[0]]);
    let update = Book::update(&book).set(Book::PAGES, 410).return_old();
    assert_unknown(&update.send(&library.db).await.expect_err("the old item is lost"));
    library.faults.script([LOST[0]]);
    let new = Book::update(&book).set(Book::PAGES, 420).return_new().send(&library.db).await?;
    assert_eq!(new.pages, Some(420));
    library.faults.script([Fate::Throttled]);
    let old = Book::update(&book).set(Book::PAGES, 430).return_old().send(&library.db).await?;
    assert_eq!(old.pages, Some(420));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_only_refused_was_certainly_not_done() -> Result {
    for fate in CERTAIN {
        let mut book = book();
        let library = Library::with(&mut book, [fate; 3]).await?;
        let error = Book::update(&book).set(Book::PAGES, 1).send(&library.db).await.expect_err("refused");
        assert!(!error.is_outcome_unknown(), "{fate:?}: {error}");
        assert_eq!((library.faults.attempts(), library.pages(&book).await?), (3, Some(320)), "{fate:?}");

        // One attempt before that tells nothing is enough to doubt it.
        library.faults.script([LOST[0], fate, fate]);
        let error = Book::update(&book).set(Book::PAGES, 1).send(&library.db).await.expect_err("refused");
        assert_unknown(&error);
        assert!(error.to_string().contains("; the write may have been done all the same"), "{error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_deadline_tells_whether_something_was_on_its_way() -> Result {
    let mut book = book();
    let library = Library::with(&mut book, [Fate::Slow { seconds: 0.9, applied: true }]).await?;
    let db = library.db.with_deadline(Duration::from_millis(500));
    let error = Book::update(&book).set(Book::PAGES, 400).send(&db).await.expect_err("it takes longer");
    assert!(error.is_deadline(), "{error}");
    assert_unknown(&error);

    library.faults.script([Fate::Throttled; 20]);
    let retries = RetryConfig::standard().with_max_attempts(20);
    let db = Db::new(Client::from_conf(library.faults.config().retry_config(retries).build()));
    let update = Book::update(&book).set(Book::PAGES, 410);
    let error = update.send(&db.with_deadline(Duration::from_millis(1))).await.expect_err("throttled");
    assert!(error.is_deadline() && !error.is_outcome_unknown(), "{error}");
    assert_eq!(library.pages(&book).await?, Some(400));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_damaged_answer_is_asked_for_again_only_where_it_comes_again() -> Result {
    let mut book = book();
    let library = Library::with(&mut book, [Fate::Damaged]).await?;
    assert_eq!(Book::get(&book).send(&library.db).await?.map(|book| book.pages), Some(Some(320)));
    library.faults.script([Fate::Damaged]);
    db_transact(&library, &book).await?;
    assert_eq!(library.pages(&book).await?, Some(325));
    let before = library.faults.attempts();
    library.faults.script([Fate::Damaged]);
    assert_unknown(&book.put().send(&library.db).await.expect_err("damaged"));
    assert_eq!(library.faults.attempts(), before + 1);
    Ok(())
}

async fn db_transact(library: &Library, book: &Book) -> dynorm::Result<()> {
    library.db.transact().add(Book::update(book).add(Book::PAGES, 5)).send().await
}

#[tokio::test(start_paused = true)]
async fn a_transaction_is_done_once() -> Result {
    for fates in AMBIGUOUS.map(|fate| [fate, Fate::Conflict, Fate::Throttled, fate]) {
        let mut book = book();
        let library = Library::with(&mut book, fates).await?;
        db_transact(&library, &book).await?;
        assert_eq!(library.pages(&book).await?, Some(325), "{fates:?}");
    }
    // The token was asked before the condition.
    let mut book = book();
    let library = Library::with(&mut book, [LOST[1]]).await?;
    let error = library.db.transact().add(book.create()).send().await.expect_err("it is there");
    assert!(error.is_already_exists() && !error.is_outcome_unknown(), "{error}");

    library.faults.script([LOST[0], LOST[1], LOST[1]]);
    assert_unknown(&db_transact(&library, &book).await.expect_err("no answer"));
    let conflicts = std::iter::repeat_n(Fate::Conflict, 8);
    library.faults.script([LOST[1]].into_iter().chain(conflicts.clone()));
    let error = db_transact(&library, &book).await.expect_err("conflicts");
    assert!(error.is_outcome_unknown() && error.is_transaction_conflict(), "{error}");
    library.faults.script(conflicts);
    let error = db_transact(&library, &book).await.expect_err("conflicts");
    assert!(!error.is_outcome_unknown() && error.is_transaction_conflict(), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_rekey_is_done_once() -> Result {
    for fate in AMBIGUOUS {
        let mut book = book();
        let library = Library::with(&mut book, []).await?;
        let mut tracked = Book::get(&book).tracked().consistent().send(&library.db).await?.ok_or("it is there")?;
        tracked.year = 2001;
        library.faults.script([fate, Fate::Conflict]);
        assert!(tracked.rekey().send(&library.db).await?, "{fate:?}");
        assert_eq!(library.pages(&book).await?, None);
        assert_eq!(library.pages(&tracked).await?, Some(320), "{fate:?}");
    }
    Ok(())
}
