//! Keys on an engine: it sorts the encoded parts as the values sort, ranges end where they should, and indexes hold what has their key.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use dynorm::{Db, DynamoAttribute, DynamoModel, begins_with};
use dynorm_tests::{Context, Result};
use uuid::Uuid;

dynorm_tests::tests! {
    the_engine_sorts_encoded_parts_as_their_values,
    ranges_of_every_part_are_exact,
    a_template_is_the_key_of_a_global_index,
    an_item_without_an_index_part_is_not_in_the_index,
    a_local_index_is_read_consistently,
    a_template_is_the_key_of_a_local_index,
    eight_attributes_are_the_key_of_an_index needs [MultiAttributeKeys],
}

/// By order, not by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, DynamoAttribute)]
enum Level {
    Warning,
    Error,
    Debug,
}

/// A key of every encoding that a template has.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(
    table = "events",
    sort_key = "E#{level:order}{rev at}{delta:sortable}{score:sortable}-{number:05}#{name:escape}/{id}"
)]
struct Event {
    #[dynorm(partition_key)]
    stream: String,
    level: Level,
    at: DateTime<Utc>,
    delta: i32,
    score: f64,
    number: u16,
    name: String,
    id: Uuid,
}

/// What the stored order must be.
type Order = (Level, Reverse<DateTime<Utc>>, i32, i64, u16, String, Uuid);

impl Event {
    fn order(&self) -> Order {
        // The scores here are halves, which this keeps.
        let score = (self.score * 2.0) as i64;
        (self.level, Reverse(self.at), self.delta, score, self.number, self.name.clone(), self.id)
    }
}

/// Events that share parts with each other, among them the ends of the types and characters around delimiters.
fn events() -> Vec<Event> {
    let levels = [Level::Error, Level::Warning, Level::Debug];
    let names = ["", "a", "a#", "a/", "a/b", "b-", "~", "é", "\u{FFFF}", "#"];
    let deltas = [0, -1, 1, i32::MIN, i32::MAX, 9, 10, -10];
    let scores = [0.0, -0.5, 0.5, -1e9, 1e9, 2.0];
    let numbers = [0, 9, 10, 100, u16::MAX];
    let mut events = Vec::new();
    for n in 0..90_usize {
        events.push(Event {
            stream: "s".into(),
            level: levels[n / 30],
            at: DateTime::from_timestamp(1_700_000_000 + (n / 10 % 3) as i64, 0).unwrap_or_default(),
            delta: deltas[n / 3 % 8],
            score: scores[n / 2 % 6],
            number: numbers[n % 5],
            name: names[n * 7 % 10].into(),
            id: Uuid::from_u128(n as u128 * 0x1234_5678_9ABC_DEF0),
        });
    }
    events
}

async fn stored(cx: &Context) -> Result<(Db, Vec<Event>)> {
    let (db, _) = cx.clocked_db();
    Event::create_table().send(&db).await?;
    let mut events = events();
    let mut others = events.iter().take(3).cloned().map(|event| Event { stream: "t".into(), ..event });
    db.batch_write().put_all(events.clone()).put_all(&mut others).send().await?;
    events.sort_by_key(Event::order);
    Ok((db, events))
}

async fn the_engine_sorts_encoded_parts_as_their_values(cx: Context) -> Result {
    let (db, sorted) = stored(&cx).await?;

    let up = Event::query(Event::key().stream("s")).all(&db).await?;
    let down = Event::query(Event::key().stream("s")).descending().all(&db).await?;

    assert_eq!(up, sorted);
    assert!(down.iter().eq(sorted.iter().rev()));
    Ok(())
}

