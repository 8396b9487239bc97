//! Keys: every part gets its type, and the number that `key_part` knows it by.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::projection;
use crate::attr::{IndexAttr, IndexKey, KeyTemplate};
use crate::generics::{TypeGenerics, without_self};
use crate::template::{Format, Segment, Template};
use crate::{ast, case, ir};

/// The parts so far.
pub(super) struct Lowering<'a> {
    model: &'a ast::Model<'a>,
    generics: &'a TypeGenerics,
    parts: Vec<ir::Part>,
}

/// The field that an identifier names.
pub(super) fn find<'a>(model: &'a ast::Model<'a>, ident: &Ident) -> Option<&'a ast::Field<'a>> {
    model.field(&ident.unraw().to_string())
}

impl<'a> Lowering<'a> {
    pub(super) fn new(model: &'a ast::Model<'a>, generics: &'a TypeGenerics) -> Self {
        Self { model, generics, parts: Vec::new() }
    }

    /// The primary key.
    pub(super) fn table(&mut self) -> ir::Key {
        let attrs = &self.model.attrs;
        let partition = self.model.fields.iter().find(|field| field.attrs.partition_key.is_some());
        let sort = self.model.fields.iter().find(|field| field.attrs.sort_key.is_some());
        ir::Key {
            partition: self.table_attribute(partition, attrs.partition_key.as_ref().map(|(_, key)| key), "pk"),
            sort: self.table_attribute(sort, attrs.sort_key.as_ref().map(|(_, key)| key), "sk"),
        }
    }

    fn table_attribute(
        &mut self,
        field: Option<&'a ast::Field<'a>>,
        template: Option<&KeyTemplate>,
        name: &str,
    ) -> Vec<ir::KeyAttribute> {
        let plain = field.map(|field| self.plain(field, false));
        let attribute = plain.or_else(|| template.map(|key| self.template(key, name, false)));
        attribute.into_iter().collect()
    }

    /// A secondary index of a table with this key.
    pub(super) fn index(&mut self, index: &IndexAttr, table: &ir::Key) -> ir::Index {
        let partition = match &index.partition_key {
            _ if index.local.is_some() => table.partition.clone(),
            Some(key) => self.index_attribute(key, &index.attribute_name(false)),
            None => Vec::new(),
        };
        let sort = match &index.sort_key {
            Some(key) => self.index_attribute(key, &index.attribute_name(true)),
            None => Vec::new(),
        };
        let function = case::snake(&index.marker);
        let raw = syn::parse_str::<Ident>(&function).is_err();
        ir::Index {
            marker: index.marker.clone(),
            function: if raw {
                Ident::new_raw(&function, index.marker.span())
            } else {
                Ident::new(&function, index.marker.span())
            },
            name: index.dynamo_name(),
            local: index.local.is_some(),
            key: ir::Key { partition, sort },
            projection: projection(self.model, index.project.as_ref()),
        }
    }

    fn index_attribute(&mut self, key: &IndexKey, name: &str) -> Vec<ir::KeyAttribute> {
        match key {
            IndexKey::Template(key) => vec![self.template(key, name, true)],
            IndexKey::Fields(fields) => {
                let fields: Vec<_> = fields.iter().filter_map(|field| find(self.model, field)).collect();
                fields.into_iter().map(|field| self.plain(field, true)).collect()
            }
        }
    }

    /// A key attribute that is a field.
    fn plain(&mut self, field: &ast::Field<'_>, index: bool) -> ir::KeyAttribute {
        let part = self.part(field, Format::Plain, false, false, index);
        let name = field.attribute(self.model.attrs.rename_all);
        ir::KeyAttribute { name, segments: vec![ir::Segment::Part(part)] }
    }

    fn template(&mut self, key: &KeyTemplate, name: &str, index: bool) -> ir::KeyAttribute {
        let name = key.name.as_ref().map_or_else(|| name.to_owned(), |name| name.value.clone());
        ir::KeyAttribute { name, segments: self.segments(&key.template, index) }
    }

    fn segments(&mut self, template: &Template, index: bool) -> Vec<ir::Segment> {
        let mut lowered = Vec::new();
        let mut segments = template.segments.iter().peekable();
        while let Some(segment) = segments.next() {
            match segment {
                Segment::Literal(text) => lowered.push(ir::Segment::Literal(text.clone())),
                Segment::Part(part) => {
                    let joined = matches!(segments.peek(), Some(Segment::Part(_)));
                    let fixed = part.format == Format::Text && (part.descending || joined);
                    if let Some(field) = self.model.field(&part.field) {
                        let part = self.part(field, part.format, part.descending, fixed, index);
                        lowered.push(ir::Segment::Part(part));
                    }
                }
            }
        }
        lowered
    }

    /// A part; the same field written the same way has the same number everywhere.
    fn part(
        &mut self,
        field: &ast::Field<'_>,
        format: Format,
        descending: bool,
        fixed: bool,
        optional: bool,
    ) -> ir::Part {
        let known = self.parts.iter().find(|part| {
            part.field == *field.ident && part.format == format && part.fixed == fixed && part.optional == optional
        });
        let index = known.map_or(self.parts.len(), |part| part.index);
        let ty = without_self(field.ty, &self.model.input.ident, self.generics);
        let part = ir::Part { field: field.ident.clone(), ty, index, format, descending, fixed, optional };
        if index == self.parts.len() {
            self.parts.push(part.clone());
        }
        part
    }

    pub(super) fn into_parts(self) -> Vec<ir::Part> {
        self.parts
    }
}
