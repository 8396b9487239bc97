//! `Cursor`: a position in a query or scan; and where a read is told to begin.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;

/// A position between items: the attributes that DynamoDB takes as `ExclusiveStartKey`.
pub(crate) type Position = HashMap<String, AttributeValue>;

/// A position in a query or scan, next to one item; of a scan in segments, a position in each.
///
/// It is made of the key attributes of that item as they are stored, so it stays exact when the page was trimmed, and when items are written
/// or deleted around it. Hand it to `after` ([`Query::after`](super::Query::after), [`Scan::after`](super::Scan::after)) or to
/// [`Query::before`](super::Query::before) of the same read. To give it out of the program, as in a URL, make a token of it instead:
/// a cursor holds keys as they are.
pub struct Cursor<M, I> {
    /// One for each segment.
    pub(crate) places: Vec<Place>,
    read: PhantomData<fn() -> (M, I)>,
}

/// Where the next request of a query, or of one segment of a scan, starts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// At the first item, or for a read that goes backwards at the last one.
    Edge,
    /// Behind this item.
    Behind(Position),
    /// There is nothing more to read.
    End,
}

impl<M, I> Cursor<M, I> {
    pub(crate) fn new(places: Vec<Place>) -> Self {
        Cursor { places, read: PhantomData }
    }

    /// A cursor at these places; `None` if they say no more than a new read would, or that there is nothing more.
    pub(crate) fn between(places: Vec<Place>) -> Option<Self> {
        let says_something = places.iter().any(|place| matches!(place, Place::Behind(_)))
            || places.contains(&Place::Edge) && places.contains(&Place::End);
        says_something.then(|| Cursor::new(places))
    }

    /// The edge at which a read begins, or ends.
    pub(crate) fn edge() -> Self {
        Cursor::new(vec![Place::Edge])
    }
}

impl<M, I> Clone for Cursor<M, I> {
    fn clone(&self) -> Self {
        Cursor::new(self.places.clone())
    }
}

impl<M, I> PartialEq for Cursor<M, I> {
    fn eq(&self, other: &Self) -> bool {
        self.places == other.places
    }
}

impl<M, I> fmt::Debug for Cursor<M, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are values of items, which no log should show.
        f.write_str("Cursor(..)")
    }
}

/// Where a read is told to begin.
pub(crate) struct Begin<M, I> {
    pub(crate) at: At<M, I>,
    /// What the caller binds page tokens to.
    #[cfg(feature = "tokens")]
    pub(crate) context: Option<String>,
}

pub(crate) enum At<M, I> {
    /// Where the query or scan itself begins.
    Edge,
    /// Behind a position.
    After(Cursor<M, I>),
    /// Before a position, going backwards.
    Before(Cursor<M, I>),
    /// Where this page token says.
    #[cfg(feature = "tokens")]
    Token(String),
}

impl<M, I> Default for Begin<M, I> {
    fn default() -> Self {
        Begin {
            at: At::Edge,
            #[cfg(feature = "tokens")]
            context: None,
        }
    }
}

impl<M, I> Begin<M, I> {
    /// The same for the read of an index: a cursor of the table is no position there, which only the token's binding can tell.
    pub(crate) fn of_index<J>(self) -> Begin<M, J> {
        Begin {
            at: match self.at {
                At::Edge | At::After(_) | At::Before(_) => At::Edge,
                #[cfg(feature = "tokens")]
                At::Token(token) => At::Token(token),
            },
            #[cfg(feature = "tokens")]
            context: self.context,
        }
    }

    /// The same position, in a read of another target with the same keys.
    pub(crate) fn elsewhere<J>(self) -> Begin<M, J> {
        Begin {
            at: match self.at {
                At::Edge => At::Edge,
                At::After(cursor) => At::After(Cursor::new(cursor.places)),
                At::Before(cursor) => At::Before(Cursor::new(cursor.places)),
                #[cfg(feature = "tokens")]
                At::Token(token) => At::Token(token),
            },
            #[cfg(feature = "tokens")]
            context: self.context,
        }
    }
}

impl<M, I> Clone for Begin<M, I> {
    fn clone(&self) -> Self {
        Begin {
            at: self.at.clone(),
            #[cfg(feature = "tokens")]
            context: self.context.clone(),
        }
    }
}

impl<M, I> Clone for At<M, I> {
    fn clone(&self) -> Self {
        match self {
            At::Edge => At::Edge,
            At::After(cursor) => At::After(cursor.clone()),
            At::Before(cursor) => At::Before(cursor.clone()),
            #[cfg(feature = "tokens")]
            At::Token(token) => At::Token(token.clone()),
        }
    }
}
