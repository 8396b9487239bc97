//! `Record`: what the derives generate for a struct that is stored as a map of attributes, and the loops around it.

use std::borrow::Cow;
use std::cmp::Reverse;

use crate::codec::Json;
use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

/// A struct whose fields are attributes. Implemented by the derives.
#[doc(hidden)]
pub trait Record: Sized {
    /// The attribute names by slot index; aliases follow the fields.
    const NAMES: &'static [&'static str];
    /// One `Option` per field.
    type Slots;
    /// All slots empty.
    fn slots() -> Self::Slots;
    /// Reads the attribute `NAMES[index]` into its slot.
    fn accept(slots: &mut Self::Slots, index: usize, reader: &mut Reader<'_>) -> Result<(), DecodeError>;
    /// Offers an attribute that is not in `NAMES` to the flattened fields; the answer says whether one took it.
    fn unknown(_slots: &mut Self::Slots, _name: &str, _reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        Ok(false)
    }
    /// Adds the names of the attributes that flattened structs have, older ones too.
    fn flattened(_names: &mut Vec<&'static str>) {}
    /// Builds the value; a slot that is still empty is an error, or the field's value for "absent".
    fn finish(slots: Self::Slots) -> Result<Self, DecodeError>;
    /// Writes the fields as `"name":{..}` members of the map that is open.
    fn write_fields(&self, writer: &mut Writer) -> Result<(), EncodeError>;
}

/// DynamoDB's limit for one item and its entries in local indexes together, in bytes of its own count.
pub(crate) const MAX_ITEM_SIZE: usize = 400 * 1024;

/// The order in which attributes came in the last item: DynamoDB repeats it from item to item, so the next name is
/// mostly known before it is read.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// By slot, the slot that came after it; the last entry is for the first attribute of an item.
    next: Vec<Option<usize>>,
}

impl Order {
    /// Nothing known yet about the items of a record with these names.
    pub(crate) fn new(names: &[&str]) -> Self {
        Self { next: vec![None; names.len() + 1] }
    }

    fn after(&self, previous: Option<usize>) -> Option<usize> {
        let known = match previous {
            Some(slot) => self.next.get(slot),
            None => self.next.last(),
        };
        known.copied().flatten()
    }

    fn learn(&mut self, previous: Option<usize>, slot: usize) {
        let known = match previous {
            Some(previous) => self.next.get_mut(previous),
            None => self.next.last_mut(),
        };
        if let Some(known) = known {
            *known = Some(slot);
        }
    }
}

/// What a member of the object is to the record.
pub(crate) enum Member<'a> {
    Known(usize),
    Unknown(Cow<'a, str>),
}

/// Refuses an item that is certainly over 400 KB; the service decides the rest.
pub(crate) fn check_size(size: usize) -> Result<(), EncodeError> {
    if size > MAX_ITEM_SIZE { Err(EncodeError::too_large()) } else { Ok(()) }
}

/// Reads a map attribute as a record.
#[doc(hidden)]
pub fn read_map<R: Record>(reader: &mut Reader<'_>) -> Result<R, DecodeError> {
    reader.open_map()?;
    let record = read_members(reader, &mut Order::default())?;
    reader.close_map()?;
    Ok(record)
}

/// Writes a record as a map attribute.
#[doc(hidden)]
pub fn write_map<R: Record>(record: &R, writer: &mut Writer) -> Result<(), EncodeError> {
    writer.map(|map| record.write_fields(map))
}

fn read_members<R: Record>(reader: &mut Reader<'_>, order: &mut Order) -> Result<R, DecodeError> {
    let mut slots = R::slots();
    walk(reader, R::NAMES, order, &mut |member, reader| match member {
        Member::Known(index) => R::accept(&mut slots, *index, reader),
        Member::Unknown(name) => match R::unknown(&mut slots, name, reader) {
            Ok(true) => Ok(()),
            Ok(false) => reader.skip(),
            Err(error) => Err(error),
        },
    })?;
    R::finish(slots)
}

/// The loop over the members of an object, compiled once for all records.
pub(crate) fn walk<'a>(
    reader: &mut Reader<'a>,
    names: &[&'static str],
    order: &mut Order,
    read: &mut dyn FnMut(&Member<'a>, &mut Reader<'a>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    reader.descend()?;
    reader.json().open_object()?;
    let (mut first, mut previous) = (true, None);
    let mut waiting = Vec::new();
    while reader.json().next_of(&mut first, b'}', "expected `,` or `}`")? {
        let member = next_member(reader.json(), names, order, previous)?;
        if let Member::Known(slot) = member {
            previous = Some(slot);
        }
        let at = reader.json().at();
        if let Err(error) = read(&member, reader) {
            return Err(in_member(error, member, names));
        }
        if let Some(rank) = reader.take_older_name() {
            let rank = if let Member::Known(slot) = member { slot } else { rank };
            waiting.push(Waiting { rank, at, member });
        }
    }
    if !waiting.is_empty() {
        read_waiting(reader, names, waiting, read)?;
    }
    reader.ascend();
    Ok(())
}

/// A member under an older name, which is read if nothing better came.
struct Waiting<'a> {
    rank: usize,
    at: usize,
    member: Member<'a>,
}

/// Reads what has waited for the end of its object: the older names in the order in which they are declared.
#[cold]
fn read_waiting<'a>(
    reader: &mut Reader<'a>,
    names: &[&'static str],
    mut waiting: Vec<Waiting<'a>>,
    read: &mut dyn FnMut(&Member<'a>, &mut Reader<'a>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let end = *reader.json();
    // Of one name that comes twice the last counts, as everywhere.
    waiting.sort_by_key(|waiting| (waiting.rank, Reverse(waiting.at)));
    for Waiting { at, member, .. } in waiting {
        *reader.json() = end.moved(at);
        if let Err(error) = reader.now(|reader| read(&member, reader)) {
            return Err(in_member(error, member, names));
        }
    }
    *reader.json() = end;
    Ok(())
}

#[cold]
fn in_member(error: DecodeError, member: Member<'_>, names: &[&'static str]) -> DecodeError {
    match member {
        Member::Known(slot) => error.in_attribute(names.get(slot).copied().unwrap_or_default()),
        Member::Unknown(name) => error.in_attribute(name.into_owned()),
    }
}

#[inline]
fn next_member<'a>(
    json: &mut Json<'a>,
    names: &[&'static str],
    order: &mut Order,
    previous: Option<usize>,
) -> Result<Member<'a>, DecodeError> {
    let expected = order.after(previous);
    if let Some((slot, name)) = expected.and_then(|slot| Some((slot, names.get(slot)?)))
        && json.eat_plain_name(name)
    {
        return Ok(Member::Known(slot));
    }
    let name = json.name()?;
    // Without an order to go by, attributes may still come as the fields do.
    let start = previous.map_or(0, |slot| slot + 1);
    let after = names.iter().enumerate().skip(start);
    match after.chain(names.iter().enumerate().take(start)).find(|(_, known)| **known == name) {
        Some((slot, _)) => {
            // A name that needed no escapes here is one for `eat_plain_name`.
            if matches!(name, Cow::Borrowed(_)) {
                order.learn(previous, slot);
            }
            Ok(Member::Known(slot))
        }
        None => Ok(Member::Unknown(name)),
    }
}
