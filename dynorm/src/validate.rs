//! Validation: runs a model's own rules and turns what they return into [`Invalid`].

use std::error::Error as StdError;

use crate::error::Invalid;

/// Runs the rules that `#[validate(..)]` attributes describe. Called by generated code.
#[doc(hidden)]
#[cfg(feature = "validator")]
pub fn check_validator<T: validator::Validate>(value: &T) -> Result<(), Invalid> {
    validator::Validate::validate(value).map_err(|errors| {
        let mut violations = Vec::new();
        collect(&errors, "", &mut violations);
        // The validator's map has no order of its own.
        violations.sort_by(|a, b| (&a.path, &a.rule).cmp(&(&b.path, &b.rule)));
        Invalid::of(violations, Some(Box::new(errors)))
    })
}

#[cfg(feature = "validator")]
fn collect(errors: &validator::ValidationErrors, prefix: &str, violations: &mut Vec<crate::error::Violation>) {
    use validator::ValidationErrorsKind;

    for (field, kind) in errors.errors() {
        let path = match (prefix.is_empty(), field.as_ref()) {
            // Where validator puts the rules over a whole struct.
            (_, "__all__") => prefix.to_owned(),
            (true, field) => field.to_owned(),
            (false, field) => format!("{prefix}.{field}"),
        };
        match kind {
            ValidationErrorsKind::Field(rules) => violations.extend(rules.iter().map(|rule| crate::error::Violation {
                path: path.clone(),
                rule: rule.code.to_string(),
                message: rule.message.as_ref().map(ToString::to_string),
            })),
            ValidationErrorsKind::Struct(nested) => collect(nested, &path, violations),
            ValidationErrorsKind::List(elements) => {
                for (index, nested) in elements {
                    collect(nested, &format!("{path}[{index}]"), violations);
                }
            }
        }
    }
}

/// Stands in for the feature `validator`, so that its absence is said in plain words.
#[doc(hidden)]
#[cfg(not(feature = "validator"))]
pub fn check_validator<T: NeedsFeatureValidator>(value: &T) -> Result<(), Invalid> {
    value.needs_feature()
}

#[doc(hidden)]
#[cfg(not(feature = "validator"))]
#[diagnostic::on_unimplemented(
    message = "`{Self}` carries `#[validate(..)]`, but dynorm is built without its feature `validator`",
    label = "these rules would not run",
    note = "enable the feature `validator` of dynorm, or say `#[dynorm(validate = false)]`"
)]
pub trait NeedsFeatureValidator {
    fn needs_feature(&self) -> Result<(), Invalid>;
}

/// Runs the function that `#[dynorm(validate = path)]` names. Called by generated code.
#[doc(hidden)]
pub fn check_with<T, E: IntoInvalid>(value: &T, rule: impl FnOnce(&T) -> Result<(), E>) -> Result<(), Invalid> {
    rule(value).map_err(IntoInvalid::into_invalid)
}

/// What a function named by `#[dynorm(validate = path)]` may return as its error: an [`Invalid`], or an error of its own as a boxed cause.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say what is invalid",
    label = "return `dynorm::Invalid`, or `Box<dyn Error + Send + Sync>`"
)]
pub trait IntoInvalid {
    /// The error as dynorm reports it.
    fn into_invalid(self) -> Invalid;
}

impl IntoInvalid for Invalid {
    fn into_invalid(self) -> Invalid {
        self
    }
}

impl IntoInvalid for Box<dyn StdError + Send + Sync> {
    fn into_invalid(self) -> Invalid {
        let violation =
            crate::error::Violation { path: String::new(), rule: "validate".into(), message: Some(self.to_string()) };
        Invalid::of(vec![violation], Some(self))
    }
}