async fn ranges_of_every_part_are_exact(cx: Context) -> Result {
    let (db, sorted) = stored(&cx).await?;
    let all = || Event::key().stream("s");
    // Each query and what it asks of an event.
    macro_rules! finds {
        ($($key:expr => |$event:ident| $wanted:expr;)*) => {$(
            let found = Event::query($key).all(&db).await?;
            let wanted: Vec<_> = sorted.iter().filter(|$event| $wanted).cloned().collect();
            assert_eq!(found, wanted, "{}", stringify!($key));
        )*};
    }

    finds! {
        all().level(Level::Error) => |e| e.level == Level::Error;
        all().level(Level::Warning..=Level::Error) => |e| e.level <= Level::Error;
        all().level(Level::Error..) => |e| e.level >= Level::Error;
        all().level(..Level::Error) => |e| e.level < Level::Error;
    }
    for event in sorted.iter().step_by(13) {
        let Event { level, at, delta, score, number, name, .. } = event.clone();
        let prefix: String = name.chars().take(1).collect();
        let at_level = |e: &Event| e.level == level;
        let same_at = |e: &Event| at_level(e) && e.at == at;
        let same_delta = |e: &Event| same_at(e) && e.delta == delta;
        let same_score = |e: &Event| same_delta(e) && e.score == score;
        let same_number = |e: &Event| same_score(e) && e.number == number;
        let score_key = || all().level(level).at(at).delta(delta);
        let number_key = || score_key().score(score);
        let name_key = || number_key().number(number);
        finds! {
            // Descending: the ends swap.
            all().level(level).at(at..) => |e| at_level(e) && e.at >= at;
            all().level(level).at(..at) => |e| at_level(e) && e.at < at;
            all().level(level).at(..=at) => |e| at_level(e) && e.at <= at;
            all().level(level).at(at).delta(delta..) => |e| same_at(e) && e.delta >= delta;
            all().level(level).at(at).delta(..delta) => |e| same_at(e) && e.delta < delta;
            all().level(level).at(at).delta(-10..=delta) => |e| same_at(e) && (-10..=delta).contains(&e.delta);
            score_key().score(..=score) => |e| same_delta(e) && e.score <= score;
            score_key().score(score..) => |e| same_delta(e) && e.score >= score;
            number_key().number(number..) => |e| same_score(e) && e.number >= number;
            number_key().number(..number) => |e| same_score(e) && e.number < number;
            name_key().name(&*name..) => |e| same_number(e) && e.name >= name;
            name_key().name(..&*name) => |e| same_number(e) && e.name < name;
            name_key().name(begins_with(&*prefix)) => |e| same_number(e) && e.name.starts_with(&prefix);
            name_key().name(&name).id(..=event.id) => |e| same_number(e) && e.name == name && e.id <= event.id;
        }
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "tickets")]
#[dynorm(index(
    ByAssignee,
    name = "by-assignee",
    partition_key = "A#{assignee}",
    sort_key = "{rev priority:02}#{title:escape}"
))]
#[dynorm(index(ByDue, local, name = "by-due", sort_key = due))]
#[dynorm(index(ByTitle, local, name = "by-title", sort_key = "T#{title:escape}/{rev priority:02}"))]
struct Ticket {
    #[dynorm(partition_key)]
    project: String,
    #[dynorm(sort_key)]
    number: u32,
    assignee: Option<String>,
    priority: u8,
    title: String,
    due: Option<u64>,
}

async fn tickets(cx: &Context) -> Result<(Db, Vec<Ticket>)> {
    let (db, _) = cx.clocked_db();
    Ticket::create_table().send(&db).await?;
    let ticket = |number: u32, assignee: Option<&str>, priority, title: &str, due| Ticket {
        project: "p".into(),
        number,
        assignee: assignee.map(str::to_owned),
        priority,
        title: title.into(),
        due,
    };
    let tickets = vec![
        ticket(1, Some("ann"), 1, "a#b", Some(30)),
        ticket(2, Some("ann"), 3, "a", None),
        ticket(3, None, 9, "unassigned", Some(10)),
        ticket(4, Some("ann"), 1, "a", Some(20)),
        ticket(5, Some("anne"), 5, "another's", Some(40)),
    ];
    db.batch_write().put_all(tickets.clone()).send().await?;
    Ok((db, tickets))
}

fn numbers(tickets: &[Ticket]) -> Vec<u32> {
    tickets.iter().map(|ticket| ticket.number).collect()
}

async fn a_template_is_the_key_of_a_global_index(cx: Context) -> Result {
    let (db, _) = tickets(&cx).await?;
    let ann = || Ticket::by_assignee().assignee("ann");

    let all = Ticket::query(ann()).all(&db).await?;
    let urgent = Ticket::query(ann().priority(2..)).all(&db).await?;
    let low = Ticket::query(ann().priority(1).title(begins_with("a"))).all(&db).await?;
    let exact = Ticket::query(ann().priority(1).title("a#b")).all(&db).await?;

    assert_eq!(numbers(&all), [2, 4, 1], "the most urgent first, and `a` before `a#b`");
    assert_eq!(numbers(&urgent), [2]);
    assert_eq!(numbers(&low), [4, 1]);
    assert_eq!(numbers(&exact), [1]);
    Ok(())
}

