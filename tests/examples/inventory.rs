//! The inventory: it prints its transcript.

use std::fs;
use std::process::Command;

use super::build::{example, root};

/// `TRANSCRIPT=overwrite cargo test --test examples` takes a new output over; read the diff.
#[test]
fn inventory_prints_its_transcript() {
    let run = Command::new(example("inventory")).current_dir(root()).output().expect("the example starts");
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    let (output, error) = (text(run.stdout), text(run.stderr));
    assert_eq!((run.status.code(), error.as_str()), (Some(0), ""), "it printed:\n{output}");
    let transcript = root().join("examples/inventory.txt");
    if std::env::var_os("TRANSCRIPT").is_some_and(|value| value == "overwrite") {
        fs::write(&transcript, &output).expect("the transcript is writable");
    }
    assert_eq!(output, fs::read_to_string(&transcript).expect("there is a transcript"));
}
