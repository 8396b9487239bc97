//! The const schema.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::fact;
use crate::ir::{Index, Key, KeyAttribute, Model, Part, Projection, Segment, StampKind};
use crate::template::Format;

/// The value of `SCHEMA`.
pub(super) fn schema(model: &Model) -> TokenStream {
    let (name, table) = (model.target.ident.unraw().to_string(), &model.table);
    let key = key(&model.key);
    let indexes = model.indexes.iter().map(index);
    let attributes = model.fields.iter().filter_map(|field| {
        let attr = field.attr()?;
        let (name, fact) = (&attr.name, fact::attr(&field.ty, attr.codec.as_ref()));
        let role = match attr.stamp {
            None if attr.ttl.is_some() => Some(quote!(role: _d::AttributeRole::Ttl,)),
            None => None,
            Some(StampKind::Expiry) => Some(quote!(role: _d::AttributeRole::Ttl,)),
            Some(StampKind::Created) => Some(quote!(role: _d::AttributeRole::Created,)),
            Some(StampKind::Updated) => Some(quote!(role: _d::AttributeRole::Updated,)),
            Some(StampKind::Auto(_)) => Some(quote!(role: _d::AttributeRole::Auto,)),
            Some(StampKind::Version) => Some(quote!(role: _d::AttributeRole::Version,)),
        };
        let sensitive = attr.sensitive.then(|| quote!(sensitive: true,));
        let aliases = &attr.aliases;
        let aliases = (!aliases.is_empty()).then(|| quote!(aliases: &[#(#aliases),*],));
        let readonly = attr.readonly.then(|| quote!(readonly: true,));
        let defaulted = attr.default.as_ref().map(|_| quote!(required: || false,));
        let plain = quote!(#fact.schema(#name));
        if role.is_none() && sensitive.is_none() && readonly.is_none() && aliases.is_none() && defaulted.is_none() {
            return Some(plain);
        }
        Some(quote!(_d::AttributeSchema { #role #sensitive #aliases #readonly #defaulted ..#plain }))
    });
    let unique = model.uniques.iter().map(|unique| {
        let fields = unique.fields.iter().filter_map(|position| model.fields.get(*position)?.attr());
        let attributes = fields.map(|attr| {
            let (name, aliases) = (&attr.name, &attr.aliases);
            quote!(_d::UniqueAttribute { name: #name, aliases: &[#(#aliases),*] })
        });
        let name = &unique.name;
        quote!(_d::UniqueSchema { name: #name, attributes: &[#(#attributes),*] })
    });
    let unique_table = match &model.unique_table {
        Some(name) => quote!(_d::Some(#name)),
        None => quote!(_d::None),
    };
    let entity = match &model.entity {
        Some((name, value)) => quote!(_d::Some((#name, #value))),
        None => quote!(_d::None),
    };
    let write_id = match &model.write_id {
        // The function is there with the feature that generates ids.
        Some((name, span)) => quote_spanned!(*span=> _d::Some(_d::write_id(#name))),
        None => quote!(_d::None),
    };
    let lenient = model.lenient_keys;
    quote! {
        &_d::Schema {
            model: #name,
            table: #table,
            key: #key,
            indexes: &[#(#indexes),*],
            attributes: &[#(#attributes),*],
            unique: &[#(#unique),*],
            unique_table: #unique_table,
            entity: #entity,
            write_id: #write_id,
            lenient_keys: #lenient,
        }
    }
}

fn index(index: &Index) -> TokenStream {
    let (name, local, key) = (&index.name, index.local, key(&index.key));
    let projection = match &index.projection {
        Projection::All => quote!(All),
        Projection::KeysOnly => quote!(KeysOnly),
        Projection::Include(names) => quote!(Include(&[#(#names),*])),
    };
    quote!(_d::IndexSchema { name: #name, local: #local, key: #key, projection: _d::Projection::#projection })
}

fn key(key: &Key) -> TokenStream {
    let (partition, sort) = (key.partition.iter().map(attribute), key.sort.iter().map(attribute));
    quote!(_d::KeySchema { partition: &[#(#partition),*], sort: &[#(#sort),*] })
}

fn attribute(attribute: &KeyAttribute) -> TokenStream {
    let name = &attribute.name;
    let plain = attribute.parts().find(|part| part.format == Format::Plain);
    let kind = match plain {
        Some(part) => {
            let fact = fact::part(part);
            quote!(#fact.kind)
        }
        None => quote!(_d::KeyKind::S),
    };
    let segments = attribute.segments.iter().map(|segment| match segment {
        Segment::Literal(text) => quote!(_d::Segment::Literal(#text)),
        Segment::Part(part) => {
            let part = self::part(part);
            quote!(_d::Segment::Part(#part))
        }
    });
    quote!(_d::KeyAttribute { name: #name, kind: #kind, segments: &[#(#segments),*] })
}

fn part(part: &Part) -> TokenStream {
    let (field, index, descending) = (part.field.unraw().to_string(), part.index, part.descending);
    let format = match part.format {
        Format::Plain => quote!(Plain),
        Format::Text => quote!(Text),
        Format::Escape => quote!(Escape),
        Format::Padded(width) => quote!(Padded(#width)),
        Format::Sortable => quote!(Sortable),
        Format::Order => quote!(Order),
    };
    quote!(_d::Part { field: #field, index: #index, format: _d::Format::#format, descending: #descending })
}
