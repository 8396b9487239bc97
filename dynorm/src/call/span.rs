//! The span of a call, with the attributes that OpenTelemetry's conventions have for
//! [DynamoDB](https://opentelemetry.io/docs/specs/semconv/db/dynamodb/). No value of an item is among them.
//!
//! Without the feature `tracing` this is nothing at all.

#[cfg(not(feature = "tracing"))]
pub(super) use absent::CallSpan;
#[cfg(feature = "tracing")]
pub(super) use present::CallSpan;

#[cfg(feature = "tracing")]
mod present {
    use std::fmt::Write as _;

    use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
    use aws_sdk_dynamodb::operation::RequestId;
    use aws_sdk_dynamodb::types::{Capacity, ConsumedCapacity};
    use tracing::field::{Empty, display};
    use tracing::{Instrument as _, Span};

    use super::super::observe::Seen;

    /// The span of one call. As subscribers are asked once for it, it costs little where none wants it.
    #[derive(Debug)]
    pub(in super::super) struct CallSpan(Span);

    impl CallSpan {
        pub(in super::super) fn new(operation: &'static str, model: Option<&'static str>) -> Self {
            CallSpan(tracing::info_span!(
                target: "dynorm",
                "dynamodb",
                otel.name = Empty,
                otel.kind = "client",
                otel.status_code = Empty,
                "error.type" = Empty,
                db.system.name = "aws.dynamodb",
                db.operation.name = operation,
                aws.dynamodb.table_names = Empty,
                aws.dynamodb.index_name = Empty,
                aws.dynamodb.consistent_read = Empty,
                aws.dynamodb.scan_forward = Empty,
                aws.dynamodb.limit = Empty,
                aws.dynamodb.select = Empty,
                aws.dynamodb.segment = Empty,
                aws.dynamodb.total_segments = Empty,
                aws.dynamodb.count = Empty,
                aws.dynamodb.scanned_count = Empty,
                aws.dynamodb.consumed_capacity = Empty,
                aws.request_id = Empty,
                dynorm.model = model,
            ))
        }

        /// Whether somebody wants to know of it.
        pub(in super::super) fn is_wanted(&self) -> bool {
            !self.0.is_disabled()
        }

        pub(in super::super) async fn around<F: Future>(&self, future: F) -> F::Output {
            future.instrument(self.0.clone()).await
        }

        /// Says that the request is sent once more; `before` is how the attempt before ended.
        pub(in super::super) fn resend(&self, count: u32, before: &'static str) {
            tracing::info!(
                target: "dynorm",
                parent: &self.0,
                { http.request.resend_count = count, "error.type" = before },
                "the request is sent again"
            );
        }

        /// Says what was asked for, and what came of it.
        pub(in super::super) fn end<O: RequestId, E: ProvideErrorMetadata>(
            &self,
            operation: &str,
            seen: &Seen,
            answer: &Result<O, SdkError<E>>,
        ) {
            if !self.is_wanted() {
                return;
            }
            self.request(operation, seen);
            self.report(seen);
            let id = match answer {
                Ok(output) => output.request_id(),
                Err(error) => {
                    self.0.record("otel.status_code", "ERROR");
                    self.0.record("error.type", error_type(error));
                    error.request_id()
                }
            };
            if let Some(id) = id {
                self.0.record("aws.request_id", id);
            }
        }

        fn request(&self, operation: &str, seen: &Seen) {
            let Some(asked) = seen.asked() else { return };
            self.0.record("otel.name", format!("{operation} {}", asked.tables.join(" ")));
            self.0.record("aws.dynamodb.table_names", tracing::field::debug(&asked.tables));
            if let Some(index) = &asked.index {
                self.0.record("aws.dynamodb.index_name", index);
            }
            if let Some(consistent) = asked.consistent {
                self.0.record("aws.dynamodb.consistent_read", consistent);
            }
            if let Some(forward) = asked.forward {
                self.0.record("aws.dynamodb.scan_forward", forward);
            }
            if let Some(limit) = asked.limit {
                self.0.record("aws.dynamodb.limit", limit);
            }
            if let Some(select) = &asked.select {
                self.0.record("aws.dynamodb.select", select.as_str());
            }
            if let Some((segment, total)) = asked.segment {
                self.0.record("aws.dynamodb.segment", segment);
                self.0.record("aws.dynamodb.total_segments", total);
            }
        }

