//! The servers, each in a process of its own, so that their memory and CPU time are not the client's.

use std::io::{BufRead, BufReader, Lines, Write, stdin};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use dynorm_local::Local;

use crate::books::Sum;
use crate::canned::Canned;
use crate::measure::create_table;
use crate::work::Way;

/// What answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Canned,
    Engine,
}

/// A server in another process, which ends when this is dropped.
pub struct Server {
    pub kind: Kind,
    process: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    pub endpoint: String,
}

impl Server {
    pub fn start(kind: Kind, items: usize) -> Self {
        let name = match kind {
            Kind::Canned => "canned",
            Kind::Engine => "engine",
        };
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .args(["serve", name, &items.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let questions = process.stdin.take().expect("a pipe");
        let mut answers = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let endpoint = answers.next().expect("an endpoint").expect("text");
        Server { kind, process, questions, answers, endpoint }
    }

    /// What was written to canned answers since this was last asked.
    pub fn written(&mut self) -> Sum {
        writeln!(self.questions, "written?").expect("it listens");
        serde_json::from_str(&self.answers.next().expect("an answer").expect("text")).expect("a sum")
    }

    /// The CPU time of its process, in seconds. Linux counts it in hundredths of a second.
    pub fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).expect("Linux");
        // Behind the name of the program, which may hold anything: `utime` is the 14th of all, `stime` the 15th.
        let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
        let hundredths = |at: usize| fields[at].parse::<u32>().expect("a number");
        f64::from(hundredths(11) + hundredths(12)) / 100.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("its end");
    }
}

/// The other side of that: serves until nobody asks any more.
pub fn serve(kind: &str, items: usize) {
    match kind {
        "canned" => {
            let canned = Canned::start(items);
            println!("http://{}", canned.address);
            for _ in stdin().lines() {
                println!("{}", serde_json::to_string(&canned.written()).expect("JSON"));
            }
        }
        "engine" => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let engine = runtime.block_on(async {
                let engine = Local::memory().await.expect("an engine");
                for way in Way::ALL {
                    create_table(&engine.client(), way).await;
                }
                engine
            });
            println!("{}", engine.endpoint());
            stdin().lines().for_each(drop);
        }
        other => panic!("there is no server `{other}`"),
    }
}
