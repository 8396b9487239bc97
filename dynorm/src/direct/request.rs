//! Requests whose objects of attribute values are written by dynorm's `Writer`, and everything else by the SDK.
//!
//! An item that dynorm encoded stands in the SDK's input as a map with the one attribute [`ENCODED`], whose value is the bytes. So an item is moved,
//! copied or replaced by whoever changes the input, and a request that does not pass through dynorm is refused by DynamoDB for want of its key. The
//! [call layer](crate::call) wraps the operation's request serializer: the wrapper takes all such maps out of the input, encoded or
//! not, lets the SDK write a request with marks in their places, and fills in their JSON. What the SDK writes is a [`Form`], which the next input that
//! is the same but for the maps needs not be written for.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::ser_de::{SerializeRequest, SharedRequestSerializer};
use aws_smithy_types::config_bag::ConfigBag;

use super::form::{Form, mark};
use crate::call;

/// An object of attribute values: an item, a key, the values of expressions.
pub(super) type Map = HashMap<String, AttributeValue>;

/// The one attribute of a map that is its JSON.
pub(super) const ENCODED: &str = "(encoded by dynorm)";

/// An object of attribute values that stands for this JSON of one.
pub(crate) fn encoded(json: Vec<u8>) -> Map {
    HashMap::from([(ENCODED.to_owned(), AttributeValue::B(Blob::new(json)))])
}

/// The JSON that an object stands for, if it is encoded.
pub(super) fn json(map: &Map) -> Option<&[u8]> {
    match map.iter().next() {
        Some((name, AttributeValue::B(json))) if map.len() == 1 && name == ENCODED => Some(json.as_ref()),
        _ => None,
    }
}

/// The input of an operation, as far as its serializer has to know it.
#[derive(Clone, Copy)]
pub(crate) struct Inputs {
    /// Shows every object of attribute values in it.
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

    /// The form for an input whose maps are empty: the one that is known, or else the one that the SDK writes.
    fn form(&self, input: Input, marks: usize, config: &mut ConfigBag) -> Result<Arc<Form>, BoxError> {
        let Some(state) = call::of_request(config) else { return self.write_form(input, marks, config) };
        let (forms, operation) = (state.forms(), state.operation.name);
        if let Some(form) = forms.find(operation, |other| (self.inputs.equal)(&input, other)) {
            return Ok(form);
        }
        let copy = (self.inputs.copy)(&input);
        let form = self.write_form(input, marks, config)?;
        if let Some(input) = copy {
            forms.keep(operation, input, Arc::clone(&form));
        }
        Ok(form)
    }

    fn write_form(&self, mut input: Input, marks: usize, config: &mut ConfigBag) -> Result<Arc<Form>, BoxError> {
        let mut part = 0;
        (self.inputs.maps)(&mut input, &mut |map| {
            *map = mark(part);
            part += 1;
        });
        let request = self.stock.serialize_input(input, config)?;
        let form = Form::new(request, marks).ok_or("the SDK wrote a request that attribute values do not fit into")?;
        Ok(Arc::new(form))
    }
}

impl SerializeRequest for Serializer {
    fn serialize_input(&self, mut input: Input, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let mut parts = Vec::new();
        (self.inputs.maps)(&mut input, &mut |map| parts.push(std::mem::take(map)));
        let request = self.form(input, parts.len(), config)?.fill(&parts)?;
        Ok(request.ok_or("the attribute values do not fit into what the SDK wrote")?)
    }
}