        fn report(&self, seen: &Seen) {
            let Some(report) = seen.report() else { return };
            if let Some((count, scanned)) = report.counts {
                self.0.record("aws.dynamodb.count", count);
                self.0.record("aws.dynamodb.scanned_count", scanned);
            }
            if !report.consumed.is_empty() {
                self.0.record("aws.dynamodb.consumed_capacity", display(json(&report.consumed)));
            }
        }
    }

    /// DynamoDB's error code, or what became of the request instead of an answer.
    fn error_type<E: ProvideErrorMetadata>(error: &SdkError<E>) -> &str {
        match error {
            SdkError::ServiceError(service) => service.err().code().unwrap_or("_OTHER"),
            SdkError::TimeoutError(_) => "timeout",
            SdkError::DispatchFailure(failure) if failure.is_timeout() => "timeout",
            SdkError::DispatchFailure(_) => "connection",
            SdkError::ResponseError(_) => "response",
            _ => "_OTHER",
        }
    }

    /// `ConsumedCapacity` as the answer has it.
    fn json(consumed: &[ConsumedCapacity]) -> String {
        let mut out = String::from("[");
        for (place, consumed) in consumed.iter().enumerate() {
            out.push_str(if place == 0 { "{" } else { ",{" });
            let whole = [
                ("CapacityUnits", consumed.capacity_units()),
                ("ReadCapacityUnits", consumed.read_capacity_units()),
                ("WriteCapacityUnits", consumed.write_capacity_units()),
            ];
            let name = consumed.table_name().unwrap_or_default();
            // A table's name is made of characters that need no escapes.
            let _ = write!(out, "\"TableName\":\"{name}\"");
            numbers(&whole, &mut out);
            if let Some(table) = consumed.table() {
                out.push_str(",\"Table\":{");
                part(table, &mut out);
                out.push('}');
            }
            for (kind, indexes) in [
                ("LocalSecondaryIndexes", consumed.local_secondary_indexes()),
                ("GlobalSecondaryIndexes", consumed.global_secondary_indexes()),
            ] {
                let Some(indexes) = indexes.filter(|indexes| !indexes.is_empty()) else { continue };
                let mut names: Vec<_> = indexes.iter().collect();
                names.sort_unstable_by_key(|(name, _)| *name);
                let _ = write!(out, ",\"{kind}\":{{");
                for (place, (name, capacity)) in names.into_iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    let _ = write!(out, "{comma}\"{name}\":{{");
                    part(capacity, &mut out);
                    out.push('}');
                }
                out.push('}');
            }
            out.push('}');
        }
        out.push(']');
        out
    }

    fn part(capacity: &Capacity, out: &mut String) {
        let start = out.len();
        let parts = [
            ("CapacityUnits", capacity.capacity_units()),
            ("ReadCapacityUnits", capacity.read_capacity_units()),
            ("WriteCapacityUnits", capacity.write_capacity_units()),
        ];
        numbers(&parts, out);
        if out.len() > start {
            out.remove(start);
        }
    }

    /// Each number that there is, with a comma before it.
    fn numbers(numbers: &[(&str, Option<f64>)], out: &mut String) {
        for (name, number) in numbers {
            if let Some(number) = number {
                let _ = write!(out, ",\"{name}\":{number}");
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod absent {
    use aws_sdk_dynamodb::error::SdkError;

    use super::super::observe::Seen;

    #[derive(Debug)]
    pub(in super::super) struct CallSpan;

    impl CallSpan {
        pub(in super::super) fn new(_: &'static str, _: Option<&'static str>) -> Self {
            CallSpan
        }

        pub(in super::super) fn is_wanted(&self) -> bool {
            false
        }

        pub(in super::super) async fn around<F: Future>(&self, future: F) -> F::Output {
            future.await
        }

        pub(in super::super) fn resend(&self, _: u32, _: &'static str) {}

        pub(in super::super) fn end<O, E>(&self, _: &str, _: &Seen, _: &Result<O, SdkError<E>>) {}
    }
}
