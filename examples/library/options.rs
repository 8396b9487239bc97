//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
Loads books into DynamoDB and reads them back: the main job of dynorm.

cargo run --example library -- [OPTIONS]

  --db FILE        keep the table in a file of the embedded engine, and find it there again
  --endpoint URL   take this DynamoDB-compatible endpoint; credentials and region as for --aws
  --aws            take DynamoDB itself, with the usual AWS_* environment variables or profile;
                   loading 11,118 books takes some 22,000 write units
  --data FILE      load this file, which has the columns of examples/data/goodreads-books.csv
  --help           print this

Without --db, --endpoint or --aws the table is in memory.
";

/// The options.
pub(crate) struct Options {
    pub(crate) data: PathBuf,
    pub(crate) place: Place,
}

/// Where the table is.
pub(crate) enum Place {
    Memory,
    File(PathBuf),
    Endpoint(String),
    Aws,
}

impl Options {
    /// Reads the options; `None` if help is asked for.
    pub(crate) fn from_args(mut args: impl Iterator<Item = OsString>) -> Result<Option<Self>, String> {
        let mut data = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/goodreads-books.csv"));
        let mut place = Place::Memory;
        while let Some(option) = args.next() {
            let mut value = |what| args.next().ok_or(format!("{} needs {what}; see --help", option.display()));
            let chosen = match option.to_str() {
                Some("--help" | "-h") => return Ok(None),
                Some("--data") => {
                    data = value("a file")?.into();
                    continue;
                }
                Some("--db") => Place::File(value("a file")?.into()),
                Some("--endpoint") => Place::Endpoint(
                    value("a URL")?.into_string().map_err(|url| format!("the URL {} is not UTF-8", url.display()))?,
                ),
                Some("--aws") => Place::Aws,
                _ => return Err(format!("there is no option {}; see --help", option.display())),
            };
            if !matches!(place, Place::Memory) {
                return Err("only one of --db, --endpoint and --aws can be given".into());
            }
            place = chosen;
        }
        Ok(Some(Options { data, place }))
    }
}
