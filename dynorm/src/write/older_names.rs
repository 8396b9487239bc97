//! An item that was read, as it would be stored under the names that its model has now: what a save measures its changes against, because
//! a value must be found where it is written, and its older name ([`alias`](derive@crate::DynamoModel)) must go then.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::codec::{Json, OlderNames, Writer};
use crate::error::{DecodeError, EncodeError, Result};
use crate::model::DynamoModel;
use crate::stored;

/// The attributes of an item under their present names, at every depth.
#[derive(Default)]
pub(super) struct Renamed {
    /// Each attribute with its value's JSON.
    pub(super) attributes: BTreeMap<String, String>,
    /// The attributes that are stored under an older name, each with the present one.
    pub(super) older: Vec<(String, &'static str)>,
}

impl Renamed {
    /// Reads the item as its model does, which alone knows what is an older name.
    pub(super) fn of<M: DynamoModel>(item: &str) -> Result<Self> {
        let names = stored::older_names::<M>(item)?;
        let entries = entries(Json::new(item), &names)?;
        let mut renamed = Renamed::default();
        for entry in &entries {
            renamed.older.extend(entry.present.map(|present| (entry.name.to_string(), present)));
        }
        for (name, value) in kept(&entries) {
            let mut writer = Writer::new();
            copy(value, &names, &mut writer)?;
            let value = String::from_utf8_lossy(writer.as_bytes()).into_owned();
            renamed.attributes.insert(name.to_owned(), value);
        }
        Ok(renamed)
    }
}

/// An entry of a map, or an attribute of an item.
struct Entry<'a> {
    name: Cow<'a, str>,
    /// The name that it has now, if this is an older one.
    present: Option<&'static str>,
    /// Where the value starts.
    value: Json<'a>,
}

/// The entries of the object that starts here.
fn entries<'a>(mut json: Json<'a>, names: &OlderNames) -> Result<Vec<Entry<'a>>, DecodeError> {
    let (mut entries, mut first) = (Vec::new(), true);
    json.open_object()?;
    while let Some(name) = json.next_name(&mut first)? {
        json.peek();
        entries.push(Entry { name, present: names.get(&json.at()).copied(), value: json });
        json.skip()?;
    }
    Ok(entries)
}

/// The entries under their present names. Of one field's, as in a read, the one that has that name already wins, and then the first.
fn kept<'e, 'a>(entries: &'e [Entry<'a>]) -> impl Iterator<Item = (&'e str, Json<'a>)> {
    let has_present = |name: &str| entries.iter().any(|entry| entry.present.is_none() && entry.name == name);
    entries.iter().enumerate().filter_map(move |(at, entry)| match entry.present {
        None => Some((&*entry.name, entry.value)),
        Some(name) => {
            let is_first = entries.iter().position(|entry| entry.present == Some(name)) == Some(at);
            (is_first && !has_present(name)).then_some((name, entry.value))
        }
    })
}

/// Copies the attribute value that starts here.
fn copy(value: Json<'_>, names: &OlderNames, writer: &mut Writer) -> Result<(), EncodeError> {
    let mut end = value;
    let text = end.skip().unwrap_or_default();
    if names.range(value.at()..end.at()).next().is_none() {
        return writer.copy(text.as_bytes());
    }
    if let Some(entries) = content(value, "M").and_then(|map| entries(map, names).ok()) {
        return writer.map(|writer| {
            kept(&entries).try_for_each(|(name, value)| writer.entry(name, |writer| copy(value, names, writer)))
        });
    }
    if let Some(items) = content(value, "L").and_then(|list| items(list).ok()) {
        return writer.list(|writer| items.into_iter().try_for_each(|item| copy(item, names, writer)));
    }
    writer.copy(text.as_bytes())
}

/// Where the items of the array that starts here start.
fn items(mut json: Json<'_>) -> Result<Vec<Json<'_>>, DecodeError> {
    let (mut items, mut first) = (Vec::new(), true);
    json.open_array()?;
    while json.next_element(&mut first)? {
        items.push(json);
        json.skip()?;
    }
    Ok(items)
}

/// What stands behind the type descriptor of an attribute value.
fn content<'a>(value: Json<'a>, descriptor: &str) -> Option<Json<'a>> {
    let mut json = value;
    json.open_object().ok()?;
    let name = json.next_name(&mut true).ok()??;
    (name == descriptor).then_some(json)
}
