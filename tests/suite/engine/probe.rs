//! Tries on an engine each feature that it may lack.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue::{self, B, N, S};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CancellationReason, ConditionCheck, Delete, GlobalSecondaryIndex,
    KeySchemaElement, KeyType, LocalSecondaryIndex, PointInTimeRecoverySpecification, Projection, ProjectionType,
    ProvisionedThroughput, Put, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
    ScalarAttributeType, Select, TableStatus, Tag, TimeToLiveSpecification, TransactWriteItem,
};
use dynorm_tests::{Context, Feature, Result};
use tokio::task::JoinSet;

/// Creates a table with the text partition key `pk`, with provisioned capacity because every engine has that.
pub(super) async fn create_table(client: &Client, table: &str) -> Result {
    provisioned(client, table)?.send().await?;
    wait_until_active(client, table).await
}

/// Not the SDK's waiter, which sleeps for seconds between two looks.
async fn wait_until_active(client: &Client, table: &str) -> Result {
    loop {
        let described = client.describe_table().table_name(table).send().await?;
        if described.table().and_then(|table| table.table_status()) == Some(&TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Whether the engine has `feature`. An error means that the probe itself could not be set up.
pub(super) async fn has(cx: &Context, feature: Feature) -> Result<bool> {
    let client = cx.client();
    let table = cx.table(&format!("{feature:?}"));
    match feature {
        Feature::MultiAttributeKeys => return multi_attribute_keys(&client, &table).await,
        Feature::IndexCapacity => return index_capacity(&client, &table).await,
        Feature::FetchRest => return fetch_rest(&client, &table).await,
        Feature::OnDemand => return on_demand(&client, &table).await,
        Feature::KeyLength => return key_length(&client, &table).await,
        Feature::DeletionProtection => return deletion_protection(&client, &table).await,
        Feature::TagsAtCreation => return tags_at_creation(&client, &table).await,
        _ => create_table(&client, &table).await?,
    }
    match feature {
        Feature::Transactions => transactions(&client, &table).await,
        Feature::TransactionTokens => transaction_tokens(&client, &table).await,
        Feature::ConcurrentTransactions => concurrent_transactions(&client, &table).await,
        Feature::ConcurrentConditions => concurrent_conditions(&client, &table).await,
        Feature::TimeToLive => time_to_live(&client, &table).await,
        Feature::PartiQl => parti_ql(&client, &table).await,
        Feature::ItemOfFailedCondition => item_of_failed_condition(&client, &table).await,
        Feature::NoOldItemOfNew => no_old_item_of_new(&client, &table).await,
        Feature::MapEquality => map_equality(&client, &table).await,
        Feature::UpdateOfNothing => {
            let update = client.update_item().table_name(&table).key("pk", S("a".into()));
            Ok(update.send().await.is_ok())
        }
        Feature::NestedFunctions => nested_functions(&client, &table).await,
        Feature::UpdatedEntries => updated_entries(&client, &table).await,
        Feature::FullConditions => full_conditions(&client, &table).await,
        Feature::Capacity => capacity(&client, &table).await,
        Feature::NumberLimits => number_limits(&client, &table).await,
        Feature::ItemSize => item_size(&client, &table).await,
        Feature::PageSize => page_size(&client, &table).await,
        Feature::KeyFilterRefused => key_filter_refused(&client, &table).await,
        Feature::PointInTimeRecovery => point_in_time_recovery(&client, &table).await,
        other => Err(format!("there is no probe for {other:?}").into()),
    }
}

fn text_attribute(name: &str) -> Result<AttributeDefinition> {
    Ok(AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()?)
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement> {
    Ok(KeySchemaElement::builder().attribute_name(name).key_type(kind).build()?)
}

fn capacity_units() -> Result<ProvisionedThroughput> {
    Ok(ProvisionedThroughput::builder().read_capacity_units(5).write_capacity_units(5).build()?)
}

fn provisioned(client: &Client, table: &str) -> Result<CreateTableFluentBuilder> {
    Ok(client
        .create_table()
        .table_name(table)
        .attribute_definitions(text_attribute("pk")?)
        .key_schema(key("pk", KeyType::Hash)?)
        .provisioned_throughput(capacity_units()?))
}

async fn put(client: &Client, table: &str, pk: &str, value: AttributeValue) -> Result {
    client.put_item().table_name(table).item("pk", S(pk.into())).item("value", value).send().await?;
    Ok(())
}

async fn get(client: &Client, table: &str, pk: &str) -> Result<Option<AttributeValue>> {
    let answer = client.get_item().table_name(table).key("pk", S(pk.into())).send().await?;
    Ok(answer.item.and_then(|mut item| item.remove("value")))
}

fn transact_put(table: &str, pk: &str, value: &str) -> Result<TransactWriteItem> {
    let put = Put::builder().table_name(table).item("pk", S(pk.into())).item("value", S(value.into())).build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

async fn transactions(client: &Client, table: &str) -> Result<bool> {
    put(client, table, "there", S("1".into())).await?;
    let good = client
        .transact_write_items()
        .transact_items(transact_put(table, "a", "1")?)
        .transact_items(
            TransactWriteItem::builder()
                .delete(Delete::builder().table_name(table).key("pk", S("there".into())).build()?)
                .build(),
        )
        .send()
        .await;
    let check = ConditionCheck::builder()
        .table_name(table)
        .key("pk", S("gone".into()))
        .condition_expression("attribute_exists(pk)")
        .build()?;
    let refused = client
        .transact_write_items()
        .transact_items(transact_put(table, "b", "1")?)
        .transact_items(TransactWriteItem::builder().condition_check(check).build())
        .send()
        .await;
    let reasons = match refused.map_err(SdkError::into_service_error) {
        Err(TransactWriteItemsError::TransactionCanceledException(canceled)) => canceled.cancellation_reasons,
        _ => None,
    };
    let codes: Vec<_> = reasons.iter().flatten().map(CancellationReason::code).collect();
    let stored = (get(client, table, "a").await?, get(client, table, "there").await?, get(client, table, "b").await?);
    Ok(good.is_ok()
        && codes == [Some("None"), Some("ConditionalCheckFailed")]
        && stored == (Some(S("1".into())), None, None))
}

async fn transaction_tokens(client: &Client, table: &str) -> Result<bool> {
    let write = async |item: TransactWriteItem| {
        client.transact_write_items().client_request_token("token").transact_items(item).send().await
    };
    if write(transact_put(table, "a", "1")?).await.is_err() {
        return Ok(false);
    }
    put(client, table, "a", S("2".into())).await?;
    let repeated = write(transact_put(table, "a", "1")?).await;
    let mismatched = write(transact_put(table, "a", "3")?).await;
    Ok(repeated.is_ok()
        && mismatched.is_err_and(|error| error.code() == Some("IdempotentParameterMismatchException"))
        && get(client, table, "a").await? == Some(S("2".into())))
}

async fn concurrent_transactions(client: &Client, table: &str) -> Result<bool> {
    let check = ConditionCheck::builder()
        .table_name(table)
        .key("pk", S("gone".into()))
        .condition_expression("attribute_exists(pk)")
        .build()?;
    let check = TransactWriteItem::builder().condition_check(check).build();
    if client.transact_write_items().transact_items(transact_put(table, "a", "1")?).send().await.is_err() {
        return Ok(false);
    }
    // What goes wrong only now and then has many chances.
    for round in 0..20 {
        let mut failing = JoinSet::new();
        for _ in 0..8 {
            let put = transact_put(table, "never", "1")?;
            let transaction = client.transact_write_items().transact_items(put).transact_items(check.clone());
            failing.spawn(transaction.send());
        }
        let keys: Vec<String> = (0..8).map(|n| format!("{round} {n}")).collect();
        for key in &keys {
            put(client, table, key, S("1".into())).await?;
        }
        failing.join_all().await;
        for key in &keys {
            if get(client, table, key).await?.is_none() {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

async fn concurrent_conditions(client: &Client, table: &str) -> Result<bool> {
    put(client, table, "a", N("0".into())).await?;
    for round in 0..20 {
        let mut racing = JoinSet::new();
        for _ in 0..8 {
            let update = client.update_item().table_name(table).key("pk", S("a".into()));
            let update = update.update_expression("SET #v = :next").condition_expression("#v = :now");
            let update = update.expression_attribute_names("#v", "value");
            let update = update.expression_attribute_values(":now", N(round.to_string()));
            racing.spawn(update.expression_attribute_values(":next", N((round + 1).to_string())).send());
        }
        if racing.join_all().await.iter().filter(|sent| sent.is_ok()).count() != 1 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn time_to_live(client: &Client, table: &str) -> Result<bool> {
    let specification = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build()?;
    let set = client.update_time_to_live().table_name(table).time_to_live_specification(specification).send().await;
    let described = client.describe_time_to_live().table_name(table).send().await;
    Ok(set.is_ok()
        && described.is_ok_and(|answer| {
            answer.time_to_live_description().and_then(|ttl| ttl.attribute_name()) == Some("expires")
        }))
}

async fn parti_ql(client: &Client, table: &str) -> Result<bool> {
    put(client, table, "a", S("1".into())).await?;
    let statement = format!("SELECT * FROM \"{table}\" WHERE pk = ?");
    let selected = client.execute_statement().statement(statement).parameters(S("a".into())).send().await;
    Ok(selected.is_ok_and(|answer| answer.items().len() == 1))
}

async fn multi_attribute_keys(client: &Client, table: &str) -> Result<bool> {
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-place")
        .key_schema(key("country", KeyType::Hash)?)
        .key_schema(key("city", KeyType::Hash)?)
        .key_schema(key("street", KeyType::Range)?)
        .key_schema(key("house", KeyType::Range)?)
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .provisioned_throughput(capacity_units()?)
        .build()?;
    let created = provisioned(client, table)?
        .attribute_definitions(text_attribute("country")?)
        .attribute_definitions(text_attribute("city")?)
        .attribute_definitions(text_attribute("street")?)
        .attribute_definitions(text_attribute("house")?)
        .global_secondary_indexes(index)
        .send()
        .await;
    if created.is_err() {
        return Ok(false);
    }
    wait_until_active(client, table).await?;
    for (pk, street) in [("a", "Long Lane"), ("b", "Short Lane")] {
        client
            .put_item()
            .table_name(table)
            .item("pk", S(pk.into()))
            .item("country", S("uk".into()))
            .item("city", S("London".into()))
            .item("street", S(street.into()))
            .item("house", S("1".into()))
            .send()
            .await?;
    }
    let found = client
        .query()
        .table_name(table)
        .index_name("by-place")
        .key_condition_expression("country = :country AND city = :city AND street = :street AND house > :house")
        .expression_attribute_values(":country", S("uk".into()))
        .expression_attribute_values(":city", S("London".into()))
        .expression_attribute_values(":street", S("Long Lane".into()))
        .expression_attribute_values(":house", S("0".into()))
        .send()
        .await;
    Ok(found.is_ok_and(|answer| answer.count() == 1))
}

async fn on_demand(client: &Client, table: &str) -> Result<bool> {
    let created = client
        .create_table()
        .table_name(table)
        .attribute_definitions(text_attribute("pk")?)
        .key_schema(key("pk", KeyType::Hash)?)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await;
    if created.is_err() {
        return Ok(false);
    }
    let described = client.describe_table().table_name(table).send().await;
    Ok(described.is_ok_and(|answer| {
        answer.table().and_then(|table| table.billing_mode_summary()?.billing_mode().cloned())
            == Some(BillingMode::PayPerRequest)
    }))
}

async fn item_of_failed_condition(client: &Client, table: &str) -> Result<bool> {
    put(client, table, "a", S("1".into())).await?;
    let refused = client
        .put_item()
        .table_name(table)
        .item("pk", S("a".into()))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    let item = match refused.map_err(SdkError::into_service_error) {
        Err(PutItemError::ConditionalCheckFailedException(failed)) => failed.item,
        _ => None,
    };
    Ok(item.and_then(|mut item| item.remove("value")) == Some(S("1".into())))
}

async fn no_old_item_of_new(client: &Client, table: &str) -> Result<bool> {
    let update = client
        .update_item()
        .table_name(table)
        .key("pk", S("a".into()))
        .update_expression("SET #value = :value")
        .expression_attribute_names("#value", "value")
        .expression_attribute_values(":value", S("1".into()))
        .return_values(ReturnValue::AllOld);
    let old = update.send().await?.attributes;
    Ok(old.is_none_or(|old| old.is_empty()))
}

async fn map_equality(client: &Client, table: &str) -> Result<bool> {
    let entries = [("a", N("1".into())), ("b", S("2".into()))];
    let list = AttributeValue::L(vec![AttributeValue::M(entries.map(|(name, value)| (name.into(), value)).into())]);
    put(client, table, "a", list.clone()).await?;
    let update = client
        .update_item()
        .table_name(table)
        .key("pk", S("a".into()))
        .update_expression("SET #value = :value")
        .condition_expression("#value = :value")
        .expression_attribute_names("#value", "value")
        .expression_attribute_values(":value", list);
    Ok(update.send().await.is_ok())
}

async fn nested_functions(client: &Client, table: &str) -> Result<bool> {
    let update = client
        .update_item()
        .table_name(table)
        .key("pk", S("a".into()))
        .update_expression("SET #value = if_not_exists(#value, if_not_exists(#older, :value))")
        .expression_attribute_names("#value", "value")
        .expression_attribute_names("#older", "older")
        .expression_attribute_values(":value", S("1".into()));
    Ok(update.send().await.is_ok())
}

async fn updated_entries(client: &Client, table: &str) -> Result<bool> {
    let map = |entries: &[(&str, &str)]| {
        AttributeValue::M(entries.iter().map(|(name, value)| ((*name).into(), S((*value).into()))).collect())
    };
    put(client, table, "a", map(&[("kept", "1"), ("changed", "1")])).await?;
    let mut answers = Vec::new();
    for returned in [ReturnValue::UpdatedNew, ReturnValue::UpdatedOld] {
        let update = client
            .update_item()
            .table_name(table)
            .key("pk", S("a".into()))
            .update_expression("SET #value.changed = :new")
            .expression_attribute_names("#value", "value")
            .expression_attribute_values(":new", S("2".into()))
            .return_values(returned);
        answers.push(update.send().await?.attributes.and_then(|mut changed| changed.remove("value")));
    }
    Ok(answers == [Some(map(&[("changed", "2")])), Some(map(&[("changed", "2")]))])
}

async fn full_conditions(client: &Client, table: &str) -> Result<bool> {
    let map = || AttributeValue::M([("a".to_owned(), S("1".into()))].into());
    let binary = |bytes: &[u8]| AttributeValue::B(Blob::new(bytes));
    put(client, table, "map", map()).await?;
    put(client, table, "binary", binary(&[0xFF, 2])).await?;
    client.put_item().table_name(table).item("pk", S("absent".into())).send().await?;
    let finds = async |filter: &str, value: AttributeValue| {
        let scan = client.scan().table_name(table).filter_expression(filter);
        let scan = scan.expression_attribute_names("#value", "value").expression_attribute_values(":value", value);
        scan.send().await.map_or(-1, |answer| answer.count())
    };
    let counts = [
        finds("#value = :value", map()).await,
        finds("begins_with(#value, :value)", binary(&[0xFF])).await,
        finds("size(#value) BETWEEN :value AND :value", AttributeValue::N("2".into())).await,
    ];
    Ok(counts == [1, 1, 1])
}

async fn capacity(client: &Client, table: &str) -> Result<bool> {
    put(client, table, "a", S("x".repeat(5_000))).await?;
    let got = client
        .get_item()
        .table_name(table)
        .key("pk", S("a".into()))
        .consistent_read(true)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await?;
    Ok(got.consumed_capacity().and_then(|capacity| capacity.capacity_units()) == Some(2.0))
}

async fn index_capacity(client: &Client, table: &str) -> Result<bool> {
    let index = GlobalSecondaryIndex::builder()
        .index_name("index")
        .key_schema(key("pk", KeyType::Hash)?)
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .provisioned_throughput(capacity_units()?);
    provisioned(client, table)?.global_secondary_indexes(index.build()?).send().await?;
    wait_until_active(client, table).await?;
    let request = client.put_item().table_name(table).item("pk", S("a".into()));
    let answer = request.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await?;
    let indexes = answer.consumed_capacity().and_then(|capacity| capacity.global_secondary_indexes());
    Ok(indexes.and_then(|indexes| indexes.get("index")?.capacity_units()) == Some(1.0))
}

async fn number_limits(client: &Client, table: &str) -> Result<bool> {
    let digits = "12345678901234567890123456789012345678";
    put(client, table, "a", N(digits.into())).await?;
    let kept = get(client, table, "a").await? == Some(N(digits.into()));
    Ok(kept && put(client, table, "b", N(format!("{digits}9"))).await.is_err())
}

async fn key_length(client: &Client, table: &str) -> Result<bool> {
    provisioned(client, table)?
        .attribute_definitions(text_attribute("sk")?)
        .key_schema(key("sk", KeyType::Range)?)
        .send()
        .await?;
    wait_until_active(client, table).await?;
    let put = async |pk: usize, sk: usize| {
        client
            .put_item()
            .table_name(table)
            .item("pk", S("p".repeat(pk)))
            .item("sk", S("s".repeat(sk)))
            .send()
            .await
            .is_ok()
    };
    Ok(put(2048, 1024).await && !put(2049, 1).await && !put(1, 1025).await)
}

async fn item_size(client: &Client, table: &str) -> Result<bool> {
    let (fits, refused) = (B(Blob::new(vec![0; 409_000])), B(Blob::new(vec![0; 410_000])));
    Ok(put(client, table, "a", fits).await.is_ok() && put(client, table, "b", refused).await.is_err())
}

async fn page_size(client: &Client, table: &str) -> Result<bool> {
    for pk in ["a", "b", "c", "d", "e", "f"] {
        put(client, table, pk, S("x".repeat(300_000))).await?;
    }
    let page = client.scan().table_name(table).send().await?;
    Ok(page.count() < 6 && page.last_evaluated_key().is_some())
}

async fn key_filter_refused(client: &Client, table: &str) -> Result<bool> {
    let answer = client
        .query()
        .table_name(table)
        .key_condition_expression("pk = :pk")
        .filter_expression("pk <> :other")
        .expression_attribute_values(":pk", S("a".into()))
        .expression_attribute_values(":other", S("b".into()))
        .send()
        .await;
    Ok(answer.is_err_and(|error| error.code() == Some("ValidationException")))
}

async fn fetch_rest(client: &Client, table: &str) -> Result<bool> {
    let by_at = LocalSecondaryIndex::builder()
        .index_name("by_at")
        .key_schema(key("pk", KeyType::Hash)?)
        .key_schema(key("at", KeyType::Range)?)
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()?;
    client
        .create_table()
        .table_name(table)
        .attribute_definitions(text_attribute("pk")?)
        .attribute_definitions(text_attribute("sk")?)
        .attribute_definitions(text_attribute("at")?)
        .key_schema(key("pk", KeyType::Hash)?)
        .key_schema(key("sk", KeyType::Range)?)
        .local_secondary_indexes(by_at)
        .provisioned_throughput(capacity_units()?)
        .send()
        .await?;
    wait_until_active(client, table).await?;
    let put = client.put_item().table_name(table).item("pk", S("a".into())).item("sk", S("b".into()));
    put.item("at", S("c".into())).item("value", S("d".into())).send().await?;
    let answer = client
        .query()
        .table_name(table)
        .index_name("by_at")
        .select(Select::AllAttributes)
        .key_condition_expression("pk = :pk")
        .filter_expression("#v = :v")
        .expression_attribute_names("#v", "value")
        .expression_attribute_values(":pk", S("a".into()))
        .expression_attribute_values(":v", S("d".into()))
        .send()
        .await?;
    Ok(answer.items().iter().any(|item| item.contains_key("value")))
}

async fn deletion_protection(client: &Client, table: &str) -> Result<bool> {
    provisioned(client, table)?.deletion_protection_enabled(true).send().await?;
    wait_until_active(client, table).await?;
    let refused = client.delete_table().table_name(table).send().await.is_err();
    if refused {
        client.update_table().table_name(table).deletion_protection_enabled(false).send().await?;
    }
    Ok(refused)
}

async fn point_in_time_recovery(client: &Client, table: &str) -> Result<bool> {
    let specification = PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(true).build()?;
    let set = client
        .update_continuous_backups()
        .table_name(table)
        .point_in_time_recovery_specification(specification)
        .send()
        .await;
    Ok(set.is_ok())
}

async fn tags_at_creation(client: &Client, table: &str) -> Result<bool> {
    let tag = Tag::builder().key("team").value("books").build()?;
    let created = provisioned(client, table)?.tags(tag.clone()).send().await;
    let Some(arn) = created.ok().and_then(|answer| answer.table_description?.table_arn) else {
        return Ok(false);
    };
    wait_until_active(client, table).await?;
    let listed = client.list_tags_of_resource().resource_arn(arn).send().await;
    Ok(listed.is_ok_and(|answer| answer.tags() == [tag]))
}
