//! Crates with strict lints can derive.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    private_bounds,
    private_interfaces,
    rust_2018_idioms,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unused,
    unused_qualifications,
    single_use_lifetimes,
    variant_size_differences,
    clippy::all,
    clippy::pedantic
)]

/// Public models in public modules.
#[allow(unreachable_pub)]
pub mod models {
    use dynorm::{DynamoAttribute, DynamoModel, DynamoPatch, DynamoProjection, Patch};
    use validator::Validate;

    #[derive(Debug, Clone, PartialEq, Eq, DynamoAttribute)]
    struct Secret(String);

    /// A public model with fields of private types.
    #[derive(Debug, Clone, PartialEq, Eq, DynamoModel, Validate)]
    #[dynorm(table = "accounts", sort_key = "{number:08}-{owner}")]
    #[dynorm(index(ByOwner, partition_key = owner, sort_key = "{number:08}", project(keys_only)))]
    pub struct Account {
        #[dynorm(partition_key)]
        bank: String,
        number: u32,
        owner: Option2,
        #[dynorm(sensitive, default)]
        token: Option<Secret>,
        #[validate(length(min = 1))]
        #[deprecated]
        name: String,
        #[dynorm(readonly)]
        first_name: String,
    }

    /// What others may see of an account.
    #[derive(Debug, Clone, DynamoProjection)]
    #[dynorm(of = Account)]
    pub struct Public {
        /// Its number.
        pub number: u32,
        /// Its owner's first name.
        #[dynorm(field = first_name)]
        pub name: String,
    }

    /// What others may change of an account.
    #[derive(Debug, Clone, DynamoPatch)]
    #[dynorm(of = Account)]
    pub struct AccountPatch {
        /// Its name.
        #[dynorm(field = name)]
        pub called: Patch<String>,
        token: Patch<Secret>,
    }

    type Option2 = String;

    /// A state.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, DynamoAttribute)]
    pub enum State {
        /// Open.
        Open,
        /// Closed.
        Closed,
    }

    /// A change.
    #[derive(Debug, Clone, PartialEq, Eq, DynamoAttribute)]
    pub enum Change {
        /// Of the name.
        Name {
            /// The new one.
            to: String,
        },
        /// Of the state.
        State(State),
    }

    impl Account {
        pub(super) fn sample() -> Self {
            #[allow(deprecated)]
            Self {
                bank: "b".into(),
                number: 1,
                owner: "o".into(),
                token: Some(Secret("s".into())),
                name: "n".into(),
                first_name: "f".into(),
            }
        }
    }
}

#[test]
fn strict_lints_accept_generated_code() {
    use dynorm::DynamoModel;
    assert!(models::Account::sample().to_key().error().is_none());
    let token = models::Account::SCHEMA.attributes.iter().find(|attribute| attribute.name == "token");
    assert!(token.is_some_and(|token| token.sensitive));
    let public = models::Public { number: 7, name: "Jane".into() };
    assert_eq!((public.number, &*public.name), (7, "Jane"));
}
