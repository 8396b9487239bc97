//! A borrowed view of the input: its fields and variants beside what their attributes say. No rules over several of them.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Token, Type};

use crate::attr::{self, FieldAttrs, ModelAttrs, PatchAttrs, ProjectionAttrs, TypeAttrs, TypeKind, VariantAttrs};
use crate::case::RenameRule;
use crate::diag::Diagnostics;

/// The struct of a `DynamoModel`.
#[derive(Debug)]
pub(crate) struct Model<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) attrs: ModelAttrs,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A named field.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) attrs: FieldAttrs,
}

/// The struct of a `DynamoProjection`.
pub(crate) type Projection<'a> = Selection<'a, ProjectionAttrs>;

/// The struct of a `DynamoPatch`.
pub(crate) type Patch<'a> = Selection<'a, PatchAttrs>;

/// A struct that names some of a model's fields.
#[derive(Debug)]
pub(crate) struct Selection<'a, A> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) attrs: A,
    pub(crate) fields: Vec<SelectedField<'a>>,
}

/// One of these fields.
#[derive(Debug)]
pub(crate) struct SelectedField<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    /// The model's field, if it has another name.
    source: Option<Ident>,
}

/// The type of a `DynamoAttribute`.
#[derive(Debug)]
pub(crate) struct AttributeType<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) attrs: TypeAttrs,
    pub(crate) body: Body<'a>,
}

#[derive(Debug)]
pub(crate) enum Body<'a> {
    /// Stored as a map.
    Struct(Vec<Field<'a>>),
    /// Stored as its only field is.
    Newtype(&'a Type),
    /// Stored as a string.
    UnitEnum(Vec<Variant<'a>>),
    /// Stored as a map with a tag.
    DataEnum(Vec<Variant<'a>>),
}

/// A variant of an enum.
#[derive(Debug)]
pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) attrs: VariantAttrs,
    pub(crate) data: VariantData<'a>,
}

#[derive(Debug)]
pub(crate) enum VariantData<'a> {
    Unit,
    Newtype(&'a Type),
    Struct(Vec<Field<'a>>),
}

impl<'a> Model<'a> {
    /// Reads the struct and all of its attributes.
    pub(crate) fn read(input: &'a DeriveInput) -> syn::Result<Self> {
        let mut diag = Diagnostics::new();
        let span = input.ident.span();
        let named = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => Some(&fields.named),
                Fields::Unnamed(_) | Fields::Unit => {
                    diag.error(span, "`DynamoModel` needs a struct with named fields; give the fields names");
                    None
                }
            },
            Data::Enum(_) => {
                diag.error(span, "`DynamoModel` cannot be derived for an enum; use a struct, or `DynamoAttribute` for a field's type");
                None
            }
            Data::Union(_) => {
                diag.error(span, "`DynamoModel` cannot be derived for a union; use a struct with named fields");
                None
            }
        };
        let Some(named) = named else {
            diag.finish()?;
            return Err(syn::Error::new(span, "`DynamoModel` needs a struct with named fields"));
        };
        let attrs = ModelAttrs::read(&input.attrs, &mut diag);
        let fields = fields(named, FieldAttrs::of_model, &mut diag);
        diag.finish()?;
        Ok(Self { input, attrs, fields })
    }

    /// The field with this name, without `r#`.
    pub(crate) fn field(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.name() == name)
    }
}

impl Field<'_> {
    /// The name without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// The attribute that the field is stored in.
    pub(crate) fn attribute(&self, rule: RenameRule) -> String {
        match &self.attrs.rename {
            Some(name) => name.value.clone(),
            None => rule.apply(self.ident),
        }
    }

    /// Where to blame the attribute's name.
    pub(crate) fn attribute_span(&self) -> Span {
        self.attrs.rename.as_ref().map_or_else(|| self.ident.span(), |name| name.span)
    }

    /// Whether the field is an attribute of its own.
    pub(crate) fn is_stored(&self) -> bool {
        self.attrs.skip.is_none() && self.attrs.flatten.is_none()
    }

    /// The name of its constant.
    pub(crate) fn constant(&self) -> Ident {
        match &self.attrs.path {
            Some(path) => path.clone(),
            None => {
                let name = crate::case::screaming(self.ident);
                let raw = syn::parse_str::<Ident>(&name).is_err();
                if raw { Ident::new_raw(&name, self.ident.span()) } else { Ident::new(&name, self.ident.span()) }
            }
        }
    }
}

impl<'a> Projection<'a> {
    /// Reads the struct and all of its attributes.
    pub(crate) fn read(input: &'a DeriveInput) -> syn::Result<Self> {
        Self::read_with(input, "DynamoProjection", ProjectionAttrs::read, attr::projection_field)
    }
}

impl<'a> Patch<'a> {
    /// Reads the struct and all of its attributes.
    pub(crate) fn read(input: &'a DeriveInput) -> syn::Result<Self> {
        Self::read_with(input, "DynamoPatch", PatchAttrs::read, attr::patch_field)
    }
}

