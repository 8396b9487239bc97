//! `Cond`: a condition on an item, and its combinations.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

use crate::error::ExpressionError;

use super::aliases::Aliases;
use super::field::Types;
use super::text::{Shown, Text};
use super::tree::{Logic, Node, Tree};

/// A condition on an item of the model `M`, for the context `X`.
///
/// Made by the methods of [`Field`](super::Field), combined with `&`, `|` and `!`. The context is inferred from its use:
/// the filter of a query or a scan, or the condition of a write. A condition is a value: it can be built step by step,
/// kept and cloned. `Debug` shows attributes and operators, never values.
///
/// DynamoDB's rules for absent attributes hold: every comparison with one is false, except `ne`, which is true; so `!`
/// of a comparison with an absent attribute is true as well.
#[must_use = "a condition does nothing until a query, scan or write takes it"]
pub struct Cond<M, X> {
    /// The first problem replaces the tree: a value that cannot be stored, or too many operators.
    tree: Result<Tree, ExpressionError>,
    types: Types<(M, X)>,
}

impl<M, X> Cond<M, X> {
    pub(super) fn new(tree: Result<Tree, ExpressionError>) -> Self {
        Cond { tree, types: PhantomData }
    }

    /// A condition that no request can have.
    pub(crate) fn refused(problem: ExpressionError) -> Self {
        Cond::new(Err(problem))
    }

    /// The same condition in a context that allows all that this one does.
    pub(crate) fn elsewhere<Y>(self) -> Cond<M, Y> {
        Cond::new(self.tree)
    }

    pub(super) fn leaf(node: Node) -> Self {
        Cond::new(Ok(Tree::leaf(node)))
    }

    fn join(self, logic: Logic, other: Self) -> Self {
        Cond::new(match (self.tree, other.tree) {
            (Ok(left), Ok(right)) => left.join(logic, right),
            (Err(error), _) | (_, Err(error)) => Err(error),
        })
    }

    /// Whether it holds where there is no item.
    pub(crate) fn holds_without_item(&self) -> bool {
        self.tree.as_ref().is_ok_and(Tree::holds_without_item)
    }

    /// The expression's text, with placeholders from `aliases`.
    ///
    /// # Errors
    ///
    /// A value could not be encoded, or the expression is over one of DynamoDB's limits.
    pub fn render(&self, aliases: &mut Aliases) -> Result<String, ExpressionError> {
        let tree = self.tree.as_ref().map_err(Clone::clone)?;
        let mut text = Text::new(aliases);
        tree.write(&mut text);
        text.finish("condition")
    }
}

/// Both conditions, where there are two.
pub(crate) fn both<M, X>(first: Option<Cond<M, X>>, second: Option<Cond<M, X>>) -> Option<Cond<M, X>> {
    match (first, second) {
        (Some(first), Some(second)) => Some(first & second),
        (first, second) => first.or(second),
    }
}

/// Both hold.
impl<M, X> BitAnd for Cond<M, X> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.join(Logic::And, other)
    }
}

/// At least one holds.
impl<M, X> BitOr for Cond<M, X> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.join(Logic::Or, other)
    }
}

/// It does not hold. True where a comparison is false because the attribute is absent.
impl<M, X> Not for Cond<M, X> {
    type Output = Self;

    fn not(self) -> Self {
        Cond::new(self.tree.and_then(Tree::negate))
    }
}

impl<M, X> Clone for Cond<M, X> {
    fn clone(&self) -> Self {
        Cond::new(self.tree.clone())
    }
}

impl<M, X> fmt::Debug for Cond<M, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tree {
            Ok(tree) => {
                let mut shown = Shown;
                let mut text = Text::new(&mut shown);
                tree.write(&mut text);
                f.debug_tuple("Cond").field(&format_args!("{}", text.into_shown())).finish()
            }
            Err(error) => f.debug_tuple("Cond").field(error).finish(),
        }
    }
}
