//! Builds an example by the command of its documentation: with the same features, so that nothing is compiled twice.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the repository.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is in a workspace")
}

/// The program of an example.
pub(super) fn example(name: &str) -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--example", name, "--message-format", "json"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let messages = String::from_utf8(built.stdout).expect("cargo writes UTF-8");
    let messages =
        messages.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON"));
    let executables = messages.filter(|message| message["target"]["name"] == name);
    let paths: Vec<_> = executables.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).collect();
    let [path] = &paths[..] else { panic!("cargo built {paths:?}") };
    path.clone()
}
