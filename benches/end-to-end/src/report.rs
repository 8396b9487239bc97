//! The table of one server.

use crate::measure::Measured;
use crate::work::{Way, Work};

/// What was measured at one server.
pub struct Report {
    title: &'static str,
    items: usize,
    /// What the items are on the wire, in MB.
    megabytes: f64,
    measured: Vec<(Way, Measured)>,
}

impl Report {
    pub fn new(title: &'static str, items: usize, bytes: usize) -> Self {
        Report { title, items, megabytes: bytes as f64 / 1e6, measured: Vec::new() }
    }

    pub fn add(&mut self, way: Way, measured: Measured) {
        self.measured.push((way, measured));
    }

    /// The median of the rounds.
    fn median(&self, way: Way, work: Work, value: fn(&Measured) -> f64) -> f64 {
        let of_this = self.measured.iter().filter(|(other, measured)| *other == way && measured.work == work);
        let mut values: Vec<f64> = of_this.map(|(_, measured)| value(measured)).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }

    /// A line for each work in each way.
    pub fn print(&self) {
        println!("\n{}: {} books, {:.1} MB on the wire", self.title, self.items, self.megabytes);
        println!(
            "{:<19} {:>8} {:>6} {:>15} {:>10} {:>15} {:>5} {:>10} {:>5} {:>7}",
            "", "", "", "time", "client us", "client us", "busy", "server us", "busy", "peak MB"
        );
        println!(
            "{:<11} {:<7} {:>8} {:>6} {:>7} {:>7} {:>10} {:>7} {:>7} {:>5} {:>10} {:>5} {:>7}",
            "",
            "",
            "items/s",
            "MB/s",
            "of sdk",
            "of both",
            "an item",
            "of sdk",
            "of both",
            "%",
            "an item",
            "%",
            "client"
        );
        for work in Work::all() {
            for way in Way::ALL {
                self.line(work, way);
            }
        }
    }

    fn line(&self, work: Work, way: Way) {
        let items = self.items as f64;
        let seconds = self.median(way, work, |measured| measured.seconds);
        let [of_sdk, of_both] = self.shares(work, way, |measured| measured.seconds);
        let client = self.median(way, work, |measured| measured.client);
        let [client_of_sdk, client_of_both] = self.shares(work, way, |measured| measured.client);
        let server = self.median(way, work, |measured| measured.server);
        let peak = self.median(way, work, |measured| measured.peak);
        println!(
            "{:<11} {:<7} {:>8.0} {:>6.1} {of_sdk:>7.2} {of_both:>7.2} {:>10.2} {client_of_sdk:>7.2} {client_of_both:>7.2} {:>5.0} {:>10.2} {:>5.0} {peak:>7.0}",
            if way == Way::ALL[0] { work.to_string() } else { String::new() },
            way.title(),
            items / seconds,
            self.megabytes / seconds,
            client * 1e6 / items,
            client / seconds * 100.0,
            server * 1e6 / items,
            server / seconds * 100.0,
        );
    }

    /// What a way takes of the SDK alone, and of the SDK with serde_dynamo.
    fn shares(&self, work: Work, way: Way, value: fn(&Measured) -> f64) -> [f64; 2] {
        [Way::Sdk, Way::Serde].map(|other| self.median(way, work, value) / self.median(other, work, value))
    }
}