async fn an_item_without_an_index_part_is_not_in_the_index(cx: Context) -> Result {
    let (db, tickets) = tickets(&cx).await?;

    assert_eq!(Ticket::scan().index(ByAssignee).all(&db).await?.len(), 4);
    assert_eq!(Ticket::scan().count(&db).await?, tickets.len() as u64);

    let key = Ticket::key().project("p").number(4);
    let mut ticket = Ticket::get(key).tracked().consistent().send(&db).await?.ok_or("no ticket")?;
    ticket.assignee = None;
    ticket.save().send(&db).await?;
    let left = Ticket::query(Ticket::by_assignee().assignee("ann")).all(&db).await?;
    assert_eq!(numbers(&left), [2, 1], "without its assignee the ticket has left the index");
    Ok(())
}

async fn a_local_index_is_read_consistently(cx: Context) -> Result {
    let (db, _) = tickets(&cx).await?;
    let due = || Ticket::by_due().project("p");

    let all = Ticket::query(due()).consistent().all(&db).await?;
    let soon = Ticket::query(due().due(..30)).consistent().all(&db).await?;

    assert_eq!(numbers(&all), [3, 4, 1, 5]);
    assert_eq!(numbers(&soon), [3, 4]);
    Ok(())
}

async fn a_template_is_the_key_of_a_local_index(cx: Context) -> Result {
    let (db, _) = tickets(&cx).await?;
    let titles = || Ticket::by_title().project("p");

    let all = Ticket::query(titles()).consistent().all(&db).await?;
    let of_a = Ticket::query(titles().title("a")).all(&db).await?;
    let urgent = Ticket::query(titles().title("a").priority(2..)).all(&db).await?;

    assert_eq!(numbers(&all), [2, 4, 1, 5, 3], "`a` before `a#b`, and the most urgent first");
    assert_eq!(numbers(&of_a), [2, 4]);
    assert_eq!(numbers(&urgent), [2]);
    Ok(())
}

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "doors")]
#[dynorm(index(
    ByPlace,
    name = "by-place",
    partition_key(country, region, city, district),
    sort_key(street, house, floor, door)
))]
struct Door {
    #[dynorm(partition_key)]
    id: u32,
    country: String,
    region: u8,
    city: String,
    district: Option<String>,
    street: String,
    house: u16,
    floor: i8,
    door: Option<String>,
}

async fn eight_attributes_are_the_key_of_an_index(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();
    Door::create_table().send(&db).await?;
    let door = |id, district: Option<&str>, house, floor, door: Option<&str>| Door {
        id,
        country: "IT".into(),
        region: 12,
        city: "Rome".into(),
        district: district.map(str::to_owned),
        street: "Via Appia".into(),
        house,
        floor,
        door: door.map(str::to_owned),
    };
    let doors = [
        door(1, Some("IX"), 10, -1, Some("a")),
        door(2, Some("IX"), 10, 2, Some("b")),
        door(3, Some("IX"), 9, 0, Some("a")),
        door(4, Some("IX"), 10, 2, Some("a")),
        door(5, Some("VIII"), 10, 2, Some("a")),
        door(6, None, 10, 2, Some("a")),
        door(7, Some("IX"), 10, 2, None),
    ];
    db.batch_write().put_all(doors.to_vec()).send().await?;
    let ids = |doors: Vec<Door>| doors.iter().map(|door| door.id).collect::<Vec<_>>();
    let ninth = || Door::by_place().country("IT").region(12).city("Rome").district("IX");

    let all = Door::query(ninth()).all(&db).await?;
    let house = Door::query(ninth().street("Via Appia").house(10)).all(&db).await?;
    let upstairs = Door::query(ninth().street("Via Appia").house(10).floor(0..)).all(&db).await?;
    let one = Door::query(ninth().street("Via Appia").house(10).floor(2).door(begins_with("a"))).all(&db).await?;

    assert_eq!(ids(all), [3, 1, 4, 2], "numbers sort as numbers; without a district or a door there is no entry");
    assert_eq!(ids(house), [1, 4, 2]);
    assert_eq!(ids(upstairs), [4, 2]);
    assert_eq!(ids(one), [4]);
    Ok(())
}
