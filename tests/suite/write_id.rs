//! Models with a `write_id`: an attribute beside the fields, on every path that writes.

use dynorm::{Db, DynamoModel};
use dynorm_tests::models::Parcel;
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    every_write_replaces_the_id,
    a_save_goes_on_after_a_save,
    rekey_writes_an_id needs [Transactions],
    a_batch_writes_an_id,
}

async fn parcels(cx: &Context) -> Result<Db> {
    let (db, _) = cx.clocked_db();
    Parcel::create_table().send(&db).await?;
    Ok(db)
}

async fn stored(db: &Db, parcel: &Parcel) -> Result<Parcel> {
    Ok(Parcel::get(parcel).consistent().send(db).await?.ok_or("stored")?)
}

/// The id that is stored.
async fn id(db: &Db, parcel: &Parcel) -> Result<String> {
    let (table, key) = (db.table_name::<Parcel>(), parcel.to_key().to_sdk()?);
    let get = db.client().get_item().table_name(table).set_key(Some(key)).consistent_read(true);
    let item = get.send().await?.item.ok_or("stored")?;
    let id = item.get("_write").and_then(|id| id.as_s().ok()).ok_or("it has an id")?;
    Ok(id.clone())
}

async fn every_write_replaces_the_id(cx: Context) -> Result {
    let db = parcels(&cx).await?;
    let mut parcel = Parcel::new("Ann", 1);
    let mut ids = Vec::new();

    parcel.create().send(&db).await?;
    ids.push(id(&db, &parcel).await?);
    parcel.put().send(&db).await?;
    ids.push(id(&db, &parcel).await?);
    Parcel::update(&parcel).set(Parcel::PLACE, "Oslo").send(&db).await?;
    ids.push(id(&db, &parcel).await?);
    Parcel::update(&parcel).upsert().set(Parcel::PLACE, "Bern").send(&db).await?;
    ids.push(id(&db, &parcel).await?);
    let mut tracked = Parcel::get(&parcel).consistent().tracked().send(&db).await?.ok_or("stored")?;
    tracked.place = "Kiel".into();
    assert!(tracked.save().send(&db).await?);
    ids.push(id(&db, &parcel).await?);

    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    assert_eq!(stored(&db, &parcel).await?, Parcel { place: "Kiel".into(), version: 5, ..Parcel::new("Ann", 1) });
    assert_eq!(Parcel::scan().all(&db).await?, [stored(&db, &parcel).await?]);
    Ok(())
}

async fn a_save_goes_on_after_a_save(cx: Context) -> Result {
    let db = parcels(&cx).await?;
    let mut parcel = Parcel::new("Ann", 1);
    parcel.labels.insert("colour".into(), "red".into());
    parcel.create().send(&db).await?;
    let first = id(&db, &parcel).await?;
    let mut tracked = Parcel::get(&parcel).consistent().tracked().send(&db).await?.ok_or("stored")?;

    assert!(!tracked.save().send(&db).await?);
    assert_eq!(id(&db, &parcel).await?, first, "nothing was sent");
    for (place, version) in [("Oslo", 2), ("Bern", 3)] {
        tracked.place = place.into();
        assert!(tracked.save().send(&db).await?);
        assert!(!tracked.is_changed()? && !tracked.save().send(&db).await?);
        assert_eq!(tracked.version, version);
    }
    assert_eq!(stored(&db, &parcel).await?, tracked.into_inner());
    Ok(())
}

async fn rekey_writes_an_id(cx: Context) -> Result {
    let db = parcels(&cx).await?;
    let mut parcel = Parcel::new("Ann", 1);
    parcel.create().send(&db).await?;
    let first = id(&db, &parcel).await?;
    let mut tracked = Parcel::get(&parcel).consistent().tracked().send(&db).await?.ok_or("stored")?;

    tracked.number = 2;
    assert!(tracked.rekey().send(&db).await?);
    let moved = Parcel::clone(&tracked);
    assert_ne!(id(&db, &moved).await?, first);
    tracked.number = 3;
    tracked.place = "Oslo".into();
    assert!(tracked.rekey().send(&db).await?, "it is still the item that was stored");

    assert_eq!(Parcel::scan().all(&db).await?, [tracked.into_inner()]);
    Ok(())
}

async fn a_batch_writes_an_id(cx: Context) -> Result {
    let db = parcels(&cx).await?;
    let parcels = [Parcel::new("Ann", 1), Parcel::new("Bob", 1)];
    db.batch_write().overwrite_all(parcels.clone()).send().await?;
    for parcel in &parcels {
        assert_eq!(stored(&db, parcel).await?, Parcel { version: 1, ..parcel.clone() });
    }
    assert_eq!(id(&db, &parcels[0]).await?, id(&db, &parcels[1]).await?);
    Ok(())
}
