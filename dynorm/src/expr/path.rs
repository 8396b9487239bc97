//! Document paths: an attribute, and the way into it.

use std::borrow::Cow;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::attribute::Item;

/// The place of a value in an item: `address.city`, `notes[2]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// The attribute. Empty only for a flattened field, which has no attribute of its own.
    pub(crate) root: Cow<'static, str>,
    pub(super) steps: Vec<Step>,
    /// Whether the place is an item of a list or an entry of a map, not a field of a struct.
    pub(super) is_element: bool,
}

/// One step into a list or map. Positions sort before names, which the search for overlaps relies on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// An item of a list.
    Index(usize),
    /// An entry of a map.
    Name(Cow<'static, str>),
}

impl Path {
    pub(super) const fn new(root: &'static str) -> Self {
        Path { root: Cow::Borrowed(root), steps: Vec::new(), is_element: false }
    }

    pub(super) fn attribute(name: Cow<'static, str>) -> Self {
        Path { root: name, ..Path::new("") }
    }

    /// The place in a map attribute that the names of entries lead to.
    pub(super) fn into_map(attribute: &str, steps: Vec<String>) -> Self {
        let steps = steps.into_iter().map(|step| Step::Name(step.into())).collect();
        Path { steps, ..Path::attribute(attribute.to_owned().into()) }
    }

    /// The path of `inner`, seen from the item that holds it here.
    pub(super) fn join(mut self, inner: Path) -> Self {
        if self.root.is_empty() {
            return inner;
        }
        if !inner.root.is_empty() {
            self.steps.push(Step::Name(inner.root));
        }
        self.steps.extend(inner.steps);
        self.is_element = inner.is_element;
        self
    }

    pub(super) fn at(mut self, index: usize) -> Self {
        self.steps.push(Step::Index(index));
        self.is_element = true;
        self
    }

    pub(super) fn key(mut self, key: Cow<'static, str>) -> Self {
        if self.root.is_empty() {
            self.root = key;
        } else {
            self.steps.push(Step::Name(key));
        }
        self.is_element = true;
        self
    }

    /// The value at this place in an item.
    pub(super) fn find<'i>(&self, item: &'i Item) -> Option<&'i AttributeValue> {
        self.steps.iter().try_fold(item.get(&*self.root)?, |value, step| match (value, step) {
            (AttributeValue::L(list), Step::Index(index)) => list.get(*index),
            (AttributeValue::M(map), Step::Name(name)) => map.get(&**name),
            _ => None,
        })
    }

    /// Whether the place is an attribute, not inside one.
    pub(super) fn is_attribute(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether a change of one also changes the other, or needs it to be both a list and a map.
    pub(super) fn overlaps(&self, other: &Path) -> bool {
        if self.root != other.root {
            return false;
        }
        match self.steps.iter().zip(&other.steps).find(|(a, b)| a != b) {
            Some((Step::Index(_), Step::Name(_)) | (Step::Name(_), Step::Index(_))) => true,
            Some(_) => false,
            None => true,
        }
    }

    /// The place of the same field under another name.
    pub(super) fn renamed(&self, name: &'static str) -> Path {
        let mut renamed = self.clone();
        match renamed.steps.last_mut() {
            Some(step) => *step = Step::Name(Cow::Borrowed(name)),
            None => renamed.root = Cow::Borrowed(name),
        }
        renamed
    }

    /// The map or list that holds this place; `None` for an attribute.
    pub(super) fn parent(&self) -> Option<Path> {
        let (_, steps) = self.steps.split_last()?;
        Some(Path { root: self.root.clone(), steps: steps.to_vec(), is_element: false })
    }

    /// Whether the place is an item of a list.
    pub(super) fn is_list_item(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Index(_)))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        for step in &self.steps {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Name(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}
