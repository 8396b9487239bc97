//! What is stored in the end, past the faults.

use aws_sdk_dynamodb::types::AttributeValue::S;
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;

use super::super::draw::MAILS;
use super::super::item::{Value, of_sdk, s, text};
use super::super::kind::{Kind, UNIQUE};
use super::super::models::{Member, Model};
use super::super::service::Items;
use super::Runner;

impl Runner<'_> {
    /// Everything that is stored.
    pub(super) async fn stored(&self) -> Result<Items> {
        let mut items = Items::new();
        for kind in &self.used {
            let query = self.engine.past_faults.query().table_name(kind.table()).consistent_read(true);
            let query = query.key_condition_expression("#run = :run").expression_attribute_names("#run", "run");
            let found = query.expression_attribute_values(":run", S(self.run.clone())).send().await?;
            for item in found.items() {
                let name = item.get("name").and_then(|name| name.as_s().ok());
                let name = kind.names().iter().find(|known| name.is_some_and(|name| name == **known));
                let mut item = of_sdk(item);
                if let Some(Value::S(address)) = item.get(UNIQUE) {
                    let drawn = s(Member::drawn(address));
                    item.insert(UNIQUE.to_owned(), drawn);
                }
                items.insert(name.ok_or("a name that no sequence has")?, item);
            }
        }
        if self.used.contains(&Kind::Member) {
            self.guards(&items).await?;
        }
        Ok(items)
    }

    /// Whether each address is taken by the member that has it and free otherwise, by trying to take it.
    async fn guards(&self, items: &Items) -> Result {
        let clean = Db::new(self.engine.past_faults.clone());
        for mail in MAILS {
            let wanted = super::super::item::map([("text", s("")), (UNIQUE, s(mail))]);
            let mut third = Member::of(&self.run, "third", &wanted);
            let taken = match third.create().send(&clean).await {
                Ok(()) => false,
                Err(error) if error.is_unique_violation() => true,
                Err(error) => return Err(error.into()),
            };
            if !taken {
                Member::delete(&third).send(&clean).await?;
            }
            let mut members = items.iter().filter(|(name, _)| Kind::of(name).is_unique());
            if taken != members.any(|(_, item)| text(item, UNIQUE) == Some(mail)) {
                return Err(format!("the guard of {mail:?} does not go with the items {items:?}").into());
            }
        }
        Ok(())
    }
}
