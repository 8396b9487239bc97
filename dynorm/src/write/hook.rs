//! Hooks: what a model's own functions see of a write, and what their errors become.

use std::fmt;

use crate::attribute::Codec;
use crate::error::{Hook, HookError, Rejected};
use crate::expr::{Field, Touched, UpdateExpr};
use crate::key::Key;

/// A write, as the hooks of the model `M` see it: the functions that `#[dynorm(before_write = path, after_write = path)]` names.
///
/// ```
/// use dynorm::{DynamoModel, Write};
///
/// #[derive(DynamoModel)]
/// #[dynorm(table = "accounts", before_write = keep_in_credit)]
/// struct Account {
///     #[dynorm(partition_key)]
///     id: String,
///     cents: i64,
/// }
///
/// #[derive(Debug, PartialEq)]
/// struct Overdrawn(i64);
/// # impl std::fmt::Display for Overdrawn { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("overdrawn") } }
/// # impl std::error::Error for Overdrawn {}
///
/// fn keep_in_credit(write: &Write<'_, Account>) -> Result<(), Overdrawn> {
///     // A put has the whole item, an update the values that it sets.
///     let cents = write.item().map(|account| account.cents).or_else(|| write.value(&Account::CENTS));
///     match cents {
///         Some(cents) if cents < 0 => Err(Overdrawn(cents)),
///         _ => Ok(()),
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let local = dynorm_local::Local::memory().await?;
/// # let db = local.db();
/// # Account::create_table().send(&db).await?;
/// let mut account = Account { id: "a-1".into(), cents: -5 };
/// let error = account.put().send(&db).await.expect_err("it is below zero");
/// assert!(error.is_rejected());
/// assert_eq!(error.rejected::<Overdrawn>(), Some(&Overdrawn(-5)));
/// # Ok(()) }
/// ```
pub struct Write<'a, M> {
    verb: Verb,
    key: &'a Key<M>,
    what: What<'a, M>,
}

/// The verb of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// `put`, with `overwrite` or without, by itself, in a transaction or in a batch.
    Put,
    /// `create`.
    Create,
    /// `update`.
    Update,
    /// `upsert` of a whole item, or `update` with `upsert`, which may create it.
    Upsert,
    /// `save` of a tracked item.
    Save,
    /// `rekey` of a tracked item, which is one write to its hooks.
    Rekey,
    /// `delete`.
    Delete,
}

enum What<'a, M> {
    Item(&'a M),
    Changes(&'a UpdateExpr<M>),
    Nothing,
}

impl<'a, M> Write<'a, M> {
    pub(crate) fn item_of(verb: Verb, key: &'a Key<M>, item: &'a M) -> Self {
        Write { verb, key, what: What::Item(item) }
    }

    pub(crate) fn changes_of(verb: Verb, key: &'a Key<M>, changes: &'a UpdateExpr<M>) -> Self {
        Write { verb, key, what: What::Changes(changes) }
    }

    pub(crate) fn delete_of(key: &'a Key<M>) -> Self {
        Write { verb: Verb::Delete, key, what: What::Nothing }
    }

    /// What is done.
    pub fn verb(&self) -> Verb {
        self.verb
    }

    /// The key of the item: for a `rekey` the new one.
    pub fn key(&self) -> &'a Key<M> {
        self.key
    }

    /// The whole item as it is stored, with its new `created`, `updated`, `version` and `auto` values: for `put`, `create`, `save`,
    /// `rekey`, and the `upsert` of a whole item, whose `created` and `auto` values are those of a new one.
    /// After a batch it is what was sent, read back, so that a `skip` field has its default.
    pub fn item(&self) -> Option<&'a M> {
        match self.what {
            What::Item(item) => Some(item),
            What::Changes(_) | What::Nothing => None,
        }
    }

    /// What an `update`, or its `upsert`, changes, `updated` and `version` among it; nothing for other verbs.
    pub fn changes(&self) -> impl Iterator<Item = Touched<'a>> {
        let changes = match self.what {
            What::Changes(changes) => Some(changes),
            What::Item(_) | What::Nothing => None,
        };
        changes.into_iter().flat_map(UpdateExpr::touched)
    }

    /// The value that an `update` sets a field to. `None` also where it changes the field in another way, such as `add`, as the value
    /// is DynamoDB's then: [`changes`](Self::changes) shows that.
    pub fn value<T, R, C: Codec<T>>(&self, field: &Field<M, T, R, C>) -> Option<T> {
        match self.what {
            What::Changes(changes) => changes.value(field),
            What::Item(_) | What::Nothing => None,
        }
    }
}

impl<M> fmt::Debug for Write<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write").field("verb", &self.verb).field("key", &self.key).finish_non_exhaustive()
    }
}

/// Runs a `before_write` hook. Called by generated code.
#[doc(hidden)]
pub fn before_write<M, E: HookError>(
    write: &Write<'_, M>,
    hook: impl FnOnce(&Write<'_, M>) -> Result<(), E>,
) -> Result<(), Rejected> {
    hook(write).map_err(|error| Rejected::new(Hook::BeforeWrite, error))
}

/// Runs an `after_write` hook. Called by generated code.
#[doc(hidden)]
pub fn after_write<M, E: HookError>(
    write: &Write<'_, M>,
    hook: impl FnOnce(&Write<'_, M>) -> Result<(), E>,
) -> Result<(), Rejected> {
    hook(write).map_err(|error| Rejected::new(Hook::AfterWrite, error))
}

/// Runs an `after_read` hook. Called by generated code.
#[doc(hidden)]
pub fn after_read<M, E: HookError>(item: &M, hook: impl FnOnce(&M) -> Result<(), E>) -> Result<(), Rejected> {
    hook(item).map_err(|error| Rejected::new(Hook::AfterRead, error))
}
