//! What an engine may lack or do otherwise than DynamoDB, by name and with the reason.
//!
//! Every entry was found by trying. The test `engine::lacks_what_it_declares` of the suite tries each one again on each
//! engine, so that a list cannot go stale in either direction.

use crate::engine::Kind;

/// Something of DynamoDB that not every engine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Feature {
    /// `TransactWriteItems` and `TransactGetItems`.
    Transactions,
    /// A second transaction with the token of a first one does nothing, and is refused if it differs.
    TransactionTokens,
    /// A transaction that fails undoes nothing that others wrote meanwhile.
    ConcurrentTransactions,
    /// Of conditional writes of one item at the same time, each sees what the one before it left.
    ConcurrentConditions,
    /// `UpdateTimeToLive` and `DescribeTimeToLive`.
    TimeToLive,
    /// `ExecuteStatement` and its kin.
    PartiQl,
    /// Indexes with more than one attribute in a key part.
    MultiAttributeKeys,
    /// Tables with on-demand billing.
    OnDemand,
    /// The item as it is now in the error of a failed condition.
    ItemOfFailedCondition,
    /// No old item from an update that makes a new one.
    NoOldItemOfNew,
    /// Maps with equal entries are equal in a condition.
    MapEquality,
    /// `UpdateItem` without an update expression, which makes an item of its key.
    UpdateOfNothing,
    /// `if_not_exists` inside `if_not_exists`.
    NestedFunctions,
    /// `UPDATED_OLD` and `UPDATED_NEW` have the entries of maps that were changed.
    UpdatedEntries,
    /// Equal maps are equal, binary has a beginning, and the size of an absent attribute makes a condition false.
    FullConditions,
    /// `ConsumedCapacity` as DynamoDB counts it.
    Capacity,
    /// `ConsumedCapacity` of each index that a write changes.
    IndexCapacity,
    /// A number of more than 38 digits is refused.
    NumberLimits,
    /// Keys over 2,048 and 1,024 bytes are refused.
    KeyLength,
    /// Items of up to 400 KB are taken, and larger ones refused.
    ItemSize,
    /// Pages end at about 1 MB.
    PageSize,
    /// A filter on a key attribute of the queried table is refused.
    KeyFilterRefused,
    /// A query of a local index fetches what the index does not hold, before it filters.
    FetchRest,
    /// `DeletionProtectionEnabled` is kept, and keeps a table.
    DeletionProtection,
    /// `UpdateContinuousBackups`.
    PointInTimeRecovery,
    /// Tags given to `CreateTable`.
    TagsAtCreation,
}

impl Feature {
    /// Every feature, for the test that tries them.
    pub const ALL: &[Self] = &[
        Self::Transactions,
        Self::TransactionTokens,
        Self::ConcurrentTransactions,
        Self::ConcurrentConditions,
        Self::TimeToLive,
        Self::PartiQl,
        Self::MultiAttributeKeys,
        Self::OnDemand,
        Self::ItemOfFailedCondition,
        Self::NoOldItemOfNew,
        Self::MapEquality,
        Self::UpdateOfNothing,
        Self::NestedFunctions,
        Self::UpdatedEntries,
        Self::FullConditions,
        Self::Capacity,
        Self::IndexCapacity,
        Self::NumberLimits,
        Self::KeyLength,
        Self::ItemSize,
        Self::PageSize,
        Self::KeyFilterRefused,
        Self::FetchRest,
        Self::DeletionProtection,
        Self::PointInTimeRecovery,
        Self::TagsAtCreation,
    ];
}

impl Kind {
    /// Why a test that needs `feature` cannot run here, or `None` if it can.
    #[must_use]
    pub fn lacks(self, feature: Feature) -> Option<&'static str> {
        match self {
            Self::Local | Self::InProcess => match feature {
                Feature::PointInTimeRecovery => Some("the embedded engine has no backups"),
                Feature::NoOldItemOfNew => Some("the embedded engine returns the key as the old item of a new one"),
                _ => None,
            },
            Self::Dynalite => match feature {
                Feature::Transactions | Feature::TransactionTokens | Feature::ConcurrentTransactions => {
                    Some("dynalite has no transactions")
                }
                Feature::TimeToLive => Some("dynalite has no UpdateTimeToLive"),
                Feature::PartiQl => Some("dynalite has no PartiQL"),
                Feature::MultiAttributeKeys => Some("dynalite has no multi-attribute keys"),
                Feature::ItemOfFailedCondition => Some("dynalite does not return the item of a failed condition"),
                Feature::IndexCapacity => Some("dynalite reports no capacity of indexes"),
                Feature::FullConditions => Some("to dynalite no map equals another"),
                Feature::MapEquality => Some("dynalite finds no map equal to another"),
                Feature::DeletionProtection => Some("dynalite ignores deletion protection"),
                Feature::PointInTimeRecovery => Some("dynalite has no backups"),
                Feature::TagsAtCreation => Some("dynalite ignores the tags of CreateTable"),
                _ => None,
            },
            Self::Moto => match feature {
                Feature::ConcurrentTransactions => {
                    Some("a failed transaction of moto takes the whole table back to what it was before")
                }
                Feature::ConcurrentConditions => {
                    Some("moto checks a condition and writes in two steps, and lets other writes in between")
                }
                Feature::TransactionTokens => Some("moto ignores the token of a transaction"),
                Feature::UpdateOfNothing => Some("moto fails on an update without an expression"),
                Feature::NestedFunctions => Some("moto takes no function inside `if_not_exists`"),
                Feature::UpdatedEntries => Some("moto returns no changed entries of maps"),
                Feature::FullConditions => Some(
                    "moto finds no beginning of binary, and fails on the size of an absent attribute and on text beside a number",
                ),
                Feature::Capacity | Feature::IndexCapacity => Some("moto reports one number for every request"),
                Feature::NumberLimits => Some("moto takes numbers of any length"),
                Feature::ItemSize => Some("moto refuses items over 405,000 bytes"),
                Feature::KeyFilterRefused => Some("moto filters on key attributes"),
                Feature::FetchRest => Some("moto filters by what the index holds"),
                _ => None,
            },
            Self::Endpoint => None,
        }
    }
}
