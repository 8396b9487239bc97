//! How long a Query page of books takes in each library, in microseconds an item, and what it allocates.
//!
//! All take turns in one run, and the medians are compared, so that whatever else the machine does hits all of them. Arguments
//! are those of [`serve`].

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use dynorm_bench_decode::shapes;
use dynorm_bench_peers::book::Book;
use dynorm_bench_peers::libraries::all;
use dynorm_bench_peers::turns::{Program, serve, turn};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.is_empty() {
        return serve(&arguments, all);
    }
    let own = build(Path::new(FOLDER)).expect("this package, whose other program counts allocations");
    let other = build(&Path::new(FOLDER).join("toasty"));
    let sizes = [1, 10, 100, 1_000, shapes::full_page::<shapes::Book>()];
    let mut rows: Vec<(String, Vec<f64>)> = Vec::new();
    let mut page = PathBuf::new();
    for items in sizes {
        let body = shapes::page::<shapes::Book>(items);
        page = Path::new(FOLDER).join(format!("target/page-{items}.json"));
        std::fs::write(&page, &body).expect("a folder to write to");
        for (place, (name, time)) in turns(items, body, &page, other.as_deref()).into_iter().enumerate() {
            if rows.len() <= place {
                rows.push((name, Vec::new()));
            }
            rows[place].1.push(time);
        }
    }
    let [.., full] = sizes;
    let mut allocations = counted(&own.join("allocations"), &page, full);
    if let Some(other) = &other {
        allocations.extend(counted(&other.join("allocations"), &page, full));
    }
    print(&sizes, rows, &allocations);
}

/// Builds the programs of a package, unless they are there, and tells where they are.
fn build(package: &Path) -> Option<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = package.join("target");
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--locked", "--bins", "--target-dir"]).arg(&target).current_dir(package);
    // What cargo tells this program of its package is not for another build: some build scripts would start anew.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_") && name != "CARGO_HOME") {
            command.env_remove(name);
        }
    }
    let built = command.status().is_ok_and(|status| status.success());
    if !built {
        eprintln!("{} was not built", package.display());
    }
    built.then(|| target.join("release"))
}

/// Lets all read a page in turns, and tells their medians, in microseconds an item.
fn turns(items: usize, body: String, page: &Path, other: Option<&Path>) -> Vec<(String, f64)> {
    let readers = all(body);
    readers.iter().for_each(|reader| (reader.check)(items));
    let mut program = other.map(|folder| Program::start(&folder.join("times"), page, items));
    let mut names: Vec<String> = readers.iter().map(|reader| reader.name.to_owned()).collect();
    names.extend(program.iter().flat_map(|program| program.names.clone()));
    let mut times = vec![Vec::new(); names.len()];
    let rounds = (100_000 / (items + 20)).clamp(40, 1_500);
    let warm_up = rounds / 10;
    for round in 0..rounds + warm_up {
        let mut times_of_turn: Vec<Duration> = turn(&readers).collect();
        times_of_turn.extend(program.iter_mut().flat_map(Program::turn));
        if round >= warm_up {
            times.iter_mut().zip(times_of_turn).for_each(|(times, time)| times.push(time));
        }
    }
    let medians = times.into_iter().map(|times| median(times).as_secs_f64() * 1e6 / items as f64);
    names.into_iter().zip(medians).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Allocations an item, as a program that counts them prints them.
fn counted(program: &Path, page: &Path, items: usize) -> HashMap<String, f64> {
    let output = Command::new(program).arg(page).arg(items.to_string()).output().expect("a program that was built");
    let text = String::from_utf8(output.stdout).expect("text");
    let line = |line: &str| {
        let (name, count) = line.split_once('\t')?;
        Some((name.to_owned(), count.parse().ok()?))
    };
    text.lines().map(|text| line(text).expect("a name and a count")).collect()
}

fn print(sizes: &[usize], mut rows: Vec<(String, Vec<f64>)>, allocations: &HashMap<String, f64>) {
    let last = |times: &[f64]| *times.last().expect("a size");
    let dynorm = last(&rows[0].1);
    rows.sort_by(|(_, one), (_, other)| last(one).total_cmp(&last(other)));
    println!("microseconds an item, in a page of so many books; at the end the full page of 1 MB");
    let columns: Vec<String> = sizes.iter().map(|size| format!("{size:>7}")).collect();
    println!("{:<25}{}   of dynorm   allocations an item", "", columns.concat());
    for (name, times) in &rows {
        let columns: Vec<String> = times.iter().map(|time| format!("{time:>7.2}")).collect();
        println!("{name:<25}{}   {:>9.2}   {:>19.1}", columns.concat(), last(times) / dynorm, allocations[name]);
    }
    println!();
    for reader in all(shapes::page::<shapes::Book>(0)) {
        if !reader.lacks.is_empty() {
            let held = Book::ATTRIBUTES - reader.lacks.len();
            println!(
                "{} reads {held} of {} attributes, without {}",
                reader.name,
                Book::ATTRIBUTES,
                reader.lacks.join(" and ")
            );
        }
    }
}
