//! The conditions that a field makes.

use std::fmt;
use std::marker::PhantomData;

use crate::attribute::Codec;
use crate::attribute::stored::Stored as _;
use crate::codec::AttributeType;
use crate::error::ExpressionError;
use crate::error::expression::limit;

use super::condition::Cond;
use super::context::UsableIn;
use super::field::{Field, Kind, Types};
use super::kind::{HasPrefix, HasSize, Ordered, Searchable};
use super::nested::{Element, Optional};
use super::operand::{Operand, SizeOperand};
use super::path::Path;
use super::tree::{Comparator, Logic, Node, Term, Tree};
use super::wire::Wire;

impl<M, T, R, C: Codec<T>> Field<M, T, R, C> {
    /// Equal. `None` asks as [`is_none`](Field::is_none) does, an empty set as [`not_exists`](Field::not_exists).
    pub fn eq<X, H>(self, value: impl Operand<M, T, C, X, H>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        Cond::new(value.term(&self.path).and_then(|term| match term {
            Some(term) => Ok(Tree::leaf(Node::Compare(Term::Path(self.path), Comparator::Eq, term))),
            None => self.left_out(),
        }))
    }

    /// Not equal, which is true for an absent attribute. The opposite of [`eq`](Field::eq) for `None` and empty sets too.
    pub fn ne<X, H>(self, value: impl Operand<M, T, C, X, H>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        Cond::new(value.term(&self.path).and_then(|term| match term {
            Some(term) => Ok(Tree::leaf(Node::Compare(Term::Path(self.path), Comparator::Ne, term))),
            None => self.present(),
        }))
    }

    /// Less than. False for an absent attribute, and for one of another stored type.
    pub fn lt<X, H>(self, value: impl Operand<M, T, C, X, H>) -> Cond<M, X>
    where
        R: UsableIn<X>,
        Kind<C, T>: Ordered,
    {
        self.compare(Comparator::Lt, value)
    }

    /// Less than or equal. False for an absent attribute, and for one of another stored type.
    pub fn le<X, H>(self, value: impl Operand<M, T, C, X, H>) -> Cond<M, X>
    where
        R: UsableIn<X>,
        Kind<C, T>: Ordered,
    {
        self.compare(Comparator::Le, value)
    }

    /// Greater than. False for an absent attribute, and for one of another stored type.
    pub fn gt<X, H>(self, value: impl Operand<M, T, C, X, H>) -> Cond<M, X>
    where
        R: UsableIn<X>,
        Kind<C, T>: Ordered,
    {
        self.compare(Comparator::Gt, value)
    }

    /// Greater than or equal. False for an absent attribute, and for one of another stored type.
    pub fn ge<X, H>(self, value: impl Operand<M, T, C, X, H>) -> Cond<M, X>
    where
        R: UsableIn<X>,
        Kind<C, T>: Ordered,
    {
        self.compare(Comparator::Ge, value)
    }

    /// Between two values, both included. DynamoDB refuses a `low` above `high`.
    pub fn between<X, H, I>(self, low: impl Operand<M, T, C, X, H>, high: impl Operand<M, T, C, X, I>) -> Cond<M, X>
    where
        R: UsableIn<X>,
        Kind<C, T>: Ordered,
    {
        Cond::new((|| {
            let low = ordered(low.term(&self.path)?, &self.path, "between")?;
            let high = ordered(high.term(&self.path)?, &self.path, "between")?;
            Ok(Tree::leaf(Node::Between(Term::Path(self.path), low, high)))
        })())
    }

    /// Equal to one of up to 100 values. `None` is found as [`is_none`](Field::is_none) finds it; without any value the
    /// condition is false for every item.
    pub fn is_in<X, H, V>(self, values: impl IntoIterator<Item = V>) -> Cond<M, X>
    where
        R: UsableIn<X>,
        V: Operand<M, T, C, X, H>,
    {
        Cond::new(self.one_of(values))
    }

