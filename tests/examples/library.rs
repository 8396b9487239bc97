//! The book library: what it prints, in memory, in a file and on an endpoint, and what it says to mistakes.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use dynorm_local::Local;

use super::build::{example, root};

/// The program, built once for all tests.
static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| example("library"));

/// What a run prints, and how it ends.
struct Run {
    output: String,
    error: String,
    code: Option<i32>,
}

/// Runs it without anything of this machine's own AWS configuration.
fn library(args: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = Command::new(&*LIBRARY);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "no such file")
        .env("AWS_SHARED_CREDENTIALS_FILE", "no such file")
        .envs(environment.iter().copied());
    let run = command.args(args).current_dir(root()).output().expect("the example starts");
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    Run { output: text(run.stdout), error: text(run.stderr), code: run.status.code() }
}

impl Run {
    #[track_caller]
    fn succeeded(self) -> String {
        assert_eq!((self.code, self.error.as_str()), (Some(0), ""), "it printed:\n{}", self.output);
        self.output
    }

    /// One line that says what is wrong, and no panic.
    #[track_caller]
    fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "it printed:\n{}{}", self.output, self.error);
        let error = self.error.strip_prefix("error: ").and_then(|error| error.strip_suffix('\n'));
        let error = error.unwrap_or_else(|| panic!("not an error line: {}", self.error));
        assert!(!error.contains('\n'), "{error}");
        error.to_owned()
    }
}

/// The lines below a heading.
fn section<'a>(output: &'a str, heading: &str) -> Vec<&'a str> {
    let heading = format!("== {heading}");
    let section = output.lines().skip_while(|line| *line != heading).skip(1);
    section.take_while(|line| !line.is_empty()).collect()
}

