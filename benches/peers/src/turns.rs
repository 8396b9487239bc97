//! Libraries that take turns, among them those of another program, which need another version of the SDK.

use std::io::{BufRead, BufReader, Lines, Write, stdin, stdout};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::library::Reader;

/// A program that answers each line with the nanoseconds that each of its readers took, as [`serve`] does.
pub struct Program {
    child: Child,
    ask: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    pub names: Vec<String>,
}

impl Program {
    /// Starts it with the file of a page and the number of its items. It has checked what it reads before it tells its names.
    pub fn start(program: &Path, page: &Path, items: usize) -> Self {
        let mut command = Command::new(program);
        command.arg(page).arg(items.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a program that was built");
        let ask = child.stdin.take().expect("piped");
        let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
        let names = answers.next().expect("a line of names").expect("text");
        Self { child, ask, answers, names: names.split('\t').map(str::to_owned).collect() }
    }

    /// How long each took.
    pub fn turn(&mut self) -> Vec<Duration> {
        self.ask.write_all(b"\n").expect("a program that listens");
        let answer = self.answers.next().expect("a line of times").expect("text");
        answer.split('\t').map(|nanos| Duration::from_nanos(nanos.parse().expect("a number"))).collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It ends with its input; a program that does not is not waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other side of [`Program`], for the arguments `PAGE ITEMS`: checks the readers, tells their names, and lets them read once for each
/// line. With `names` it tells only those; with `PAGE ITEMS NAME COUNT` one reads so many times, and nothing is checked or asked for, as
/// `valgrind --tool=callgrind` wants it.
pub fn serve(arguments: &[String], all: fn(String) -> Vec<Reader>) {
    let number = |text: &str| text.parse().expect("a number");
    let page = |page: &str| all(std::fs::read_to_string(page).expect("a page"));
    match arguments {
        [names] if names == "names" => all(String::new()).iter().for_each(|reader| println!("{}", reader.name)),
        [file, items] => {
            let readers = page(file);
            readers.iter().for_each(|reader| (reader.check)(number(items)));
            answer(readers.iter().map(|reader| reader.name.to_owned()));
            for line in stdin().lines() {
                line.expect("text");
                answer(turn(&readers).map(|time| time.as_nanos().to_string()));
            }
        }
        [file, _, name, count] => {
            let readers = page(file);
            let reader = readers.iter().find(|reader| reader.name == name).expect("such a library");
            for _ in 0..number(count) {
                (reader.read)();
            }
        }
        _ => panic!("other arguments"),
    }
}

/// Lets each read twice, and tells how long the second took: on small pages the first finds the processor's caches full of what the others
/// run, and those that leave the decoding to the SDK would warm them for one another.
pub fn turn(readers: &[Reader]) -> impl Iterator<Item = Duration> {
    readers.iter().map(|reader| {
        (reader.read)();
        (reader.read)()
    })
}

fn answer(words: impl Iterator<Item = String>) {
    let words: Vec<_> = words.collect();
    writeln!(stdout(), "{}", words.join("\t")).expect("somebody who listens");
}