    /// The attribute exists, `NULL` included.
    pub fn exists<X>(self) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        Cond::leaf(Node::Exists(self.path))
    }

    /// The attribute does not exist. One that is stored as `NULL` exists; [`is_none`](Field::is_none) asks for both.
    pub fn not_exists<X>(self) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        Cond::leaf(Node::NotExists(self.path))
    }

    /// The attribute is absent, or stored as `NULL`: it reads as `None`.
    pub fn is_none<X>(self) -> Cond<M, X>
    where
        R: UsableIn<X>,
        T: Optional,
    {
        Cond::new(self.absent_or_null())
    }

    /// The attribute exists and is not stored as `NULL`: it reads as `Some`.
    pub fn is_some<X>(self) -> Cond<M, X>
    where
        R: UsableIn<X>,
        T: Optional,
    {
        Cond::new(self.exists_not_null())
    }

    /// The attribute exists and is stored as this type.
    pub fn attribute_type<X>(self, kind: AttributeType) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        Cond::leaf(Node::Type(self.path, kind))
    }

    /// The text or bytes begin with these. An empty prefix is that of every string.
    pub fn begins_with<X, P>(self, prefix: P) -> Cond<M, X>
    where
        R: UsableIn<X>,
        Kind<C, T>: HasPrefix<P>,
    {
        let prefix = Wire::write(&self.path, |writer| <Kind<C, T> as HasPrefix<P>>::write(&prefix, writer));
        Cond::new(prefix.map(|prefix| Tree::leaf(Node::BeginsWith(self.path, prefix))))
    }

    /// The string contains this text; the set or list contains this element.
    pub fn contains<X, H>(
        self,
        needle: impl Operand<M, <Kind<C, T> as Searchable<T, C>>::Needle, Element, X, H>,
    ) -> Cond<M, X>
    where
        R: UsableIn<X>,
        Kind<C, T>: Searchable<T, C>,
    {
        Cond::new(needle.term(&self.path).and_then(|term| {
            let term = term.ok_or_else(|| ExpressionError::no_value(&self.path, "contains"))?;
            Ok(Tree::leaf(Node::Contains(self.path, term)))
        }))
    }

    /// The size: bytes of a string (as UTF-8) or binary, elements of a set, list or map.
    pub fn size(self) -> Size<M, R>
    where
        Kind<C, T>: HasSize,
    {
        Size { path: self.path, types: PhantomData }
    }

    fn compare<X, H>(self, comparator: Comparator, value: impl Operand<M, T, C, X, H>) -> Cond<M, X> {
        Cond::new((|| {
            let value = ordered(value.term(&self.path)?, &self.path, comparator.method())?;
            Ok(Tree::leaf(Node::Compare(Term::Path(self.path), comparator, value)))
        })())
    }

    fn one_of<X, H, V>(self, values: impl IntoIterator<Item = V>) -> Result<Tree, ExpressionError>
    where
        V: Operand<M, T, C, X, H>,
    {
        let mut terms = Vec::new();
        let mut or_left_out = false;
        for value in values {
            match value.term(&self.path)? {
                Some(_) if terms.len() == limit::OPERANDS => {
                    return Err(ExpressionError::too_many_operands(&self.path));
                }
                Some(term) => terms.push(term),
                None => or_left_out = true,
            }
        }
        match (terms.is_empty(), or_left_out) {
            (false, false) => Ok(Tree::leaf(Node::In(self.path, terms))),
            (false, true) => {
                let one_of = Tree::leaf(Node::In(self.path.clone(), terms));
                one_of.join(Logic::Or, self.left_out()?)
            }
            (true, true) => self.left_out(),
            // DynamoDB has no empty `IN` and no `false`.
            (true, false) => {
                Tree::leaf(Node::Exists(self.path.clone())).join(Logic::And, Tree::leaf(Node::NotExists(self.path)))
            }
        }
    }

    /// How an attribute is found whose value is left out of items: `None`, or an empty set.
    fn left_out(self) -> Result<Tree, ExpressionError> {
        if Self::is_set() { Ok(Tree::leaf(Node::NotExists(self.path))) } else { self.absent_or_null() }
    }

    fn present(self) -> Result<Tree, ExpressionError> {
        if Self::is_set() { Ok(Tree::leaf(Node::Exists(self.path))) } else { self.exists_not_null() }
    }

    fn absent_or_null(self) -> Result<Tree, ExpressionError> {
        let null = Tree::leaf(Node::Type(self.path.clone(), AttributeType::Null));
        Tree::leaf(Node::NotExists(self.path)).join(Logic::Or, null)
    }

    fn exists_not_null(self) -> Result<Tree, ExpressionError> {
        let null = Tree::leaf(Node::Type(self.path.clone(), AttributeType::Null));
        Tree::leaf(Node::Exists(self.path)).join(Logic::And, null.negate()?)
    }

    fn is_set() -> bool {
        matches!(Kind::<C, T>::TYPE, Some(AttributeType::Ss | AttributeType::Ns | AttributeType::Bs))
    }
}

/// A value that can be compared for order.
fn ordered(term: Option<Term>, path: &Path, operator: &'static str) -> Result<Term, ExpressionError> {
    match term {
        None => Err(ExpressionError::no_value(path, operator)),
        Some(Term::Value(value)) if !value.is_ordered() => Err(ExpressionError::not_ordered(path)),
        Some(term) => Ok(term),
    }
}

/// The size of an attribute, to be compared: `Book::TITLE.size().gt(80)`.
#[must_use = "a size does nothing until it is compared"]
pub struct Size<M, R> {
    path: Path,
    types: Types<(M, R)>,
}

impl<M, R> Size<M, R> {
    /// Equal.
    pub fn eq<X>(self, size: impl SizeOperand<M, X>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        self.compare(Comparator::Eq, size)
    }

    /// Not equal.
    pub fn ne<X>(self, size: impl SizeOperand<M, X>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        self.compare(Comparator::Ne, size)
    }

    /// Less than.
    pub fn lt<X>(self, size: impl SizeOperand<M, X>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        self.compare(Comparator::Lt, size)
    }

    /// Less than or equal.
    pub fn le<X>(self, size: impl SizeOperand<M, X>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        self.compare(Comparator::Le, size)
    }

    /// Greater than.
    pub fn gt<X>(self, size: impl SizeOperand<M, X>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        self.compare(Comparator::Gt, size)
    }

    /// Greater than or equal.
    pub fn ge<X>(self, size: impl SizeOperand<M, X>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        self.compare(Comparator::Ge, size)
    }

    /// Between two sizes, both included.
    pub fn between<X>(self, low: impl SizeOperand<M, X>, high: impl SizeOperand<M, X>) -> Cond<M, X>
    where
        R: UsableIn<X>,
    {
        Cond::leaf(Node::Between(Term::Size(self.path), low.size_term(), high.size_term()))
    }

    fn compare<X>(self, comparator: Comparator, size: impl SizeOperand<M, X>) -> Cond<M, X> {
        Cond::leaf(Node::Compare(Term::Size(self.path), comparator, size.size_term()))
    }
}

impl<M, R> Clone for Size<M, R> {
    fn clone(&self) -> Self {
        Size { path: self.path.clone(), types: PhantomData }
    }
}

impl<M, R> fmt::Debug for Size<M, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Size").field(&format_args!("{}", self.path)).finish()
    }
}
