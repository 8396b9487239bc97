//! No value of a part is taken for another part: different parts are different keys, and a prefix stays in its part.

use dynorm::error::KeyProblem;
use dynorm::key::{Key, KeyBuf, KeyValue, Ranged, begins_with};
use dynorm::schema::{Format, KeyKind, KeySchema, Segment};
use proptest::prelude::*;

use super::values::{Value, attribute, finds, literal, part};

const TEXT: &[Segment] = &[part(0, Format::Text), literal("#"), part(1, Format::Text)];
const ESCAPED: &[Segment] = &[literal("T#"), part(2, Format::Escape), literal("-"), part(3, Format::Escape)];

static KEY: KeySchema =
    KeySchema { partition: &[attribute("pk", KeyKind::S, TEXT)], sort: &[attribute("sk", KeyKind::S, ESCAPED)] };

type Parts = [String; 4];

fn parts() -> impl Strategy<Value = Parts> {
    [String::any(), String::any(), String::any(), String::any()]
}

fn builder(parts: &Parts) -> KeyBuf {
    let [a, b, c, d] = parts;
    let partition = KeyBuf::new(&KEY).value::<String>(a).value::<String>(b);
    partition.condition::<String, (), ()>(c).condition::<String, (), ()>(d)
}

fn stored(parts: &Parts) -> Option<Vec<(&'static str, KeyValue)>> {
    Key::<()>::new(builder(parts)).values().ok().map(<[_]>::to_vec)
}

proptest! {
    #[test]
    fn different_parts_are_different_keys(x in parts(), y in parts()) {
        if let (Some(stored_x), Some(stored_y)) = (stored(&x), stored(&y)) {
            prop_assert_eq!(stored_x == stored_y, x == y);
        }
    }

    #[test]
    fn moving_a_delimiter_makes_another_key(left in String::any(), right in String::any(), end in String::any()) {
        for delimiter in ["#", "-", ".", "T#"] {
            let first = ["p".into(), "q".into(), [&left, delimiter, &right].concat(), end.clone()];
            let second = ["p".into(), "q".into(), left.clone(), [&right, delimiter, &end].concat()];
            prop_assert!(first == second || stored(&first) != stored(&second));
        }
    }

    #[test]
    fn only_a_text_with_a_character_up_to_its_delimiter_is_refused(x in parts()) {
        let key = Key::<()>::new(builder(&x));
        let refused = x[0].chars().find(|c| *c <= '#');
        match key.error() {
            Some(error) => {
                let found = refused.expect("a character up to the delimiter");
                prop_assert_eq!(error.problem(), KeyProblem::Delimiter { found, delimiter: '#' });
                prop_assert_eq!((error.attribute(), error.part()), (Some("pk"), Some("a")));
            }
            None => prop_assert_eq!(refused, None),
        }
    }

    #[test]
    fn a_prefix_finds_only_values_of_its_part(
        asked in parts(), items in prop::collection::vec(parts(), 1..6), prefix in String::any(), last: bool,
    ) {
        let [a, b, c, _] = &asked;
        let partition = KeyBuf::new(&KEY).value::<String>(a).value::<String>(b);
        let buf = if last {
            partition.condition::<String, (), ()>(c).condition::<String, (), Ranged>(begins_with(&prefix))
        } else {
            partition.condition::<String, (), Ranged>(begins_with(&prefix))
        };
        let Ok(condition) = buf.into_condition() else { return Ok(()) };
        for [_, _, other, d] in items {
            for third in [c, &other, &[prefix.as_str(), &other].concat()] {
                for fourth in [&d, &[prefix.as_str(), &d].concat()] {
                    let item = [a.clone(), b.clone(), third.clone(), fourth.clone()];
                    let wanted = if last { third == c && fourth.starts_with(&prefix) } else { third.starts_with(&prefix) };
                    let stored = stored(&item).expect("only the partition key can refuse");
                    prop_assert_eq!(finds(&condition, &stored), wanted, "{:?}", item);
                }
            }
        }
    }
}
