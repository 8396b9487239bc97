//! Time to live of a table: turned on for the attribute that the model has for it.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{TimeToLiveSpecification, TimeToLiveStatus};

use super::{Patience, definition};
use crate::db::Db;
use crate::error::{Error, Problem, Result};

/// What a table says of its time to live.
enum Now {
    /// It is on for this attribute, or about to be.
    On(String),
    Off,
    /// It is being turned off, which takes up to an hour.
    TurningOff,
}

/// Turns it on, unless it is.
///
/// # Errors
/// It is on for another attribute.
pub(super) async fn turn_on(
    db: &Db,
    table: &str,
    attribute: &str,
    created: bool,
    patience: &mut Patience,
) -> Result<()> {
    loop {
        // A new table has none.
        let now = if created { Now::Off } else { describe(db, table).await? };
        match now {
            Now::On(found) if found == attribute => return Ok(()),
            Now::On(found) => {
                let differs = format!("its time to live goes by `{found}`, and the model's by `{attribute}`");
                return Err(Error::new(Problem::TableDiffers(vec![differs])));
            }
            Now::Off => {
                let specification = TimeToLiveSpecification::builder().enabled(true).attribute_name(attribute).build();
                let request = db.client().update_time_to_live().table_name(table);
                let request = request.time_to_live_specification(specification.map_err(definition::construction)?);
                match request.send().await {
                    Ok(_) => return Ok(()),
                    Err(error) if error.code() == Some("ResourceInUseException") => {}
                    Err(error) => return Err(Error::service(error)),
                }
            }
            Now::TurningOff => {}
        }
        patience.pause().await?;
    }
}

async fn describe(db: &Db, table: &str) -> Result<Now> {
    let answer = db.client().describe_time_to_live().table_name(table).send().await.map_err(Error::service)?;
    let Some(description) = answer.time_to_live_description else { return Ok(Now::Off) };
    Ok(match (description.time_to_live_status, description.attribute_name) {
        (Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling), Some(attribute)) => Now::On(attribute),
        (Some(TimeToLiveStatus::Disabling), _) => Now::TurningOff,
        _ => Now::Off,
    })
}
