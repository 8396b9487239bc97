//! A model in hand as an update: which attributes it sets, which it leaves as they are, and which it removes.

use crate::codec::Writer;
use crate::error::{KeyError, KeyProblem, Result};
use crate::expr::{Cond, Condition, UpdateExpr, both};
use crate::model::DynamoModel;
use crate::schema::{AttributeRole, AttributeSchema, KeyAttribute};
use crate::stored::{self, Members};
use crate::write::index_keys;
use crate::write::pipeline::Ready;

/// The fields of a model as an update of an item that may be new.
pub(super) struct Fields<M> {
    pub(super) update: UpdateExpr<M>,
    /// What keys of indexes ask of an item that is there.
    pub(super) condition: Option<Cond<M, Condition>>,
    /// The attributes that an item keeps if it has them.
    pub(super) kept: Vec<&'static str>,
}

impl<M: DynamoModel> Fields<M> {
    /// What is ready to be stored, of this model.
    ///
    /// # Errors
    /// If an index key is made of a value that nobody knows.
    pub(super) fn of(model: &M, ready: &Ready<M>) -> Result<Self> {
        let of_key = index_keys::fields_of_key(&ready.key)?;
        let of_key = |name: &str| of_key.iter().any(|(known, _)| *known == name);
        let is_key = |name: &str| M::SCHEMA.key.attributes().any(|key| key.name == name);
        let item = Members::parse(&ready.item)?;
        let lasting = |attribute: &&AttributeSchema| {
            let lasts = attribute.readonly || matches!(attribute.role, AttributeRole::Created | AttributeRole::Auto);
            lasts && !of_key(attribute.name)
        };
        let lasting: Vec<&'static AttributeSchema> = M::SCHEMA.attributes.iter().filter(lasting).collect();
        let mut fields = Fields { update: UpdateExpr::new(), condition: None, kept: Vec::new() };
        for attribute in &lasting {
            if let Some(value) = item.get(attribute.name) {
                let value = value.as_bytes().to_vec();
                fields.update.set_written_if_not_exists(attribute.name, attribute.aliases, value);
            }
            fields.kept.push(attribute.name);
        }
        for (index, template) in index_keys::templates::<M>() {
            let sources = index_keys::sources::<M>(template)?;
            let is_lasting = |name: &&str| lasting.iter().any(|attribute| attribute.name == *name);
            let (asked, others): (Vec<_>, Vec<_>) =
                sources.into_iter().filter(|name| !of_key(name)).partition(is_lasting);
            if asked.is_empty() || fields.kept.contains(&template.name) {
                continue;
            }
            if others.is_empty() && asked.len() == 1 {
                // It is made of nothing that this changes.
                if let Some(value) = item.get(template.name) {
                    fields.update.set_written_if_not_exists(template.name, &[], value.as_bytes().to_vec());
                }
                fields.kept.push(template.name);
            } else {
                let same = same::<M>(model, &item, &asked, index, template)?;
                fields.condition = both(fields.condition, same);
            }
        }
        for (name, value) in item.iter().filter(|(name, _)| !is_key(name) && !fields.kept.contains(name)) {
            fields.update.set_written(name.to_owned(), value.as_bytes().to_vec());
        }
        let absent = |name: &&'static str| item.get(name).is_none() && !is_key(name) && !fields.kept.contains(name);
        let older = lasting.iter().filter(|attribute| item.get(attribute.name).is_none());
        let older: Vec<_> = older.flat_map(|attribute| attribute.aliases).collect();
        let mut removed: Vec<&'static str> = names::<M>();
        removed.retain(|name| absent(name) && !older.contains(&name));
        removed.sort_unstable();
        removed.dedup();
        removed.into_iter().for_each(|name| fields.update.remove_attribute(name));
        Ok(fields)
    }

    /// Puts into the model's stamps what is stored of the attributes that an item keeps: `returned` has those that were there.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub(super) fn correct(&self, ready: &mut Ready<M>, returned: &str) -> Result<()> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let (own, there) = (Members::parse(&ready.item)?, Members::parse(returned.as_bytes())?);
        let mut item = Writer::new();
        item.item(|item| {
            let names =
                own.iter().map(|(name, value)| (name, there.get(name).filter(|_| self.keeps(name)).unwrap_or(value)));
            names.into_iter().try_for_each(|(name, value)| item.entry(name, |writer| writer.copy(value.as_bytes())))
        })?;
        stored::decode_own::<M>(item.as_bytes())?.swap_stamps(&mut ready.stamps);
        Ok(())
    }

    fn keeps(&self, name: &str) -> bool {
        self.kept.contains(&name)
    }
}

/// The condition that an item that is there has the same in these attributes, which last, as an index key is made of them and of others.
///
/// # Errors
/// If one is unset in hand.
fn same<M: DynamoModel>(
    model: &M,
    item: &Members<'_>,
    attributes: &[&'static str],
    index: &'static str,
    template: &'static KeyAttribute,
) -> Result<Option<Cond<M, Condition>>> {
    let in_hand = stored::encode(model)?;
    let in_hand = Members::parse(&in_hand)?;
    let mut same: Option<Cond<M, Condition>> = None;
    for name in attributes {
        if in_hand.get(name) != item.get(name) {
            // It was stamped just now, and the item may have been created at another time.
            return Err(index_keys::located::<M>(KeyError::new(KeyProblem::Unknown), index, template));
        }
        same = both(same, Some(Cond::is_written(name, item.get(name).map(str::as_bytes))));
    }
    Ok(same.map(|same| Cond::key_absent(M::SCHEMA) | same))
}

/// All names of attributes that the model knows, but for entries of flattened maps.
fn names<M: DynamoModel>() -> Vec<&'static str> {
    let mut names = M::NAMES.to_vec();
    M::flattened(&mut names);
    names.extend(index_keys::templates::<M>().map(|(_, template)| template.name));
    names
}
