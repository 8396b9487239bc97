//! Where the table is: everything behind `Db`, which is the same for each.

use aws_config::BehaviorVersion;
use aws_config::meta::region::RegionProviderChain;
use aws_sdk_dynamodb::Client;
use dynorm::Db;
use dynorm_local::Local;

use crate::clock::Minutes;
use crate::options::Place;

/// A handle on an engine, and the engine itself where it runs in this process.
pub(crate) struct Engine {
    db: Db,
    place: Place,
    // Stops when it is dropped.
    _local: Option<Local>,
}

impl Engine {
    pub(crate) async fn start(place: Place) -> crate::Result<Self> {
        let (client, local) = match &place {
            Place::Memory => embedded(Local::memory().await?),
            Place::File(path) => embedded(Local::open(path).await?),
            Place::Endpoint(url) => {
                // Other engines want a region too, but do not care which.
                let region = RegionProviderChain::default_provider().or_else("us-east-1");
                let config = aws_config::defaults(BehaviorVersion::latest()).region(region).endpoint_url(url);
                (Client::new(&config.load().await), None)
            }
            Place::Aws => (Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await), None),
        };
        let db = Db::builder(client).clock(Minutes::default()).build();
        Ok(Engine { db, place, _local: local })
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// What becomes of the table.
    pub(crate) fn farewell(&self) -> String {
        match &self.place {
            Place::Memory => "The table was in memory, and is gone.".into(),
            Place::File(path) => format!("The table is kept in {}.", path.display()),
            Place::Endpoint(url) => format!("The table stays at {url}; delete it there when you need it no more."),
            Place::Aws => "The table stays in your account; delete it there when you need it no more.".into(),
        }
    }
}

fn embedded(local: Local) -> (Client, Option<Local>) {
    (local.client(), Some(local))
}
