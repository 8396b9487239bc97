//! Whatever conditions are combined, DynamoDB's precedence reads the text as the tree that was built.

use dynorm::expr::{Aliases, Cond, Condition};
use proptest::prelude::*;

use crate::model::Book;

/// A condition over `read = 0`, `read = 1` ..: which of these hold is given.
#[derive(Debug, Clone)]
enum Tree {
    Leaf(u32),
    Function(u32),
    Between(u32),
    Not(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
}

const LEAVES: u32 = 6;

impl Tree {
    fn condition(&self) -> Cond<Book, Condition> {
        match self {
            Tree::Leaf(n) => Book::READ.eq(n),
            Tree::Function(n) => Book::TITLE.contains(n.to_string()),
            Tree::Between(n) => Book::READ.between(n, n),
            Tree::Not(inner) => !inner.condition(),
            Tree::And(left, right) => left.condition() & right.condition(),
            Tree::Or(left, right) => left.condition() | right.condition(),
        }
    }

    fn holds(&self, leaves: u32) -> bool {
        match self {
            Tree::Leaf(n) | Tree::Function(n) | Tree::Between(n) => leaves & (1 << n) != 0,
            Tree::Not(inner) => !inner.holds(leaves),
            Tree::And(left, right) => left.holds(leaves) && right.holds(leaves),
            Tree::Or(left, right) => left.holds(leaves) || right.holds(leaves),
        }
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (0..LEAVES).prop_map(Tree::Leaf),
        (0..LEAVES).prop_map(Tree::Function),
        (0..LEAVES).prop_map(Tree::Between),
    ];
    leaf.prop_recursive(6, 48, 2, |inner| {
        let pair = (inner.clone().prop_map(Box::new), inner.clone().prop_map(Box::new));
        prop_oneof![
            inner.prop_map(|inner| Tree::Not(Box::new(inner))),
            pair.clone().prop_map(|(left, right)| Tree::And(left, right)),
            pair.prop_map(|(left, right)| Tree::Or(left, right)),
        ]
    })
}

/// Evaluates the text by DynamoDB's precedence: `NOT`, then `AND`, then `OR`. `holds` says which value's leaf is true.
struct Parser<'a> {
    words: Vec<&'a str>,
    at: usize,
    /// Where the last pair of parentheses began and ended.
    group: (usize, usize),
    holds: &'a dyn Fn(&str) -> bool,
}

impl<'a> Parser<'a> {
    fn evaluate(text: &str, holds: &dyn Fn(&str) -> bool) -> bool {
        let spaced = text.replace('(', " ( ").replace(')', " ) ").replace(',', " , ");
        let mut parser = Parser { words: spaced.split_whitespace().collect(), at: 0, group: (0, 0), holds };
        let value = parser.or();
        assert_eq!(parser.at, parser.words.len(), "the whole of `{text}`");
        value
    }

    fn next(&mut self) -> &'a str {
        self.at += 1;
        self.words[self.at - 1]
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> bool {
        let mut value = self.and();
        while self.takes("OR") {
            value |= self.and();
        }
        value
    }

    fn and(&mut self) -> bool {
        let mut value = self.not();
        while self.takes("AND") {
            value &= self.not();
        }
        value
    }

    fn not(&mut self) -> bool {
        if self.takes("NOT") { !self.not() } else { self.operand() }
    }

    fn operand(&mut self) -> bool {
        if self.takes("(") {
            let start = self.at;
            let value = self.or();
            assert_ne!(self.group, (start + 1, self.at - 1), "DynamoDB refuses redundant parentheses");
            assert!(self.takes(")"));
            self.group = (start, self.at - 1);
            return value;
        }
        let alias = if self.takes("contains") {
            let alias = (self.next(), self.next(), self.next(), self.next(), self.next()).3;
            assert!(alias.starts_with(':'));
            alias
        } else {
            let (_, operator, alias) = (self.next(), self.next(), self.next());
            if operator == "BETWEEN" {
                assert!(self.takes("AND"));
                self.next();
            }
            alias
        };
        (self.holds)(alias)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_text_means_what_was_built(tree in trees()) {
        let condition = tree.condition();
        let mut aliases = Aliases::new();
        let text = condition.render(&mut aliases).expect("renders");
        let (_, values) = aliases.into_sdk().expect("small");
        let values = values.expect("a leaf");
        for leaves in 0..1 << LEAVES {
            let holds = |alias: &str| {
                let value = &values[alias];
                let leaf: u32 = value.as_n().or(value.as_s()).expect("a leaf").parse().expect("a leaf");
                leaves & (1 << leaf) != 0
            };
            prop_assert_eq!(Parser::evaluate(&text, &holds), tree.holds(leaves), "{} of {:?}", &text, &tree);
        }
    }
}
