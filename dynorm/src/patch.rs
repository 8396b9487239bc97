//! `Patch`: what a partial change says about one field, and structs of such fields.

use crate::attribute::Codec;
use crate::expr::role::Removable;
use crate::expr::{Field, UpdateExpr};
use crate::model::DynamoModel;

/// What a partial change says about one field: to leave it, to set it, or to remove it.
///
/// With the feature `serde` it is read as the body of a PATCH request means it: an absent field stays, `null` removes, and a value sets
/// ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)). The field, or the whole struct, then needs `#[serde(default)]`; without
/// that an absent field is serde's error "missing field".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patch<T> {
    /// The field stays as it is.
    #[default]
    Keep,
    /// The field gets this value.
    Set(T),
    /// The field is removed.
    Remove,
}

impl<T> Patch<T> {
    /// Whether the field stays as it is.
    pub fn is_keep(&self) -> bool {
        matches!(self, Patch::Keep)
    }

    /// The same about a value made of this one.
    pub fn map<U>(self, value: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Patch::Keep => Patch::Keep,
            Patch::Set(set) => Patch::Set(value(set)),
            Patch::Remove => Patch::Remove,
        }
    }
}

/// A struct of [`Patch`]es of some of a model's fields.
///
/// Derive it: `#[derive(DynamoPatch)]`. [`DynamoModel::patch`] applies it, or [`Update::patch`](crate::Update::patch).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a patch of a DynamoDB model",
    label = "not a patch",
    note = "add `#[derive(DynamoPatch)]` and `#[dynorm(of = ..)]`, which names the model"
)]
pub trait DynamoPatch {
    /// The model whose fields these are.
    type Model: DynamoModel;
    /// The changes that it makes.
    #[doc(hidden)]
    fn into_changes(self) -> UpdateExpr<Self::Model>;
}

/// A [`Patch`] for a field of the type `T`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot patch a field of the type `{T}`",
    label = "expected `Patch<{T}>`",
    note = "a patch of an `Option<T>` is a `Patch<T>`, which can be removed"
)]
pub trait PatchOf<T> {
    fn into_patch(self) -> Patch<T>;
}

#[diagnostic::do_not_recommend]
impl<T> PatchOf<T> for Patch<T> {
    fn into_patch(self) -> Patch<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> PatchOf<Option<T>> for Patch<T> {
    fn into_patch(self) -> Patch<Option<T>> {
        self.map(Some)
    }
}

/// What a patch says about one field. Called by generated code.
#[doc(hidden)]
pub fn apply_patch<M, T, R, C>(changes: &mut UpdateExpr<M>, field: Field<M, T, R, C>, patch: impl PatchOf<T>)
where
    R: Removable<M>,
    C: Codec<T>,
{
    changes.patch(field, patch.into_patch());
}

#[cfg(feature = "serde")]
mod de {
    use std::fmt;
    use std::marker::PhantomData;

    use serde_core::de::{Deserialize, Deserializer, Visitor};

    use super::Patch;

    /// As a newtype of an option, because serde takes an absent option for `None`, and has no value for an absent newtype.
    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_newtype_struct("Patch", OfOption(PhantomData))
        }
    }

    struct OfOption<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OfOption<T> {
        type Value = Patch<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a value, or null")
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Patch<T>, D::Error> {
            Ok(match Option::deserialize(deserializer)? {
                Some(value) => Patch::Set(value),
                None => Patch::Remove,
            })
        }
    }
}
