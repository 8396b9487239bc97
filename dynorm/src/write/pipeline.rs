//! The one way from a model to what is sent: stamp, validate, encode, check, and the model's own last word.

use super::hook::{Verb, Write};
use crate::codec::Writer;
use crate::error::Result;
use crate::key::Key;
use crate::model::DynamoModel;
use crate::stamp::Stamp;
use crate::stored;

/// A model ready to be sent. The model in hand is unchanged until it is given the [`stamps`](Ready::stamps).
pub(crate) struct Ready<M: DynamoModel> {
    /// The whole item, as it goes over the wire.
    pub(crate) item: Vec<u8>,
    /// A lower bound of the bytes that DynamoDB counts for it.
    pub(crate) size: usize,
    pub(crate) key: Key<M>,
    pub(crate) stamps: M::Stamps,
}

impl<M: DynamoModel> Ready<M> {
    pub(crate) fn new(model: &mut M, stamp: &Stamp<'_>, verb: Verb) -> Result<Self> {
        let mut stamped = Stamped { stamps: Some(model.stamp(stamp)), model };
        stamped.swap();
        stamped.model.check()?;
        let (item, key) = stored::write(stamped.model, write_id::<M>(stamp, verb))?;
        M::run_before_write(&Write::item_of(verb, &key, stamped.model))?;
        Ok(stamped.into_ready(item, key))
    }

    /// The same model ready once more, with the same stamps: its item and key were given away.
    pub(crate) fn again(self, model: &mut M, stamp: &Stamp<'_>, verb: Verb) -> Result<Self> {
        let mut stamped = Stamped { stamps: Some(self.stamps), model };
        stamped.swap();
        let (item, key) = stored::write(stamped.model, write_id::<M>(stamp, verb))?;
        Ok(stamped.into_ready(item, key))
    }
}

fn write_id<M: DynamoModel>(stamp: &Stamp<'_>, verb: Verb) -> Option<(&'static str, String)> {
    match verb {
        // What they store is compared with the model later on, so they add it themselves.
        Verb::Save | Verb::Rekey => None,
        _ => stamp.write_id(M::SCHEMA),
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

    /// Takes the stamps off the model, and keeps them with what was written.
    fn into_ready(mut self, item: Writer, key: Key<M>) -> Ready<M> {
        self.swap();
        match self.stamps.take() {
            Some(stamps) => Ready { size: item.size(), item: item.into_bytes(), key, stamps },
            None => unreachable!("only this function takes the stamps"),
        }
    }
}

impl<M: DynamoModel> Drop for Stamped<'_, M> {
    fn drop(&mut self) {
        self.swap();
    }
}
