//! Timing: warm, repeated, median and minimum.

use std::hint::black_box;
use std::time::Instant;

/// What was asked for.
pub struct Options {
    pub name: String,
    pub threads: usize,
    pub quick: bool,
}

/// A sample lasts at least this long, in ns: short steps are repeated.
const SMALLEST_SAMPLE: f64 = 1e6;

impl Options {
    /// The sizes of a case; the quick form keeps those up to 100,000.
    pub fn sizes(&self, sizes: &[usize]) -> Vec<usize> {
        sizes.iter().copied().filter(|&size| size <= 100_000 || !self.quick).collect()
    }

    /// Measures `step`, which does `per` operations, and prints the line of a size.
    pub fn time<T>(&self, size: usize, per: usize, extra: &str, mut step: impl FnMut() -> T) {
        let mut inner = 1u32;
        let elapsed = loop {
            let elapsed = lasting(inner, &mut step);
            if elapsed >= SMALLEST_SAMPLE {
                break elapsed;
            }
            inner *= 2;
        };
        let budget = if self.quick { 3e8 } else { 1e9 };
        let repeats = (budget / elapsed).clamp(5.0, 200.0) as usize;
        let warm = Instant::now();
        while (warm.elapsed().as_nanos() as f64) < budget / 5.0 {
            lasting(inner, &mut step);
        }
        let scale = f64::from(inner) * per as f64;
        let mut samples: Vec<f64> = (0..repeats).map(|_| lasting(inner, &mut step) / scale).collect();
        samples.sort_by(f64::total_cmp);
        let middle = samples.len() / 2;
        let median =
            if samples.len() % 2 == 1 { samples[middle] } else { (samples[middle - 1] + samples[middle]) / 2.0 };
        println!(
            "{{\"case\": \"{}\", \"size\": {size}, \"threads\": {}, \"ns\": {median:.2}, \"min_ns\": {:.2}{extra}}}",
            self.name, self.threads, samples[0]
        );
    }
}

fn lasting<T>(times: u32, step: &mut impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..times {
        black_box(step());
    }
    start.elapsed().as_nanos() as f64
}
