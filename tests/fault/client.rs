//! The faulty client itself.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue::S;
use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use dynorm::DynamoModel;
use dynorm_local::{InProcess, Local};
use dynorm_tests::Result;
use dynorm_tests::fault::{Fate, Faults};
use dynorm_tests::models::Note;

async fn notes() -> Result<(InProcess, Faults)> {
    let engine = Local::in_process().await?;
    Note::create_table().send(&engine.db()).await?;
    let faults = Faults::new(&engine);
    Ok((engine, faults))
}

async fn stored(engine: &InProcess) -> Result<Vec<String>> {
    let found = engine.client().scan().table_name("notes").send().await?;
    let mut ids: Vec<_> = found.items().iter().filter_map(|item| item.get("id")?.as_s().ok().cloned()).collect();
    ids.sort();
    Ok(ids)
}

#[tokio::test(start_paused = true)]
async fn each_fate_applies_what_it_says() -> Result {
    let applied = [
        Fate::Answered,
        Fate::ServerError { status: 500, applied: true },
        Fate::Broken { applied: true },
        Fate::Cut,
        Fate::Damaged,
        Fate::Slow { seconds: 0.5, applied: true },
        Fate::Slow { seconds: 0.5, applied: false },
        Fate::Slow { seconds: 5.0, applied: true },
    ];
    let not_applied = [
        Fate::Throttled,
        Fate::Refused,
        Fate::ServerError { status: 503, applied: false },
        Fate::Broken { applied: false },
        Fate::Slow { seconds: 5.0, applied: false },
        Fate::Late,
        Fate::Conflict,
        Fate::ReplicatedConflict,
    ];
    for (fate, expected) in applied.map(|fate| (fate, true)).into_iter().chain(not_applied.map(|fate| (fate, false))) {
        let (engine, faults) = notes().await?;
        faults.script([fate]);
        let once = faults.config().retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled()).build();
        let put = aws_sdk_dynamodb::Client::from_conf(once).put_item().table_name("notes").item("id", S("a".into()));
        let sent = put.send().await;
        // The SDK does not compare checksums.
        let answered = matches!(fate, Fate::Answered | Fate::Damaged | Fate::Slow { seconds: 0.5, .. });
        assert_eq!(sent.is_ok(), answered, "{fate:?}: {sent:?}");
        assert_eq!(!stored(&engine).await?.is_empty(), expected, "{fate:?}");
        assert_eq!(faults.attempts(), 1);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_late_request_lands_after_the_next() -> Result {
    let (engine, faults) = notes().await?;
    let put = |text: &str| {
        let put = faults.client().put_item().table_name("notes").item("id", S("a".into()));
        put.item("text", S(text.into())).send()
    };
    faults.script([Fate::Late]);
    put("late, then sent again").await?;
    faults.script([Fate::Late, Fate::Throttled, Fate::Throttled]);
    let error = put("late").await.expect_err("throttled");
    assert_eq!(error.code(), Some("ProvisionedThroughputExceededException"));
    put("next").await?;

    let found = engine.client().get_item().table_name("notes").key("id", S("a".into())).send().await?;
    assert_eq!(found.item().and_then(|item| item.get("text")), Some(&S("next".into())));
    assert_eq!(faults.late(), 0);

    faults.script([Fate::Late, Fate::Late, Fate::Late]);
    put("landed after the next").await.expect_err("no answer");
    put("the next").await?;
    let found = engine.client().get_item().table_name("notes").key("id", S("a".into())).send().await?;
    assert_eq!(found.item().and_then(|item| item.get("text")), Some(&S("landed after the next".into())));
    Ok(())
}

#[tokio::test]
async fn a_partial_batch_returns_the_rest() -> Result {
    let (engine, faults) = notes().await?;
    let ids: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    let put = |id: &String| PutRequest::builder().item("id", S(id.clone())).build();
    let puts =
        ids.iter().map(|id| Ok(WriteRequest::builder().put_request(put(id)?).build())).collect::<Result<Vec<_>>>()?;
    faults.seed(3, 0);
    faults.script([Fate::Partial]);
    let written = faults.client().batch_write_item().request_items("notes", puts).send().await?;
    let left = written.unprocessed_items().and_then(|left| left.get("notes")).map_or(0, Vec::len);
    assert!((1..10).contains(&left), "{left}");
    assert_eq!(stored(&engine).await?.len(), 10 - left);

    let key = |id: &String| [("id".to_owned(), S(id.clone()))].into();
    let keys = KeysAndAttributes::builder().set_keys(Some(ids.iter().map(key).collect())).build()?;
    faults.script([Fate::Partial]);
    let read = faults.client().batch_get_item().request_items("notes", keys).send().await?;
    let left = read.unprocessed_keys().and_then(|left| left.get("notes")).map_or(0, |keys| keys.keys().len());
    assert!((1..10).contains(&left), "{left}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_faults() -> Result {
    let (_, faults) = notes().await?;
    let mut logs = Vec::new();
    for seed in [1, 1, 2] {
        faults.seed(seed, 50);
        for _ in 0..50 {
            let _ = faults.client().put_item().table_name("notes").item("id", S("a".into())).send().await;
        }
        assert!(faults.faults() > 10, "{}", faults.faults());
        logs.push(faults.log());
    }
    assert_eq!(logs[0], logs[1]);
    assert_ne!(logs[0], logs[2]);
    Ok(())
}
