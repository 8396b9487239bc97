//! The tree of a condition, and its text.

use crate::codec::AttributeType;
use crate::error::ExpressionError;
use crate::error::expression::limit;

use super::path::Path;
use super::text::Text;
use super::wire::Wire;

/// What stands on one side of an operator.
#[derive(Debug, Clone)]
pub enum Term {
    /// A value of the caller's.
    Value(Wire),
    /// Another attribute of the same item.
    Path(Path),
    /// The size of an attribute.
    Size(Path),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparator {
    /// The method of a field that makes it.
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Eq => " = ",
            Self::Ne => " <> ",
            Self::Lt => " < ",
            Self::Le => " <= ",
            Self::Gt => " > ",
            Self::Ge => " >= ",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Logic {
    And,
    Or,
}

#[derive(Clone)]
pub(super) enum Node {
    Compare(Term, Comparator, Term),
    Between(Term, Term, Term),
    In(Path, Vec<Term>),
    Exists(Path),
    NotExists(Path),
    Type(Path, AttributeType),
    BeginsWith(Path, Wire),
    Contains(Path, Term),
    Chain(Logic, Vec<Tree>),
    Not(Box<Tree>),
}

/// A condition without its types. Never of more operators than DynamoDB takes, so recursion over it is bounded.
#[derive(Clone)]
pub(super) struct Tree {
    node: Node,
    /// Operators and functions in it.
    operators: usize,
}

impl Tree {
    /// A condition of one operator.
    pub(super) fn leaf(node: Node) -> Self {
        let terms: &[&Term] = match &node {
            Node::Compare(a, _, b) => &[a, b],
            Node::Between(a, b, c) => &[a, b, c],
            _ => &[],
        };
        let sizes = terms.iter().filter(|term| matches!(term, Term::Size(_))).count();
        Tree { node, operators: 1 + sizes }
    }

    pub(super) fn join(self, logic: Logic, other: Tree) -> Result<Tree, ExpressionError> {
        let operators = self.operators + 1 + other.operators;
        if operators > limit::OPERATORS {
            return Err(ExpressionError::too_many_operators());
        }
        let mut parts = self.into_parts(logic);
        parts.append(&mut other.into_parts(logic));
        Ok(Tree { node: Node::Chain(logic, parts), operators })
    }

    pub(super) fn negate(self) -> Result<Tree, ExpressionError> {
        if let Node::Not(inner) = self.node {
            return Ok(*inner);
        }
        let operators = self.operators + 1;
        if operators > limit::OPERATORS {
            return Err(ExpressionError::too_many_operators());
        }
        Ok(Tree { node: Node::Not(Box::new(self)), operators })
    }

    /// The members of a chain of the same operator; any other tree is its own only member.
    fn into_parts(self, logic: Logic) -> Vec<Tree> {
        match self.node {
            Node::Chain(own, parts) if own == logic => parts,
            _ => vec![self],
        }
    }

    /// Whether it holds where there is no item, so that every attribute is absent.
    pub(super) fn holds_without_item(&self) -> bool {
        match &self.node {
            Node::NotExists(_) => true,
            // The size of nothing makes every comparison false.
            Node::Compare(left, Comparator::Ne, right) => {
                ![left, right].iter().any(|term| matches!(term, Term::Size(_)))
            }
            Node::Chain(Logic::And, parts) => parts.iter().all(Tree::holds_without_item),
            Node::Chain(Logic::Or, parts) => parts.iter().any(Tree::holds_without_item),
            Node::Not(inner) => !inner.holds_without_item(),
            Node::Compare(..) | Node::Between(..) | Node::In(..) | Node::Exists(_) | Node::Type(..) => false,
            Node::BeginsWith(..) | Node::Contains(..) => false,
        }
    }

    pub(super) fn write(&self, text: &mut Text<'_>) {
        match &self.node {
            Node::Compare(left, comparator, right) => {
                text.term(left);
                text.push(comparator.symbol());
                text.term(right);
            }
            Node::Between(value, low, high) => {
                text.term(value);
                text.push(" BETWEEN ");
                text.term(low);
                text.push(" AND ");
                text.term(high);
            }
            Node::In(path, terms) => {
                text.path(path);
                text.push(" IN (");
                for (i, term) in terms.iter().enumerate() {
                    if i > 0 {
                        text.push(", ");
                    }
                    text.term(term);
                }
                text.push(")");
            }
            Node::Exists(path) => text.call("attribute_exists", path),
            Node::NotExists(path) => text.call("attribute_not_exists", path),
            Node::Type(path, kind) => text.call_with("attribute_type", path, |text| {
                text.push(", ");
                text.value(&Wire::descriptor(*kind));
            }),
            Node::BeginsWith(path, prefix) => text.call_with("begins_with", path, |text| {
                text.push(", ");
                text.value(prefix);
            }),
            Node::Contains(path, term) => text.call_with("contains", path, |text| {
                text.push(", ");
                text.term(term);
            }),
            Node::Chain(logic, parts) => {
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        text.push(match logic {
                            Logic::And => " AND ",
                            Logic::Or => " OR ",
                        });
                    }
                    let parenthesised = *logic == Logic::And && matches!(part.node, Node::Chain(Logic::Or, _));
                    part.write_in(parenthesised, text);
                }
            }
            Node::Not(inner) => {
                text.push("NOT ");
                inner.write_in(!inner.is_function(), text);
            }
        }
    }

    fn write_in(&self, parentheses: bool, text: &mut Text<'_>) {
        if parentheses {
            text.push("(");
        }
        self.write(text);
        if parentheses {
            text.push(")");
        }
    }

    fn is_function(&self) -> bool {
        matches!(
            self.node,
            Node::Exists(_) | Node::NotExists(_) | Node::Type(..) | Node::BeginsWith(..) | Node::Contains(..)
        )
    }
}
