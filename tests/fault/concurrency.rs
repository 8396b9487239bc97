//! Many tasks at one item, or at one value, while attempts fail: what was acknowledged adds up, and one wins.

use std::collections::BTreeSet;

use dynorm::{Db, DynamoModel, Error};
use dynorm_local::{InProcess, Local};
use dynorm_tests::Result;
use dynorm_tests::fault::Faults;
use dynorm_tests::models::{self, Account, Book};
use tokio::task::JoinSet;

const TASKS: u32 = 64;
const SEEDS: u64 = 6;
/// How many of a hundred attempts meet a fault.
const FAULTS: u8 = 30;

/// A model with a value that no other has.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "members")]
struct Member {
    #[dynorm(partition_key)]
    name: String,
    #[dynorm(unique)]
    mail: String,
}

struct Bank {
    engine: InProcess,
    faults: Faults,
    db: Db,
}

impl Bank {
    /// With an account of Ann's, and faults by this seed from now on.
    async fn open(seed: u64) -> Result<Self> {
        let engine = Local::in_process().await?;
        Account::create_table().send(&engine.db()).await?;
        Book::create_table().send(&engine.db()).await?;
        Member::create_table().send(&engine.db()).await?;
        Account::new("Ann", 0).create().send(&engine.db()).await?;
        let faults = Faults::new(&engine);
        faults.seed(seed, FAULTS);
        let (db, _) = models::db(faults.client(), "");
        Ok(Bank { engine, faults, db })
    }

    /// Ann's account once everything has arrived.
    async fn account(&self) -> Result<Account> {
        self.faults.seed(0, 0);
        Ok(Account::get(ann()).consistent().send(&self.engine.db()).await?.ok_or("it is there")?)
    }
}

fn ann() -> dynorm::Key<Account> {
    Account::new("Ann", 0).to_key()
}

/// Whether a write was certainly not done, for a reason that passes.
fn is_refused(error: &Error) -> bool {
    let code = error.code() == Some("ReplicatedWriteConflictException");
    !error.is_outcome_unknown()
        && (error.is_throttled() || error.is_connection() || error.is_transaction_conflict() || code)
}

#[tokio::test(start_paused = true)]
async fn what_is_added_exactly_once_adds_up() -> Result {
    for seed in 0..SEEDS {
        let bank = Bank::open(seed).await?;
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let db = bank.db.clone();
            tasks.spawn(async move {
                loop {
                    // Whoever repeats it with its token is told whether it was done.
                    let add =
                        Account::update(ann()).add(Account::CENTS, 1).exactly_once().token(format!("task {task}"));
                    match add.send(&db).await {
                        Err(error) if error.is_outcome_unknown() || is_refused(&error) => {}
                        sent => return sent,
                    }
                }
            });
        }
        for sent in tasks.join_all().await {
            sent?;
        }
        assert!(bank.faults.faults() > 10, "{}", bank.faults.faults());
        assert_eq!(bank.account().await?.cents, i64::from(TASKS), "seed {seed}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn saves_of_a_version_add_up() -> Result {
    for seed in 0..SEEDS {
        let bank = Bank::open(seed).await?;
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            let db = bank.db.clone();
            tasks.spawn(async move {
                loop {
                    let Ok(Some(mut account)) = Account::get(ann()).consistent().tracked().send(&db).await else {
                        continue;
                    };
                    account.cents += 1;
                    match account.save().send(&db).await {
                        Ok(_) => return Ok(true),
                        Err(error) if error.is_outcome_unknown() => return Ok(false),
                        Err(error) if error.is_version_conflict() || is_refused(&error) => {}
                        Err(error) => return Err(error),
                    }
                }
            });
        }
        let (mut done, mut unknown) = (0, 0);
        for saved in tasks.join_all().await {
            match saved? {
                true => done += 1,
                false => unknown += 1,
            }
        }
        let account = bank.account().await?;
        assert!((done..=done + unknown).contains(&account.cents), "seed {seed}: {done}, {unknown}, {account:?}");
        assert_eq!(account.version, account.cents.cast_unsigned() + 1, "seed {seed}");
        assert!(done > i64::from(TASKS) / 4, "seed {seed}: {done} are known to be done");
    }
    Ok(())
}

/// At most one of those who wanted something knows that it has it, and the one that has it is among those who know, or do not know.
fn one_won(created: Vec<(u32, dynorm::Result<()>)>, lost: fn(&Error) -> bool, winner: Option<u32>) -> Result {
    let (mut won, mut perhaps) = (BTreeSet::new(), BTreeSet::new());
    for (task, created) in created {
        match created {
            Ok(()) => drop(won.insert(task)),
            Err(error) if error.is_outcome_unknown() => drop(perhaps.insert(task)),
            Err(error) if lost(&error) || is_refused(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    assert!(won.len() <= 1, "{won:?}");
    match winner {
        Some(winner) if won.is_empty() => assert!(perhaps.contains(&winner), "{winner} of {perhaps:?}"),
        winner => assert_eq!(won.into_iter().next(), winner),
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn of_many_that_create_a_key_one_wins() -> Result {
    for seed in 0..SEEDS {
        let bank = Bank::open(seed).await?;
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let db = bank.db.clone();
            tasks.spawn(async move {
                let mut book = Book { pages: Some(task + 1), ..Book::new("Penguin", 1995, "9780140000001") };
                (task, book.create().send(&db).await)
            });
        }
        let created = tasks.join_all().await;
        bank.account().await?;
        let found = Book::scan().consistent().all(&bank.engine.db()).await?;
        one_won(created, Error::is_already_exists, found.first().and_then(|book| Some(book.pages? - 1)))?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn of_many_that_create_a_value_one_wins() -> Result {
    for seed in 0..SEEDS {
        let bank = Bank::open(seed).await?;
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let db = bank.db.clone();
            tasks.spawn(async move {
                let mut member = Member { name: task.to_string(), mail: "one@example.com".into() };
                (task, member.create().send(&db).await)
            });
        }
        let created = tasks.join_all().await;
        bank.account().await?;
        let found = Member::scan().consistent().all(&bank.engine.db()).await?;
        assert!(found.len() <= 1, "{found:?}");
        one_won(created, Error::is_unique_violation, found.first().and_then(|member| member.name.parse().ok()))?;
    }
    Ok(())
}
