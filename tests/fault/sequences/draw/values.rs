//! What is stored and set: items, changes of them, and changes in memory.

use super::super::item::{Item, Value, entries, list, map, s};
use super::super::kind::{Kind, PLACE, place};
use super::super::plan::{Edit, Form};
use super::Draw;

/// The addresses of members.
pub(in super::super) const MAILS: [&str; 3] = ["x", "y", "z"];
const ROOMS: [&str; 3] = ["hall", "cellar", "attic"];

impl Draw {
    /// A text, which the hooks of some items do not like.
    pub(super) fn text(&mut self, kind: Kind) -> String {
        let hooked = if kind == Kind::Hooked { self.random.u8(..12) } else { 3 };
        if hooked > 2 && self.random.u8(..8) == 0 {
            return "the same".to_owned();
        }
        self.texts += 1;
        let begin = ["veto", "late", "hide"].get(usize::from(hooked)).unwrap_or(&"t");
        format!("{begin}{}", self.texts)
    }

    fn note(&mut self) -> Option<String> {
        self.random.bool().then(|| self.text(Kind::Thing))
    }

    fn count(&mut self) -> Value {
        Value::N(self.random.i64(0..3))
    }

    /// When a session expires, or did.
    fn expires(&mut self) -> i64 {
        self.one_of(&[500, 1_100, 1_300, 1_000_000, 1_000_000])
    }

    /// An item as a caller has it before it is stored.
    pub(super) fn item(&mut self, kind: Kind) -> Item {
        let mut item = map([("text", s(self.text(kind)))]);
        let note = self.note();
        let mut set = |name: &str, value| drop(item.insert(name.to_owned(), value));
        match kind {
            Kind::Thing => {
                set("count", self.count());
                set("tags", Value::L(Vec::new()));
                note.into_iter().for_each(|note| set("note", s(note)));
            }
            Kind::Locked => {
                set("count", self.count());
                let version = self.one_of(&[0, 0, 0, 1, 2]);
                set("version", Value::N(version));
            }
            Kind::Member => set("mail", s(self.one_of(&MAILS))),
            Kind::Shelf => {
                set("room", s(self.one_of(&ROOMS)));
                if self.random.u8(..4) > 0 {
                    set("floor", Value::N(self.random.i64(0..4)));
                }
                let label = note.map(|note| ("label", s(note)));
                set("spot", Value::M(map([("row", Value::N(self.random.i64(0..4)))].into_iter().chain(label))));
                let books = (0..self.random.usize(..3)).map(|_| self.book()).collect();
                set("books", Value::L(books));
                set("width", self.count());
                if self.random.bool() {
                    set("height", self.count());
                }
            }
            Kind::Session => {
                set("count", self.count());
                set("expires", Value::N(self.expires()));
            }
            Kind::Parcel => {
                set("count", self.count());
                note.into_iter().for_each(|note| set("colour", s(note)));
            }
            Kind::Ticket | Kind::Hooked => {}
        }
        item
    }

    fn book(&mut self) -> Value {
        // Two books of one title could not be told apart once one of them is changed.
        self.texts += 1;
        let title = ("title", s(format!("b{}", self.texts)));
        let mark = self.random.bool().then(|| ("mark", self.count()));
        Value::M(map([title].into_iter().chain(mark)))
    }

    /// One change of an update.
    pub(super) fn edit(&mut self, kind: Kind, form: Form) -> Edit {
        let edits = self.random.u8(..10);
        match (kind, edits) {
            (Kind::Member, _) => Edit::Mail(self.one_of(&MAILS).to_owned()),
            (Kind::Thing, 3..5) => Edit::Note(self.note()),
            (Kind::Thing, 8..) if form != Form::Patch => Edit::AppendTag(self.text(kind)),
            (Kind::Thing | Kind::Locked | Kind::Session | Kind::Parcel, 5) => Edit::Count(self.random.i64(0..5)),
            (Kind::Thing | Kind::Locked | Kind::Session | Kind::Parcel, 6..8) if form != Form::Patch => {
                Edit::AddCount(self.random.i64(1..4))
            }
            (Kind::Session, 8..) => Edit::Expires(self.expires()),
            (Kind::Shelf, 2..5) => Edit::Place(self.one_of(&ROOMS).to_owned(), self.random.i64(0..4)),
            (Kind::Shelf, 5) => Edit::NoFloor,
            (Kind::Shelf, 6) if form != Form::Patch => Edit::Row(self.random.i64(0..4)),
            (Kind::Shelf, 7) if form != Form::Patch => Edit::AddRow(self.random.i64(1..4)),
            (Kind::Shelf, 8..) if form != Form::Patch => Edit::Label(self.note()),
            _ => Edit::Text(self.text(kind)),
        }
    }

    /// An item in hand, changed, or as it was.
    pub(super) fn edited(&mut self, kind: Kind, item: &Item) -> Item {
        let mut edited = item.clone();
        for _ in 0..self.random.usize(..3) {
            let (text, note, number) = (self.text(kind), self.note(), self.count());
            let mut set = |name: &str, value| drop(edited.insert(name.to_owned(), value));
            match (kind, self.random.u8(..8)) {
                (Kind::Member, 0..4) => set("mail", s(self.one_of(&MAILS))),
                (Kind::Thing, 0..3) => match note {
                    Some(note) => set("note", s(note)),
                    None => drop(edited.remove("note")),
                },
                (Kind::Thing | Kind::Locked | Kind::Session | Kind::Parcel, 3) => set("count", number),
                (Kind::Parcel, 0..=2) => set("colour", s(text)),
                (Kind::Session, 4) => set("expires", Value::N(self.expires())),
                (Kind::Shelf, 0 | 7) => set("room", s(self.one_of(&ROOMS))),
                (Kind::Shelf, 1 | 6) => set("floor", number),
                (Kind::Shelf, 2) => drop(edited.remove("floor")),
                (Kind::Shelf, 3) => set("height", number),
                (Kind::Shelf, 4) => {
                    let mut spot = entries(&edited, "spot");
                    match note {
                        Some(note) => spot.insert("label".to_owned(), s(note)),
                        None => spot.remove("label"),
                    };
                    edited.insert("spot".to_owned(), Value::M(spot));
                }
                (Kind::Shelf, 5) => {
                    let mut books = list(&edited, "books");
                    if let Some(Value::M(book)) = books.first_mut() {
                        book.insert("mark".to_owned(), number);
                    }
                    edited.insert("books".to_owned(), Value::L(books));
                }
                _ => set("text", s(text)),
            }
        }
        if kind == Kind::Shelf {
            match place(&edited) {
                Some(place) => edited.insert(PLACE.to_owned(), place),
                None => edited.remove(PLACE),
            };
        }
        edited
    }
}
