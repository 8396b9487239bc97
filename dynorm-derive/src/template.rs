//! The grammar of key templates: `"ORDER#{placed}-{rev number:06}"`.

use std::fmt::{self, Display};

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    Part(Part),
}

/// `{field}`, `{field:format}` or `{rev field:format}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) field: String,
    pub(crate) format: Format,
    pub(crate) descending: bool,
}

/// How a part is written. [`Format::Plain`] is a key attribute that is the field itself, and has no template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Plain,
    Text,
    Escape,
    Padded(u8),
    Sortable,
    Order,
}

/// The formats that a template can name, for messages.
const FORMATS: [&str; 3] = ["escape", "sortable", "order"];

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed(String);

impl Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        let mut segments = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, tail) = rest.split_at(at);
            literal.push_str(before);
            if let Some(after) = tail.strip_prefix("{{") {
                literal.push('{');
                rest = after;
            } else if let Some(after) = tail.strip_prefix("}}") {
                literal.push('}');
                rest = after;
            } else if let Some(open) = tail.strip_prefix('{') {
                let Some((part, after)) = open.split_once('}') else {
                    return Err(Malformed(format!(
                        "`{tail}` is not closed; end the part with `}}`, or write `{{{{` for a brace"
                    )));
                };
                if !literal.is_empty() {
                    segments.push(Segment::Literal(std::mem::take(&mut literal)));
                }
                segments.push(Segment::Part(Part::parse(part)?));
                rest = after;
            } else {
                return Err(Malformed("a `}` has no `{` before it; write `}}` for a brace".into()));
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal));
        }
        Ok(Self { segments })
    }

    /// The parts, in order.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Part(part) => Some(part),
            Segment::Literal(_) => None,
        })
    }

    /// Every two parts with nothing between them.
    pub(crate) fn adjacent(&self) -> impl Iterator<Item = (&Part, &Part)> {
        self.segments.iter().zip(self.segments.iter().skip(1)).filter_map(|pair| match pair {
            (Segment::Part(a), Segment::Part(b)) => Some((a, b)),
            _ => None,
        })
    }
}

impl Part {
    /// What is between the braces.
    fn parse(text: &str) -> Result<Self, Malformed> {
        let (name, format) = match text.split_once(':') {
            Some((name, format)) => (name, Some(format)),
            None => (text, None),
        };
        let (name, descending) = match name.strip_prefix("rev ") {
            Some(name) => (name.trim_start(), true),
            None => (name, false),
        };
        let field = name.strip_prefix("r#").unwrap_or(name);
        if syn::parse_str::<syn::Ident>(&format!("r#{field}")).is_err() {
            let problem =
                if field.is_empty() { "`{}` names no field".into() } else { format!("`{{{text}}}` is not a part") };
            return Err(Malformed(format!("{problem}; write `{{field}}`, `{{field:04}}` or `{{rev field:04}}`")));
        }
        let format = match format {
            None => Format::Text,
            Some("escape") => Format::Escape,
            Some("sortable") => Format::Sortable,
            Some("order") => Format::Order,
            Some(width) => Self::width(field, width)?,
        };
        Ok(Self { field: field.into(), format, descending })
    }

    /// `04`: digits, padded with zeros. 39 digits hold the largest `u128`.
    fn width(field: &str, width: &str) -> Result<Format, Malformed> {
        if let Some(digits) = width.strip_prefix('0')
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return match digits.parse::<u8>() {
                Ok(digits @ 1..=39) => Ok(Format::Padded(digits)),
                _ => Err(Malformed(format!("`{field}` has the width `{width}`; a width is `01` to `039`"))),
            };
        }
        if !width.is_empty() && width.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Malformed(format!(
                "`{{{field}:{width}}}` does not say what it pads with; write `{{{field}:0{width}}}`"
            )));
        }
        let remedy = match crate::diag::suggestion(width, FORMATS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "expected a width such as `04`, `escape`, `sortable` or `order`".into(),
        };
        Err(Malformed(format!("unknown format `{width}` of `{field}`; {remedy}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(field: &str, format: Format, descending: bool) -> Segment {
        Segment::Part(Part { field: field.into(), format, descending })
    }

    fn message(text: &str) -> String {
        Template::parse(text).map(|_| String::new()).unwrap_or_else(|wrong| wrong.to_string())
    }

    #[test]
    fn parts_formats_and_literals() {
        let parsed = Template::parse("O#{a}-{b:04}/{rev c:sortable}|{d:order}{{x}}{e:escape}").map(|t| t.segments);
        let expected = vec![
            Segment::Literal("O#".into()),
            part("a", Format::Text, false),
            Segment::Literal("-".into()),
            part("b", Format::Padded(4), false),
            Segment::Literal("/".into()),
            part("c", Format::Sortable, true),
            Segment::Literal("|".into()),
            part("d", Format::Order, false),
            Segment::Literal("{x}".into()),
            part("e", Format::Escape, false),
        ];
        assert_eq!(parsed, Ok(expected));
        assert_eq!(Template::parse("PROFILE").map(|t| t.segments), Ok(vec![Segment::Literal("PROFILE".into())]));
        assert_eq!(Template::parse("{r#type}").map(|t| t.segments), Ok(vec![part("type", Format::Text, false)]));
    }

    #[test]
    fn mistakes_name_their_remedy() {
        assert_eq!(message("{year"), "`{year` is not closed; end the part with `}`, or write `{{` for a brace");
        assert_eq!(message("a}b"), "a `}` has no `{` before it; write `}}` for a brace");
        assert_eq!(message("{year:4}"), "`{year:4}` does not say what it pads with; write `{year:04}`");
        assert_eq!(message("{year:040}"), "`year` has the width `040`; a width is `01` to `039`");
        assert_eq!(message("{year:sortabel}"), "unknown format `sortabel` of `year`; did you mean `sortable`?");
        assert_eq!(message("{}"), "`{}` names no field; write `{field}`, `{field:04}` or `{rev field:04}`");
        assert_eq!(message("{a b}"), "`{a b}` is not a part; write `{field}`, `{field:04}` or `{rev field:04}`");
    }

    #[test]
    fn neighbours_without_a_delimiter_are_found() {
        assert!(Template::parse("{a}{b}").is_ok_and(|template| template.adjacent().count() == 1));
        assert!(Template::parse("{a}-{b}").is_ok_and(|template| template.adjacent().count() == 0));
    }
}