impl<'a, A> Selection<'a, A> {
    fn read_with(
        input: &'a DeriveInput,
        derive: &str,
        read: fn(&[Attribute], &mut Diagnostics) -> A,
        read_field: fn(&[Attribute], &mut Diagnostics) -> Option<Ident>,
    ) -> syn::Result<Self> {
        let span = input.ident.span();
        let named = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => Some(&fields.named),
                Fields::Unnamed(_) | Fields::Unit => None,
            },
            Data::Enum(_) | Data::Union(_) => None,
        };
        let Some(named) = named else {
            return Err(syn::Error::new(
                span,
                format!("`{derive}` needs a struct with named fields; name some of the model's fields"),
            ));
        };
        let mut diag = Diagnostics::new();
        let attrs = read(&input.attrs, &mut diag);
        let with_ident = named.iter().filter_map(|field| Some((field.ident.as_ref()?, field)));
        let fields = with_ident.map(|(ident, field)| {
            let source = read_field(&field.attrs, &mut diag);
            SelectedField { ident, ty: &field.ty, source }
        });
        let fields = fields.collect();
        diag.finish()?;
        Ok(Self { input, attrs, fields })
    }
}

impl SelectedField<'_> {
    /// The model's field that it stands for.
    pub(crate) fn source(&self) -> &Ident {
        self.source.as_ref().unwrap_or(self.ident)
    }
}

impl<'a> AttributeType<'a> {
    /// Reads the type and all of its attributes.
    pub(crate) fn read(input: &'a DeriveInput) -> syn::Result<Self> {
        let mut diag = Diagnostics::new();
        let (kind, body) = match Body::read(input, &mut diag) {
            Some(read) => read,
            None => {
                diag.finish()?;
                return Err(syn::Error::new(input.ident.span(), "`DynamoAttribute` cannot be derived for this"));
            }
        };
        let attrs = TypeAttrs::read(kind, &input.attrs, &mut diag);
        diag.finish()?;
        Ok(Self { input, attrs, body })
    }
}

impl<'a> Body<'a> {
    fn read(input: &'a DeriveInput, diag: &mut Diagnostics) -> Option<(TypeKind, Self)> {
        let span = input.ident.span();
        match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(named) => {
                    Some((TypeKind::Struct, Self::Struct(fields(&named.named, FieldAttrs::of_nested, diag))))
                }
                Fields::Unnamed(unnamed) => {
                    let mut types = unnamed.unnamed.iter();
                    let (Some(only), None) = (types.next(), types.next()) else {
                        diag.error(span, "a tuple struct is stored as its only field; give several fields names");
                        return None;
                    };
                    reject_attributes(&only.attrs, "the field of a newtype", diag);
                    Some((TypeKind::Newtype, Self::Newtype(&only.ty)))
                }
                Fields::Unit => {
                    diag.error(span, "a struct without fields has nothing to store; use an enum with one variant");
                    None
                }
            },
            Data::Enum(data) if data.variants.is_empty() => {
                diag.error(span, "an enum without variants has no values to store; add a variant");
                None
            }
            Data::Enum(data) => {
                let variants: Vec<_> =
                    data.variants.iter().filter_map(|variant| Variant::read(variant, diag)).collect();
                if data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit)) {
                    Some((TypeKind::UnitEnum, Self::UnitEnum(variants)))
                } else {
                    Some((TypeKind::DataEnum, Self::DataEnum(variants)))
                }
            }
            Data::Union(_) => {
                diag.error(span, "`DynamoAttribute` cannot be derived for a union; use a struct or an enum");
                None
            }
        }
    }
}

impl<'a> Variant<'a> {
    fn read(variant: &'a syn::Variant, diag: &mut Diagnostics) -> Option<Self> {
        let attrs = VariantAttrs::read(&variant.attrs, diag);
        let data = match &variant.fields {
            Fields::Unit => VariantData::Unit,
            Fields::Named(named) => VariantData::Struct(fields(&named.named, FieldAttrs::of_nested, diag)),
            Fields::Unnamed(unnamed) => {
                let mut types = unnamed.unnamed.iter();
                let (Some(only), None) = (types.next(), types.next()) else {
                    diag.error(
                        variant.ident.span(),
                        format!("variant `{}` needs one unnamed field; give several fields names", variant.ident),
                    );
                    return None;
                };
                reject_attributes(&only.attrs, "the field of a newtype variant", diag);
                VariantData::Newtype(&only.ty)
            }
        };
        Some(Self { ident: &variant.ident, attrs, data })
    }

    /// The name under which the variant is stored.
    pub(crate) fn stored(&self, rule: RenameRule) -> String {
        match &self.attrs.rename {
            Some(name) => name.value.clone(),
            None => rule.apply(self.ident),
        }
    }
}

fn fields<'a>(
    named: &'a Punctuated<syn::Field, Token![,]>,
    read: fn(&[syn::Attribute], &mut Diagnostics) -> FieldAttrs,
    diag: &mut Diagnostics,
) -> Vec<Field<'a>> {
    let with_ident = named.iter().filter_map(|field| Some((field.ident.as_ref()?, field)));
    with_ident.map(|(ident, field)| Field { ident, ty: &field.ty, attrs: read(&field.attrs, diag) }).collect()
}

fn reject_attributes(attrs: &[syn::Attribute], place: &str, diag: &mut Diagnostics) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("dynorm")) {
        let span = attr.path().get_ident().map_or_else(Span::call_site, Ident::span);
        diag.error(span, format!("{place} has no `dynorm` attributes; remove this"));
    }
}
