//! What a tracked item's change of one attribute is to its stored value: the places that are set and removed, and the value that comes of it.
//!
//! Three values of an attribute are compared: as the model would have written it when it was read (`before`), as the model writes it now
//! (`after`), and as it is stored (`stored`), which may have members in its maps that the model does not know. Those stay.

use std::ops::Range;

use crate::codec::{Json, Writer};
use crate::error::EncodeError;
use crate::stored::Members;

/// More changes inside one attribute than this are sent as one, because an expression has 4 KB.
const MOST_CHANGES: usize = 16;

/// A change of a place in an attribute.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The way into the attribute, by the names of map entries; empty for the attribute as a whole.
    pub(super) steps: Vec<String>,
    /// The value's JSON; `None` if the place is removed.
    pub(super) value: Option<Vec<u8>>,
    /// What is stored there, where the new value repeats parts of it that the model does not know.
    pub(super) repeats: Option<String>,
}

/// The changes that lead from one value of an attribute to another.
///
/// # Errors
/// If a value is nested deeper than DynamoDB stores.
pub(super) fn changes(before: Option<&str>, after: &str, stored: Option<&str>) -> Result<Vec<Change>, EncodeError> {
    let mut changes = Vec::new();
    descend(&mut Vec::new(), before, after, stored, &mut changes)?;
    if changes.len() > MOST_CHANGES {
        return Ok(vec![whole(&[], before, after, stored)?]);
    }
    Ok(changes)
}

/// Whether two values are the same to DynamoDB: entries of maps and elements of sets have no order.
pub(super) fn same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    if let (Some(one), Some(other)) = (map(one), map(other)) {
        return same_members(&one, &other);
    }
    if let (Some(one), Some(other)) = (array(one, "L"), array(other, "L")) {
        return one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other));
    }
    ["SS", "NS", "BS"].iter().any(|kind| match (array(one, kind), array(other, kind)) {
        (Some(mut one), Some(mut other)) => {
            one.sort_unstable();
            other.sort_unstable();
            one == other
        }
        _ => false,
    })
}

/// The same of all attributes of two items, or all entries of two maps.
pub(super) fn same_members(one: &Members<'_>, other: &Members<'_>) -> bool {
    one.iter().count() == other.iter().count()
        && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
}

/// The value as it is stored after such a change: the new one, with the members of maps that only the stored one has.
///
/// # Errors
/// If a value is nested deeper than DynamoDB stores.
pub(super) fn merged(before: Option<&str>, after: &str, stored: Option<&str>) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer::new();
    merge(before, after, stored, &mut writer)?;
    Ok(writer.into_bytes())
}

fn descend(
    steps: &mut Vec<String>,
    before: Option<&str>,
    after: &str,
    stored: Option<&str>,
    changes: &mut Vec<Change>,
) -> Result<(), EncodeError> {
    if before.is_some_and(|before| same(before, after)) {
        return Ok(());
    }
    let maps = (before.and_then(map), map(after), stored.and_then(map));
    // An entry without a name has no path.
    let has_paths = |members: &Members<'_>| members.iter().all(|(name, _)| !name.is_empty());
    let (Some(old), Some(new), Some(members)) = maps else {
        changes.push(whole(steps, before, after, stored)?);
        return Ok(());
    };
    if !has_paths(&old) || !has_paths(&new) {
        changes.push(whole(steps, before, after, stored)?);
        return Ok(());
    }
    for (name, value) in new.iter() {
        steps.push(name.to_owned());
        descend(steps, old.get(name), value, members.get(name), changes)?;
        steps.pop();
    }
    for (name, _) in old.iter().filter(|(name, _)| new.get(name).is_none()) {
        let steps = steps.iter().cloned().chain([name.to_owned()]).collect();
        changes.push(Change { steps, value: None, repeats: None });
    }
    Ok(())
}

