//! The one way from a model to what is sent: stamp, validate, encode, check.

use crate::error::Result;
use crate::key::{Key, key_of};
use crate::model::DynamoModel;
use crate::stamp::Stamp;
use crate::stored;

/// A model ready to be sent. The model in hand is unchanged until [`commit`](Prepared::commit).
pub(crate) struct Prepared<M: DynamoModel> {
    /// The whole item, as it goes over the wire.
    pub(crate) item: Vec<u8>,
    pub(crate) key: Key<M>,
    stamps: M::Stamps,
}

impl<M: DynamoModel> Prepared<M> {
    pub(crate) fn new(model: &mut M, stamp: &Stamp<'_>) -> Result<Self> {
        let mut stamped = Stamped { stamps: Some(model.stamp(stamp)), model };
        stamped.swap();
        stamped.model.check()?;
        let item = stored::encode(stamped.model)?;
        let key = key_of(stamped.model)?;
        stamped.swap();
        match stamped.stamps.take() {
            Some(stamps) => Ok(Prepared { item, key, stamps }),
            None => unreachable!("only this function takes the stamps"),
        }
    }

    /// DynamoDB said yes: the model gets the stamps that were stored.
    pub(crate) fn commit(mut self, model: &mut M) {
        model.swap_stamps(&mut self.stamps);
    }
}

/// A model that carries its new stamps while it is validated and encoded; `Drop` takes them off again, whatever happens.
struct Stamped<'a, M: DynamoModel> {
    model: &'a mut M,
    stamps: Option<M::Stamps>,
}

impl<M: DynamoModel> Stamped<'_, M> {
    fn swap(&mut self) {
        if let Some(stamps) = &mut self.stamps {
            self.model.swap_stamps(stamps);
        }
    }
}

impl<M: DynamoModel> Drop for Stamped<'_, M> {
    fn drop(&mut self) {
        self.swap();
    }
}
