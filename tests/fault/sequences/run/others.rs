//! What others do, past the faults: a newer program adds to items what the models do not know.

use std::fmt::Write as _;

use aws_sdk_dynamodb::types::AttributeValue::S;
use dynorm_tests::Result;

use super::super::item::{EXTRA, s};
use super::super::kind::{Kind, Name};
use super::super::service::{Change, Effect, Failure, Test, To, Write};
use super::Runner;

impl Runner<'_> {
    pub(super) async fn others(&mut self, name: Name, text: String) -> Result {
        let kind = Kind::of(name);
        let nested = kind == Kind::Shelf;
        let value = || To::Set(s(text.clone()));
        self.change(name, "SET #extra = :extra", Test::Present, Change::new(&[EXTRA], value()), &text).await?;
        if nested {
            let within = Test::IsThere("spot");
            let change = Change::new(&["spot", EXTRA], value());
            self.change(name, "SET spot.#extra = :extra", within, change, &text).await?;
            let change = Change::new(&["books"], To::InFirst(s(text.clone())));
            self.change(name, "SET books[0].#extra = :extra", Test::HasFirst("books"), change, &text).await?;
        }
        Ok(())
    }

    async fn change(&mut self, name: Name, update: &str, test: Test, change: Change, text: &str) -> Result {
        let condition = match &test {
            Test::IsThere(map) => format!("attribute_exists({map})"),
            Test::HasFirst(list) => format!("attribute_exists({list}[0])"),
            _ => "attribute_exists(#run)".to_owned(),
        };
        let needs_run = condition.contains("#run");
        let write = self.engine.past_faults.update_item().table_name(Kind::of(name).table());
        let write = write.key("run", S(self.run.clone())).key("name", S(name.to_owned()));
        let write = write.update_expression(update).condition_expression(condition);
        let write = write.expression_attribute_names("#extra", EXTRA);
        let write = if needs_run { write.expression_attribute_names("#run", "run") } else { write };
        let sent = write.expression_attribute_values(":extra", S(text.to_owned())).send().await;
        let write = Write { name, checks: vec![(test, Failure::Condition)], effect: Effect::Change(vec![change]) };
        let _ = writeln!(self.story, "past the faults: {write:?}");
        if let Err(error) = sent
            && !error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception())
        {
            return Err(error.into());
        }
        self.worlds.certain(&write);
        Ok(())
    }
}
