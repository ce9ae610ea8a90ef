//! Milliseconds per million elements of each row, for each instruction set: `cargo run --release --example throughput -- exp sin`.
use std::time::Instant;
use wengert_scalar::Row;
use wengert_scalar::kernels::{self, Float, Isa, Operand};

const N: usize = 4096;
const ROUNDS: usize = 300;

fn milliseconds<T: Float>(row: Row) -> f64 {
    let a: Vec<T> = (0..N).map(|i| T::lit(0.05 + 0.9 * (i * 7919 % N) as f64 / N as f64)).collect();
    let b: Vec<T> = (0..N).map(|i| T::lit(0.1 + 3.0 * (i * 104_729 % N) as f64 / N as f64)).collect();
    let x = [Operand::Block(&a), Operand::Block(&b), Operand::Block(&b)];
    let mut out = vec![T::lit(0.0); N];
    let mut best = f64::INFINITY;
    // The shortest of many short runs: a machine that others use too interrupts the long ones.
    for _ in 0..ROUNDS {
        let start = Instant::now();
        kernels::apply(row, &x[..row.arity()], std::hint::black_box(&mut out));
        best = best.min(start.elapsed().as_secs_f64());
    }
    best * 1e3 * 1e6 / N as f64
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    println!(
        "{:>14} {}",
        "",
        Isa::available().map(|i| format!("{i:?} f64 f32").replace(' ', "  ")).collect::<Vec<_>>().join("  ")
    );
    for &row in Row::ALL {
        if !wanted.is_empty() && !wanted.iter().any(|w| w == row.name()) {
            continue;
        }
        print!("{:>14}", row.name());
        for isa in Isa::available() {
            let (d, s) = kernels::with_isa(isa, || (milliseconds::<f64>(row), milliseconds::<f32>(row)));
            print!("  {d:8.2} {s:8.2}");
        }
        println!();
    }
}
