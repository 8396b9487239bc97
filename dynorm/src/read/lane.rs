//! A lane: the pages of a query, or of one segment of a scan, from which items are taken one by one.

use super::cursor::Place;
use super::page::Usage;
use super::plan::Fetched;
use super::receive::Source;
use crate::error::{DecodeError, Error, Result};

/// One sequence of pages: at most the one that is being consumed, and the one behind it.
pub(super) struct Lane<T> {
    /// Where the next request starts.
    next: Place,
    page: Current<T>,
    /// The page behind the current one, when it came early.
    ahead: Option<Result<Fetched<T>>>,
    /// A request is under way.
    is_asking: bool,
    /// A request failed, so that no other is sent.
    has_failed: bool,
    /// Where the lane began.
    began: Place,
}

/// The page that is being consumed.
struct Current<T> {
    items: std::vec::IntoIter<T>,
    errors: std::iter::Peekable<std::vec::IntoIter<(usize, Error)>>,
    /// How many good items were taken.
    good: usize,
    /// How many items of any kind were taken.
    taken: usize,
    source: Source,
    /// Where the page began.
    start: Place,
}

impl<T> Current<T> {
    fn new(items: Vec<T>, errors: Vec<(usize, Error)>, source: Source, start: Place) -> Self {
        let errors = errors.into_iter().peekable();
        Current { items: items.into_iter(), errors, good: 0, taken: 0, source, start }
    }

    fn next(&mut self) -> Option<Result<T>> {
        if let Some((_, error)) = self.errors.next_if(|(at, _)| *at == self.good) {
            self.taken += 1;
            return Some(Err(error));
        }
        let item = self.items.next()?;
        self.good += 1;
        self.taken += 1;
        Some(Ok(item))
    }

    fn left(&self) -> usize {
        self.items.len() + self.errors.len()
    }
}

impl<T> Lane<T> {
    pub(super) fn new(start: Place) -> Self {
        let page = Current::new(Vec::new(), Vec::new(), Source::default(), start.clone());
        Lane { next: start.clone(), page, ahead: None, is_asking: false, has_failed: false, began: start }
    }

    /// A lane with nothing to read behind `start`.
    pub(super) fn ended(start: Place) -> Self {
        Lane { next: Place::End, ..Lane::new(start) }
    }

    /// Where the lane began.
    pub(super) fn began(&self) -> &Place {
        &self.began
    }

    /// The next item of the current page, in the order of the page.
    pub(super) fn take(&mut self) -> Option<Result<T>> {
        self.page.next()
    }

    /// The rest of the current page, in the memory in which it is; nothing if that is more than `most`, or there are errors in it.
    pub(super) fn take_all(&mut self, most: usize) -> Vec<T> {
        if self.page.errors.len() > 0 || self.page.items.len() > most {
            return Vec::new();
        }
        let items: Vec<T> = std::mem::take(&mut self.page.items).collect();
        self.page.good += items.len();
        self.page.taken += items.len();
        items
    }

    /// Whether half of the current page is consumed: time to look ahead.
    pub(super) fn is_past_half(&self) -> bool {
        self.page.left() <= self.page.taken
    }

    /// How many items the current page still has.
    pub(super) fn left(&self) -> usize {
        self.page.left()
    }

    /// Whether there is a request to be sent, and room for its page.
    pub(super) fn can_ask(&self) -> bool {
        !self.is_asking && !self.has_failed && self.ahead.is_none() && self.next != Place::End
    }

    /// Where the request that is now sent starts.
    pub(super) fn ask(&mut self) -> Place {
        self.is_asking = true;
        self.next.clone()
    }

    /// Takes the answer to that request.
    pub(super) fn arrive(&mut self, fetched: Result<Fetched<T>>) {
        self.is_asking = false;
        self.ahead = Some(fetched);
    }

    /// Whether a page, or an error in its place, waits for the current one to be left.
    pub(super) fn has_page(&self) -> bool {
        self.ahead.is_some()
    }

    /// Leaves the current page for the one that waits, and tells what that one took.
    pub(super) fn turn(&mut self) -> Result<Usage> {
        match self.ahead.take() {
            Some(Ok(Fetched { items, errors, source, next, usage })) => {
                let start = std::mem::replace(&mut self.next, next.map_or(Place::End, Place::Behind));
                self.page = Current::new(items, errors, source, start);
                Ok(usage)
            }
            Some(Err(error)) => {
                self.has_failed = true;
                Err(error)
            }
            None => Ok(Usage::default()),
        }
    }

    /// Whether every item was taken, and DynamoDB said that there are no more.
    pub(super) fn is_finished(&self) -> bool {
        self.left() == 0 && self.ahead.is_none() && self.next == Place::End
    }

    /// Right behind the last item that was taken; `names` are the key attributes.
    pub(super) fn place(&self, names: &[&str]) -> Result<Place, DecodeError> {
        match self.page.taken.checked_sub(1) {
            Some(last) => self.page.source.attributes(last, names).map(Place::Behind),
            // Behind a page of which nothing was to be taken.
            None if self.page.source.len() == 0 && self.next != Place::End => Ok(self.next.clone()),
            None => Ok(self.page.start.clone()),
        }
    }

    /// Where a later read goes on: as [`place`](Self::place), but behind a page that was consumed it is what DynamoDB said.
    pub(super) fn onward(&self, names: &[&str]) -> Result<Place, DecodeError> {
        if self.left() > 0 || self.has_page() { self.place(names) } else { Ok(self.next.clone()) }
    }
}
