//! What can go wrong when an engine is started or asked for something other than a request.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// An embedded engine that could not start, or could not do what it was asked.
///
/// Requests do not end in this error: they fail as the SDK's requests fail.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The database could not be opened: its folder does not exist, the file is not a database of this engine, or
    /// another process holds it.
    #[non_exhaustive]
    Open {
        /// The file, or `None` for a database in memory.
        path: Option<PathBuf>,
        /// What the engine answered.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// No thread could be started for the server, or no loopback port was free.
    Listen(io::Error),
    /// The engine failed on its own data.
    Engine(Box<dyn StdError + Send + Sync>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { path: Some(path), .. } => {
                write!(f, "cannot open `{}` as a database of the embedded engine", path.display())
            }
            Self::Open { path: None, .. } => f.write_str("cannot open a database in memory"),
            Self::Listen(_) => f.write_str("cannot serve the embedded engine on a loopback port"),
            Self::Engine(_) => f.write_str("the embedded engine failed"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Open { source, .. } | Self::Engine(source) => Some(source.as_ref()),
            Self::Listen(source) => Some(source),
        }
    }
}
