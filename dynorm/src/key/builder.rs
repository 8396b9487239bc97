//! `KeyBuf`: a key that is given part by part. The types that the derive generates are thin names for it.

use std::ops::{Bound, RangeBounds};

use super::condition::{KeyCondition, SortRange};
use super::given::{PartCondition, PartValue};
use super::range::{Place, Span, plain};
use super::sink::{Follow, PartSink, is_empty};
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::schema::{Format, KeyAttribute, KeySchema, Part, Segment};

/// The longest partition key attribute in bytes.
pub(crate) const PARTITION_LIMIT: usize = 2048;
/// The longest sort key in bytes, all its attributes together.
pub(crate) const SORT_LIMIT: usize = 1024;

/// A key of which some parts are given. It carries the first error, which every verb returns before it sends anything.
#[derive(Debug, Clone)]
pub struct KeyBuf {
    key: &'static KeySchema,
    /// The attributes that are complete. The next one is being given.
    equal: Vec<(&'static str, KeyValue)>,
    /// The text of that attribute so far, with the literal before its next part.
    sink: PartSink,
    /// The place of that part among the attribute's segments.
    segment: usize,
    range: Option<(&'static str, SortRange)>,
    ended: bool,
    empty: bool,
    error: Option<KeyError>,
}

impl KeyBuf {
    /// A key of which no part is given.
    #[must_use]
    pub fn new(key: &'static KeySchema) -> Self {
        let buf = Self {
            key,
            equal: Vec::with_capacity(key.partition.len() + key.sort.len()),
            sink: PartSink::new(),
            segment: 0,
            range: None,
            ended: false,
            empty: false,
            error: None,
        };
        buf.step(|_| Ok(()))
    }

    /// A key whose attributes are known.
    pub(crate) fn complete(
        key: &'static KeySchema,
        equal: Vec<(&'static str, KeyValue)>,
        error: Option<KeyError>,
    ) -> Self {
        Self { key, equal, sink: PartSink::new(), segment: 0, range: None, ended: false, empty: false, error }
    }

    /// Gives the next part a value.
    #[must_use]
    pub fn value<T>(self, value: impl PartValue<T>) -> Self {
        self.step(|buf| buf.push(|sink| value.write(sink)))
    }

    /// Gives the next part a value, a range or a prefix.
    #[must_use]
    pub fn condition<T, Here, Next>(self, condition: impl PartCondition<T, Here, Next>) -> Self {
        self.step(|buf| condition.apply(buf))
    }

    /// The condition that a query sends.
    ///
    /// # Errors
    /// If a part was refused, or the partition key is not complete.
    pub fn into_condition(mut self) -> Result<KeyCondition, KeyError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.equal.len() < self.key.partition.len() {
            return Err(KeyProblem::Incomplete.into());
        }
        if self.range.is_none()
            && !self.empty
            && let Some(attribute) = self.key.attribute(self.equal.len())
            && !self.sink.text().is_empty()
        {
            let range = SortRange::BeginsWith(self.sink.take());
            self.check_range(attribute, &range)?;
            self.range = Some((attribute.name, range));
        }
        let complete = self.equal.len() == self.key.attributes().count();
        Ok(KeyCondition { equal: self.equal, range: self.range, complete, empty: self.empty })
    }

    /// The attributes of a key of which every part has a value.
    pub(crate) fn into_values(self) -> (&'static KeySchema, Vec<(&'static str, KeyValue)>, Option<KeyError>) {
        let complete = self.equal.len() == self.key.attributes().count();
        let error = self.error.or_else(|| (!complete).then(|| KeyProblem::Incomplete.into()));
        (self.key, self.equal, error)
    }

    fn step(mut self, step: impl FnOnce(&mut Self) -> Result<(), KeyError>) -> Self {
        if self.error.is_none() {
            let done = step(&mut self).and_then(|()| self.advance());
            self.error = done.err().map(|error| match self.key.attribute(self.equal.len()) {
                Some(attribute) => error.in_attribute(attribute.name),
                None => error,
            });
        }
        self
    }

    /// The part that is given next.
    fn part(&self) -> Result<(&'static KeyAttribute, Part, Follow), KeyError> {
        if !self.ended
            && let Some(attribute) = self.key.attribute(self.equal.len())
            && let Some((Segment::Part(part), behind)) =
                attribute.segments.get(self.segment..).and_then(<[Segment]>::split_first)
        {
            return Ok((attribute, *part, Follow::of(behind)));
        }
        Err(KeyProblem::Incomplete.into())
    }

    /// Goes on to the next part: over literals, and over attributes that are complete.
    fn advance(&mut self) -> Result<(), KeyError> {
        while !self.ended
            && let Some(attribute) = self.key.attribute(self.equal.len())
        {
            match attribute.segments.get(self.segment) {
                Some(Segment::Part(_)) => break,
                Some(Segment::Literal(text)) => {
                    self.sink.literal(text);
                    self.segment += 1;
                }
                None => {
                    let value = self.sink.take();
                    check_value(&value, self.limit())?;
                    self.equal.push((attribute.name, value));
                    self.sink.clear();
                    self.segment = 0;
                }
            }
        }
        Ok(())
    }

    /// The bytes that the attribute being given can have.
    fn limit(&self) -> usize {
        match self.equal.get(self.key.partition.len()..) {
            None => PARTITION_LIMIT,
            Some(sort) => SORT_LIMIT.saturating_sub(sort.iter().map(|(_, value)| value.size()).sum()),
        }
    }

    fn check_range(&self, attribute: &KeyAttribute, range: &SortRange) -> Result<(), KeyError> {
        check_size(range.size(), self.limit()).map_err(|error| error.in_attribute(attribute.name))
    }

    pub(crate) fn push(&mut self, write: impl FnOnce(&mut PartSink) -> Result<(), KeyError>) -> Result<(), KeyError> {
        let (_, part, follow) = self.part()?;
        self.sink.begin_part(part, follow);
        write(&mut self.sink)?;
        self.segment += 1;
        Ok(())
    }

    /// Ends the key with a prefix of the next part.
    pub(crate) fn push_prefix(
        &mut self,
        write: impl FnOnce(&mut PartSink) -> Result<(), KeyError>,
    ) -> Result<(), KeyError> {
        let (attribute, part, follow) = self.part()?;
        self.sink.begin_part(part, follow);
        write(&mut self.sink)?;
        self.ended = true;
        if part.format == Format::Plain {
            let prefix = self.sink.take();
            if !is_empty(&prefix) {
                self.set_range(attribute, SortRange::BeginsWith(prefix))?;
            }
        }
        Ok(())
    }

    /// Ends the key with a range of the next part.
    pub(crate) fn push_range<T, V: PartValue<T>>(&mut self, range: &impl RangeBounds<V>) -> Result<(), KeyError> {
        let (attribute, part, follow) = self.part()?;
        let encode = |value: &V| {
            let mut sink = PartSink::new();
            sink.begin_part(part, follow);
            value.write(&mut sink).map(|()| sink)
        };
        let lower = transpose(range.start_bound().map(encode))?;
        let upper = transpose(range.end_bound().map(encode))?;
        let (lower, upper) = if part.descending { (upper, lower) } else { (lower, upper) };
        self.ended = true;
        match self.span(attribute, part, follow, lower, upper) {
            Span::All => Ok(()),
            Span::Range(range) => self.set_range(attribute, range),
            Span::Empty => {
                self.empty = true;
                Ok(())
            }
        }
    }

    fn span(
        &self,
        attribute: &KeyAttribute,
        part: Part,
        follow: Follow,
        mut lower: Bound<PartSink>,
        mut upper: Bound<PartSink>,
    ) -> Span {
        if part.format == Format::Plain {
            let lower = as_mut(&mut lower).map(PartSink::take);
            let upper = as_mut(&mut upper).map(PartSink::take);
            return plain(lower.as_ref(), upper.as_ref(), self.limit());
        }
        let fixed = [&lower, &upper].into_iter().find_map(|end| match end {
            Bound::Included(sink) | Bound::Excluded(sink) => sink.fixed(),
            Bound::Unbounded => None,
        });
        let before = self.segment.checked_sub(1).and_then(|before| attribute.segments.get(before));
        let place = Place {
            prefix: self.sink.text(),
            after_literal: matches!(before, Some(Segment::Literal(text)) if !text.is_empty()),
            follow,
            fixed,
            number: matches!(part.format, Format::Padded(_) | Format::Sortable | Format::Order),
            limit: self.limit(),
        };
        place.span(lower.as_ref().map(PartSink::text), upper.as_ref().map(PartSink::text))
    }

    fn set_range(&mut self, attribute: &'static KeyAttribute, range: SortRange) -> Result<(), KeyError> {
        self.check_range(attribute, &range)?;
        self.range = Some((attribute.name, range));
        Ok(())
    }
}

fn transpose<T, E>(bound: Bound<Result<T, E>>) -> Result<Bound<T>, E> {
    Ok(match bound {
        Bound::Included(value) => Bound::Included(value?),
        Bound::Excluded(value) => Bound::Excluded(value?),
        Bound::Unbounded => Bound::Unbounded,
    })
}

fn as_mut<T>(bound: &mut Bound<T>) -> Bound<&mut T> {
    match bound {
        Bound::Included(value) => Bound::Included(value),
        Bound::Excluded(value) => Bound::Excluded(value),
        Bound::Unbounded => Bound::Unbounded,
    }
}

pub(crate) fn check_size(bytes: usize, limit: usize) -> Result<(), KeyError> {
    if bytes > limit { Err(KeyProblem::TooLong { bytes, limit }.into()) } else { Ok(()) }
}

pub(crate) fn check_value(value: &KeyValue, limit: usize) -> Result<(), KeyError> {
    if is_empty(value) {
        return Err(KeyProblem::Empty.into());
    }
    check_size(value.size(), limit)
}
