//! Waiting, by the client's own timer.

use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, default_async_sleep};

use crate::db::Db;

/// The timer that the SDK's client waits with, so that tests that replace it replace dynorm's too.
#[derive(Clone)]
pub(crate) struct Sleep(Option<SharedAsyncSleep>);

impl Sleep {
    pub(crate) fn of(db: &Db) -> Self {
        Sleep(db.client().config().sleep_impl().or_else(default_async_sleep))
    }

    pub(crate) fn timer(&self) -> Option<&SharedAsyncSleep> {
        self.0.as_ref()
    }

    /// Waits. A client without any timer cannot wait: it goes on at once.
    pub(crate) async fn sleep(&self, duration: Duration) {
        if let Some(sleep) = &self.0 {
            sleep.sleep(duration).await;
        }
    }
}