/// A folder that is deleted at the end of its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("dynorm-examples-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("the path is UTF-8").to_owned()
    }

    /// A file of books with the columns of the collection.
    fn books(&self, name: &str, rows: &[&[u8]]) -> String {
        let header = "bookID,title,authors,average_rating,isbn,isbn13,language_code,  num_pages,ratings_count,\
                      text_reviews_count,publication_date,publisher\n";
        let mut text = header.as_bytes().to_vec();
        for row in rows {
            text.extend_from_slice(row);
            text.push(b'\n');
        }
        fs::write(self.0.join(name), text).expect("the folder is writable");
        self.file(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

const EMMA: &[u8] = b"1,Emma,Jane Austen,4.00,0141439580,9780141439587,eng,474,100,10,5/6/2003,Penguin Books";
const PERSUASION: &[u8] =
    b"2,Persuasion,Jane Austen,4.14,0141439688,9780141439686,eng,0,100,10,4/29/2003,Penguin Books";

const CREDENTIALS: &[(&str, &str)] =
    &[("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local"), ("AWS_REGION", "us-east-1")];

/// `TRANSCRIPT=overwrite cargo test --test examples` takes a new output over; read the diff.
#[test]
fn library_prints_its_transcript() {
    let output = library(&[], &[]).succeeded();
    let transcript = root().join("examples/library.txt");
    if std::env::var_os("TRANSCRIPT").is_some_and(|value| value == "overwrite") {
        fs::write(&transcript, &output).expect("the transcript is writable");
    }
    let expected = fs::read_to_string(&transcript).expect("there is a transcript");
    for (line, (printed, expected)) in output.lines().zip(expected.lines()).enumerate() {
        assert_eq!(printed, expected, "line {} of {}", line + 1, transcript.display());
    }
    assert_eq!(output, expected);
}

#[test]
fn library_names_files_that_exist() {
    let transcript = fs::read_to_string(root().join("examples/library.txt")).expect("there is a transcript");
    let named: Vec<_> = transcript.lines().filter_map(|line| line.trim().strip_prefix("see ")).collect();
    assert!(!named.is_empty());
    for file in named {
        assert!(root().join(file).is_file(), "the output names {file}");
    }
}

#[test]
fn library_accounts_for_every_row() {
    let folder = Folder::new("rows");
    let data = folder.books(
        "books.csv",
        &[
            EMMA,
            b"2,,Jane Austen,4.14,0141439688,9780141439686,eng,0,100,10,4/29/2003,Penguin Books",
            b"3,Emma,Jane Austen,4.00,0141439580,9780141439588,eng,474,100,10,5/6/2003,Penguin Books",
            b"4,Emma,Jane Austen,4.00,0141439580,978014143958X,eng,474,100,10,5/6/2003,Penguin Books",
            b"5,Emma,Jane Austen,4.00,0141439580,9780141439587,eng,474,100,10,2/30/2003,Penguin Books",
            b"6,Emma,Jane Austen,4.00,0141439580,9780141439587,eng,many,100,10,5/6/2003,Penguin Books",
            b"7,Emma,Jane Austen,NaN,0141439580,9780141439587,eng,474,100,10,5/6/2003,Oxford",
            b"8,Emma,Jane Austen,4.00,0141439580,9780141439587,eng,474,100,10,5/6/2003,",
            b"9,Emma,Jane Austen,4.00",
            b"10,Emma,Jane Austen,4.00,0141439580,9780141439587,eng,474,100,10,5/6/2003,Penguin Books",
            b"11,Emm\xff,Jane Austen,4.00,0141439580,9780141439587,eng,474,100,10,5/6/2003,Penguin Books",
            b"12,Emma,Jane Austen,4.00,0141439580,9780141439587,eng,474,100,10,5/6/+12003,Penguin Books",
            PERSUASION,
        ],
    );
    let output = library(&["--data", &data], &[]).succeeded();
    assert_eq!(
        section(&output, "Loading books.csv"),
        [
            "rejected line 3: title: is missing",
            "rejected line 4: isbn13: the check digit is wrong",
            "rejected line 5: isbn13: is not 13 digits",
            "rejected line 6: publication_date: there is no day `2/30/2003`",
            "rejected line 7: num_pages: `many` is no number that fits",
            "rejected line 8: average_rating: is not between 0 and 5",
            "rejected line 9: publisher: is missing",
            "rejected line 10: 4 fields instead of 12",
            "rejected line 11: has the key of line 2",
            "rejected line 12: is not UTF-8",
            "rejected line 13: key of `Book`, attribute `sk`, part `year`: the number has more than 4 digits; use a smaller one, \
             or a wider template",
            "13 rows = 2 books + 11 rejected",
            "stored 2 books in 1 request: 4 write units",
        ]
    );
    let stream = section(&output, "The whole table, as a stream");
    assert!(stream.contains(&"2 books with 474 printed pages"), "{stream:?}");
}

#[test]
fn library_finds_its_table_again_in_a_file() {
    let folder = Folder::new("file");
    let data = folder.books("books.csv", &[EMMA, PERSUASION]);
    let args = ["--data", &data, "--db", &folder.file("library.db")];
    let first = library(&args, &[]).succeeded();
    let second = library(&args, &[]).succeeded();
    assert_eq!(section(&first, "The table"), ["created the table `library` with its index `by-author`"]);
    assert_eq!(section(&second, "The table"), ["found the table `library` of an earlier run"]);
    assert_eq!(
        section(&second, "Loading books.csv"),
        ["2 rows = 2 books + 0 rejected", "they are in the table already, and are not loaded again"]
    );
    let stream = section(&second, "The whole table, as a stream");
    assert_eq!(stream, section(&first, "The whole table, as a stream"));
    assert!(stream.contains(&"2 books with 474 printed pages"), "{stream:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn library_runs_on_an_endpoint() {
    let engine = Local::memory().await.expect("the engine starts");
    let folder = Folder::new("endpoint");
    let data = folder.books("books.csv", &[EMMA, PERSUASION]);
    let output = library(&["--endpoint", &engine.endpoint(), "--data", &data], CREDENTIALS).succeeded();
    let stream = section(&output, "The whole table, as a stream");
    assert!(stream.contains(&"2 books with 474 printed pages"), "{stream:?}");
    let stored = engine.client().scan().table_name("library").send().await.expect("the table is there");
    assert_eq!(stored.count(), 2);
}

#[test]
fn library_says_what_is_wrong() {
    let folder = Folder::new("wrong");
    let books = folder.books("books.csv", &[EMMA]);
    let no_columns = folder.file("columns.csv");
    fs::write(&no_columns, "title,authors\n").expect("the folder is writable");
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let closed = format!("http://{closed}");

    for (args, environment, needles) in [
        (vec!["--data", "no such file.csv"], CREDENTIALS, vec!["no such file.csv"]),
        (vec!["--data", &no_columns], CREDENTIALS, vec!["columns.csv", "`average_rating`"]),
        (vec!["--data", &books, "--db", &books], CREDENTIALS, vec!["books.csv"]),
        (vec!["--data", &books, "--endpoint", &closed], CREDENTIALS, vec!["Book", "library", "could not be reached"]),
        (vec!["--data", &books, "--endpoint", &closed], &[], vec!["credentials"]),
        (vec!["--data", &books, "--aws"], &[], vec!["credentials"]),
        (vec!["--data"], CREDENTIALS, vec!["--data", "--help"]),
        (vec!["--colour"], CREDENTIALS, vec!["--colour", "--help"]),
        (vec!["--aws", "--endpoint", &closed], CREDENTIALS, vec!["--aws"]),
    ] {
        let error = library(&args, environment).failed();
        for needle in needles {
            assert!(error.contains(needle), "{args:?} should say {needle}, and says: {error}");
        }
    }
}

#[test]
fn library_explains_its_options() {
    let help = library(&["--help"], &[]).succeeded();
    for option in ["--db", "--endpoint", "--aws", "--data"] {
        assert!(help.contains(option), "{help}");
    }
}
