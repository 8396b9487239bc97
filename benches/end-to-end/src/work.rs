//! What is measured, and in which ways.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The segments of the scans. One of one segment is the plain scan: there is nothing to divide.
pub const SEGMENTS: [u32; 4] = [1, 2, 4, 8];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// Puts all items, by batches.
    Load,
    /// Reads all items, in so many segments.
    Scan(u32),
}

impl Work {
    pub fn all() -> Vec<Self> {
        let scans = SEGMENTS.map(Work::Scan);
        [Work::Load].into_iter().chain(scans).collect()
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Load => f.pad("load"),
            Work::Scan(1) => f.pad("scan"),
            Work::Scan(segments) => f.pad(&format!("{segments} segments")),
        }
    }
}

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The SDK alone: its maps are written by hand, and what is read stays in them.
    Sdk,
    /// The SDK with serde_dynamo.
    Serde,
    Dynorm,
}

impl Way {
    pub const ALL: [Way; 3] = [Way::Sdk, Way::Serde, Way::Dynorm];

    pub fn name(self) -> &'static str {
        match self {
            Way::Sdk => "sdk",
            Way::Serde => "serde",
            Way::Dynorm => "dynorm",
        }
    }

    /// Its name in the report.
    pub fn title(self) -> &'static str {
        match self {
            Way::Serde => "+ serde",
            other => other.name(),
        }
    }

    /// The name of the table that this way writes and reads is that of the model behind this.
    pub fn prefix(self) -> String {
        format!("{}-", self.name())
    }
}

impl FromStr for Way {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Way::ALL.into_iter().find(|way| way.name() == name).ok_or_else(|| format!("there is no way `{name}`"))
    }
}