fn whole(steps: &[String], before: Option<&str>, after: &str, stored: Option<&str>) -> Result<Change, EncodeError> {
    let value = merged(before, after, stored)?;
    let repeats = stored.filter(|_| value != after.as_bytes()).map(str::to_owned);
    Ok(Change { steps: steps.to_vec(), value: Some(value), repeats })
}

fn merge(before: Option<&str>, after: &str, stored: Option<&str>, writer: &mut Writer) -> Result<(), EncodeError> {
    if let (Some(new), Some(stored)) = (map(after), stored.and_then(map)) {
        let old = before.and_then(map);
        let old = |name: &str| old.as_ref().and_then(|old| old.get(name));
        return writer.map(|writer| {
            for (name, value) in new.iter() {
                writer.entry(name, |writer| merge(old(name), value, stored.get(name), writer))?;
            }
            let unknown = stored.iter().filter(|(name, _)| new.get(name).is_none() && old(name).is_none());
            unknown.into_iter().try_for_each(|(name, value)| writer.entry(name, |writer| writer.copy(value.as_bytes())))
        });
    }
    if let (Some(new), Some(old), Some(stored)) = (list(after), before.and_then(list), stored.and_then(list))
        && old.len() == stored.len()
    {
        let origins = origins(&old, &new);
        return writer.list(|writer| {
            new.iter().zip(origins).try_for_each(|(value, origin)| {
                let (before, stored) = (origin.and_then(|at| old.get(at)), origin.and_then(|at| stored.get(at)));
                merge(before.copied(), value, stored.copied(), writer)
            })
        });
    }
    writer.copy(after.as_bytes())
}

/// Which item of the old list each item of the new one was; `None` for one that is new, or that could have been several.
///
/// Items that are equal are the same. Between two of these, as many items as there were are the same ones, changed in place. Of the others,
/// maps that agree in at least half of their entries, and in more than with any other, are the same.
fn origins(old: &[&str], new: &[&str]) -> Vec<Option<usize>> {
    let mut origins: Vec<Option<usize>> = vec![None; new.len()];
    let mut free: Vec<bool> = vec![true; old.len()];
    for (place, value) in new.iter().enumerate() {
        let mut equal = std::iter::once(place).chain(0..old.len()).filter(|at| old.get(*at) == Some(value));
        let found = equal.find(|at| free.get(*at) == Some(&true));
        assign(place, found, &mut origins, &mut free);
    }
    for gap in gaps(&origins, old.len()) {
        let there: Vec<usize> = gap.old.filter(|at| free.get(*at) == Some(&true)).collect();
        if there.len() == gap.new.len() {
            gap.new.zip(there).for_each(|(place, at)| assign(place, Some(at), &mut origins, &mut free));
        }
    }
    for (place, value) in new.iter().enumerate() {
        if origins.get(place) == Some(&None) {
            let found = nearest(value, old, &free);
            assign(place, found, &mut origins, &mut free);
        }
    }
    origins
}

fn assign(place: usize, found: Option<usize>, origins: &mut [Option<usize>], free: &mut [bool]) {
    if let (Some(at), Some(origin)) = (found, origins.get_mut(place)) {
        *origin = Some(at);
        free.get_mut(at).into_iter().for_each(|free| *free = false);
    }
}

/// Items of the new list without an origin that stand together, and where they would have stood in the old one.
struct Gap {
    new: Range<usize>,
    old: Range<usize>,
}

fn gaps(origins: &[Option<usize>], old: usize) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let (mut start, mut before) = (0, 0);
    for (place, origin) in origins.iter().copied().chain([Some(old)]).enumerate() {
        let Some(at) = origin else { continue };
        if start < place {
            gaps.push(Gap { new: start..place, old: before..at });
        }
        (start, before) = (place + 1, at + 1);
    }
    gaps
}

