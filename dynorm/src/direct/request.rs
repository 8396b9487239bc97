//! Requests whose objects of attribute values are written by dynorm's `Writer`, and everything else by the SDK.
//!
//! The [call layer](crate::call) wraps the operation's request serializer: the wrapper takes all such objects out of the input,
//! [encoded](super::marks) or not, lets the SDK write a request with marks in their places, and fills in their JSON. What the SDK writes is a
//! [`Form`], which the next input that is the same but for the objects needs not be written for.
//!
//! An SDK that writes requests in another way, or in no JSON at all, is given its [own maps](super::maps) instead.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::ser_de::{SerializeRequest, SharedRequestSerializer};
use aws_smithy_types::config_bag::ConfigBag;

use super::form::Form;
use super::maps;
use super::marks::{Map, mark};
use crate::call;

/// The input of an operation, as far as its serializer has to know it.
#[derive(Clone, Copy)]
pub(crate) struct Inputs {
    /// Shows every object of attribute values in it, in an order that equal inputs share.
    maps: fn(&mut Input, &mut dyn FnMut(&mut Map)),
    /// Whether two are the same.
    equal: fn(&Input, &Input) -> bool,
    copy: fn(&Input) -> Option<Input>,
}

impl Inputs {
    /// Inputs of this type, of which many are the same but for their objects of attribute values.
    pub(crate) const fn of<I>(maps: fn(&mut Input, &mut dyn FnMut(&mut Map))) -> Self
    where
        I: Clone + PartialEq + fmt::Debug + Send + Sync + 'static,
    {
        Inputs {
            maps,
            equal: |one, other| one.downcast_ref::<I>() == other.downcast_ref::<I>(),
            copy: |input| input.downcast_ref::<I>().cloned().map(Input::erase),
        }
    }
}

impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inputs")
    }
}

/// What is asked of each table, in the order of their names: that of a map differs from one to the next.
pub(crate) fn by_table(
    tables: &mut Option<HashMap<String, KeysAndAttributes>>,
) -> impl Iterator<Item = &mut KeysAndAttributes> {
    let mut tables: Vec<_> = tables.iter_mut().flatten().collect();
    tables.sort_unstable_by_key(|(name, _)| *name);
    tables.into_iter().map(|(_, asked)| asked)
}

/// Writes the requests of one operation.
#[derive(Debug)]
pub(crate) struct Serializer {
    inputs: Inputs,
    stock: &'static SharedRequestSerializer,
}

impl Serializer {
    /// A serializer around the one that the SDK itself uses.
    pub(crate) fn new(inputs: Inputs, stock: &'static SharedRequestSerializer) -> Self {
        Serializer { inputs, stock }
    }

    /// The form for an input whose objects are empty: the one that is known, or else the one that the SDK writes. `None` if it has none.
    fn form(&self, input: &Input, marks: usize, config: &mut ConfigBag) -> Result<Option<Arc<Form>>, BoxError> {
        let Some(state) = call::of_request(config) else { return self.write_form(input, marks, config) };
        let (forms, operation) = (state.forms(), state.operation.name);
        if let Some(form) = forms.find(operation, |other| (self.inputs.equal)(input, other)) {
            return Ok(Some(form));
        }
        if forms.has_none(operation) {
            return Ok(None);
        }
        let form = self.write_form(input, marks, config)?;
        match (&form, (self.inputs.copy)(input)) {
            (Some(form), Some(input)) => forms.keep(operation, input, Arc::clone(form)),
            (Some(_), None) => {}
            (None, _) => forms.set_none(operation),
        }
        Ok(form)
    }

    fn write_form(&self, input: &Input, marks: usize, config: &mut ConfigBag) -> Result<Option<Arc<Form>>, BoxError> {
        let Some(mut input) = (self.inputs.copy)(input) else { return Ok(None) };
        let mut number = 0;
        (self.inputs.maps)(&mut input, &mut |map| {
            *map = mark(number);
            number += 1;
        });
        Ok(Form::new(self.stock.serialize_input(input, config)?, marks).map(Arc::new))
    }

    /// The request as the SDK alone writes it.
    fn write_whole(&self, mut input: Input, parts: Vec<Map>, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let mut parts = parts.into_iter();
        (self.inputs.maps)(&mut input, &mut |map| *map = parts.next().unwrap_or_default());
        maps::put_keys(&mut input)?;
        let mut decoded = Ok(());
        (self.inputs.maps)(&mut input, &mut |map| {
            if decoded.is_ok() {
                decoded = maps::put_object(map);
            }
        });
        decoded?;
        self.stock.serialize_input(input, config)
    }
}

impl SerializeRequest for Serializer {
    fn serialize_input(&self, mut input: Input, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let mut parts = Vec::new();
        (self.inputs.maps)(&mut input, &mut |map| parts.push(std::mem::take(map)));
        let request = match self.form(&input, parts.len(), config)? {
            Some(form) => form.fill(&parts)?,
            None => None,
        };
        match request {
            Some(request) => Ok(request),
            None => self.write_whole(input, parts, config),
        }
    }
}
