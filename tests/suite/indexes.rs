//! What is read from indexes that hold some of the attributes, and from a table that other models share.

use dynorm::{Db, DynamoModel, DynamoProjection, Hydrated};
use dynorm_tests::models::{ByDirector, ByTitle, Film};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    a_projection_reads_what_the_index_holds,
    hydrated_items_are_those_of_the_table,
    the_rest_is_fetched_from_the_table needs [FetchRest],
    other_models_are_left_out,
    raw_items_are_of_any_model,
}

#[derive(Debug, PartialEq, DynamoProjection)]
#[dynorm(of = Film, index = ByDirector)]
struct Rating {
    title: String,
    stars: u8,
}

/// Another model of the same table.
#[derive(Debug, PartialEq, DynamoModel)]
#[dynorm(table = "films", entity = "review", sort_key = "REVIEW#{id}")]
struct Review {
    #[dynorm(partition_key)]
    studio: String,
    id: String,
    text: String,
}

/// Three films of one director, of which the titles are in another order than the years, and a review.
async fn films(cx: &Context) -> Result<(Db, Vec<Film>)> {
    let (db, _) = cx.clocked_db();
    Film::create_table().send(&db).await?;
    let films = vec![Film::new(1962, "a", "Cleo"), Film::new(1965, "b", "Bonheur"), Film::new(1985, "c", "Vagabond")];
    let review = Review { studio: "Rialto".into(), id: "r".into(), text: "Good".into() };
    db.batch_write().put_all(films.clone()).put(review).send().await?;
    Ok((db, films))
}

async fn a_projection_reads_what_the_index_holds(cx: Context) -> Result {
    let (db, _) = films(&cx).await?;

    let since = Film::query(Film::by_director().director("Agnes").year(1963..));
    let ratings = since.filter(Film::STARS.ge(1)).descending().project::<Rating>().take(1).page(&db).await?;

    assert_eq!(ratings.items, [Rating { title: "Vagabond".into(), stars: 5 }]);
    let next = ratings.next.ok_or("there is another one")?;
    let rest = Film::query(Film::by_director().director("Agnes").year(1963..)).descending().after(next);
    assert_eq!(rest.project::<Rating>().all(&db).await?, [Rating { title: "Bonheur".into(), stars: 5 }]);
    let scanned = Film::scan().index(ByDirector).project::<Rating>().all(&db).await?;
    assert_eq!(scanned.len(), 3);
    Ok(())
}

async fn hydrated_items_are_those_of_the_table(cx: Context) -> Result {
    let (db, mut films) = films(&cx).await?;
    let query = || Film::query(Film::by_director().director("Agnes"));

    let found = query().descending().hydrate().consistent().all(&db).await?;
    let first = query().filter(Film::TITLE.eq("Vagabond")).hydrate().first(&db).await?;
    let scanned = Film::scan().index(ByTitle).hydrate().page(&db).await?;

    films.reverse();
    assert_eq!(found, films.iter().cloned().map(Hydrated::Found).collect::<Vec<_>>());
    assert_eq!(first.and_then(Hydrated::into_item).as_ref(), films.first());
    assert_eq!(scanned.items.iter().filter_map(Hydrated::item).count(), 3);
    Ok(())
}

async fn the_rest_is_fetched_from_the_table(cx: Context) -> Result {
    let (db, mut films) = films(&cx).await?;
    Film::update(&films[1]).set(Film::STARS, 2).send(&db).await?;
    films.remove(1);
    let query = || Film::query(Film::by_title().studio("Rialto"));

    let good = query().fetch_rest().filter(Film::STARS.gt(2)).consistent();
    assert_eq!(good.clone().all(&db).await?, films);
    assert_eq!(good.count(&db).await?, 2);
    Ok(())
}

async fn other_models_are_left_out(cx: Context) -> Result {
    let (db, _) = films(&cx).await?;

    let error = Film::scan().all(&db).await.expect_err("one item is a review");
    assert!(error.decode().is_some_and(|error| error.is_foreign()), "{error}");
    assert!(error.item_key().is_some_and(|key| key.contains_key("sk")));

    assert_eq!(Film::scan().count(&db).await?, 4);
    assert_eq!(Film::scan().skip_foreign().count(&db).await?, 3);
    assert_eq!(Film::scan().skip_foreign().all(&db).await?.len(), 3);
    assert!(Review::scan().skip_foreign().first(&db).await?.is_some());
    // A query goes by the key's own literal.
    assert_eq!(Review::query(Review::key().studio("Rialto")).all(&db).await?.len(), 1);
    Ok(())
}

async fn raw_items_are_of_any_model(cx: Context) -> Result {
    let (db, films) = films(&cx).await?;

    let mut items = Film::scan().raw().stream(&db);
    let (mut found, mut others) = (Vec::new(), 0);
    while let Some(item) = items.try_next().await? {
        match item.to_model::<Film>() {
            Ok(film) => found.push(film),
            Err(error) if error.decode().is_some_and(|error| error.is_foreign()) => others += 1,
            Err(error) => return Err(error.into()),
        }
    }

    found.sort_by_key(|film| film.year);
    assert_eq!((found, others), (films, 1));
    Ok(())
}