/// The one map that agrees with this one in most entries, if these are at least half of them.
fn nearest(value: &str, old: &[&str], free: &[bool]) -> Option<usize> {
    let entries = map(value)?;
    let agreeing = |candidate: &str| {
        let candidate = map(candidate)?;
        Some(entries.iter().filter(|(name, value)| candidate.get(name) == Some(*value)).count())
    };
    let candidates = old.iter().zip(free).enumerate().filter(|(_, (_, free))| **free);
    let scores: Vec<_> = candidates.filter_map(|(at, (candidate, _))| Some((agreeing(candidate)?, at))).collect();
    let (most, at) = scores.iter().copied().max()?;
    let is_only = scores.iter().filter(|(score, _)| *score == most).count() == 1;
    (is_only && most > 0 && most * 2 >= entries.iter().count()).then_some(at)
}

/// The entries of a map attribute; `None` if the value is none.
fn map(value: &str) -> Option<Members<'_>> {
    Members::parse(content(value, "M")?.as_bytes()).ok()
}

/// The items of a list attribute; `None` if the value is none.
fn list(value: &str) -> Option<Vec<&str>> {
    array(value, "L")
}

/// The elements of a list or set; `None` if the value has another type.
fn array<'a>(value: &'a str, descriptor: &str) -> Option<Vec<&'a str>> {
    let mut json = Json::new(content(value, descriptor)?);
    let (mut items, mut first) = (Vec::new(), true);
    json.open_array().ok()?;
    while json.next_element(&mut first).ok()? {
        items.push(json.skip().ok()?);
    }
    Some(items)
}

/// Whether an attribute has parts that can change one by one: whether it is a map or a list.
pub(super) fn has_parts(value: &str) -> bool {
    map(value).is_some() || list(value).is_some()
}

/// What stands behind the type descriptor of an attribute value.
fn content<'a>(value: &'a str, descriptor: &str) -> Option<&'a str> {
    let members = Members::parse(value.as_bytes()).ok()?;
    members.get(descriptor)
}

#[cfg(test)]
mod tests {
    use super::origins;

    fn person(name: &str, age: u8, city: &str) -> String {
        format!(r#"{{"M":{{"name":{{"S":"{name}"}},"age":{{"N":"{age}"}},"city":{{"S":"{city}"}}}}}}"#)
    }

    #[test]
    fn an_item_is_found_where_it_can_be_no_other() {
        let old = ["a", "b", "c", "a"];
        let cases: [(&[&str], &[Option<usize>]); 8] = [
            (&["a", "b", "c", "a"], &[Some(0), Some(1), Some(2), Some(3)]),
            (&["b", "c", "a"], &[Some(1), Some(2), Some(0)]),
            (&["c", "b"], &[Some(2), Some(1)]),
            (&["a", "x", "c", "a"], &[Some(0), Some(1), Some(2), Some(3)]),
            (&["x", "a", "b", "c", "a"], &[None, Some(0), Some(1), Some(2), Some(3)]),
            (&["a", "b", "c", "a", "x"], &[Some(0), Some(1), Some(2), Some(3), None]),
            (&["x", "c", "y"], &[None, Some(2), Some(3)]),
            (&[], &[]),
        ];
        for (new, expected) in cases {
            assert_eq!(origins(&old, new), expected, "{new:?}");
        }
    }

    #[test]
    fn a_map_is_found_by_what_it_has() {
        let (ann, bea, cid) = (person("Ann", 30, "Leeds"), person("Bea", 40, "Leeds"), person("Cid", 50, "Ely"));
        let old = [ann.as_str(), &bea, &cid];
        let (older, newcomer) = (person("Bea", 41, "Leeds"), person("Fay", 20, "Leeds"));
        assert_eq!(origins(&old, &[&older, &cid, &newcomer]), [Some(1), Some(2), None]);
        // As like Ann as Bea.
        assert_eq!(origins(&old, &[&person("Eve", 20, "Leeds"), &cid]), [None, Some(2)]);
    }
}
