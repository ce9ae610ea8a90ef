//! How far each function is from the correctly rounded value, in ulps, over the whole range of arguments, for each
//! instruction set of this machine. The worst figures are committed in `docs/ulp.md` and must not be exceeded;
//! `WENGERT_WRITE_ULP=1 cargo test -p wengert-scalar --test ulp` writes them anew.

#[path = "ulp/double.rs"]
mod double;
#[path = "ulp/reference.rs"]
mod reference;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use wengert_scalar::Row;
use wengert_scalar::kernels::{self, Float, Isa, Operand};

/// For each column ("f64 fused", …) the worst distance and where.
type Table = BTreeMap<String, (i64, String)>;

const POINTS: usize = 1 << 18;

/// The functions measured, with the interval that most of the points come from.
const ROWS: &[(Row, f64, f64)] = &[
    (Row::Exp, -746.0, 711.0),
    (Row::Exp2, -1076.0, 1025.0),
    (Row::Expm1, -40.0, 711.0),
    (Row::Log, 0.0, 4.0),
    (Row::Log2, 0.0, 4.0),
    (Row::Log10, 0.0, 4.0),
    (Row::Log1p, -1.0, 4.0),
    (Row::Sqrt, 0.0, 4.0),
    (Row::Rsqrt, 0.0, 4.0),
    (Row::Cbrt, -9.0, 9.0),
    (Row::Reciprocal, -2.0, 2.0),
    (Row::Sin, -40.0, 40.0),
    (Row::Cos, -40.0, 40.0),
    (Row::Tan, -40.0, 40.0),
    (Row::Asin, -1.0, 1.0),
    (Row::Acos, -1.0, 1.0),
    (Row::Atan, -5.0, 5.0),
    (Row::Sinh, -711.0, 711.0),
    (Row::Cosh, -711.0, 711.0),
    (Row::Tanh, -22.0, 22.0),
    (Row::Asinh, -8.0, 8.0),
    (Row::Acosh, 1.0, 8.0),
    (Row::Atanh, -1.0, 1.0),
    (Row::Erf, -6.0, 6.0),
    (Row::Erfc, -6.0, 27.5),
    (Row::Erfinv, -1.0, 1.0),
    (Row::Sigmoid, -746.0, 40.0),
    (Row::Softplus, -746.0, 40.0),
    (Row::LogSigmoid, -40.0, 746.0),
    (Row::Silu, -746.0, 40.0),
    (Row::Gelu, -38.6, 9.0),
    (Row::GeluTanh, -22.0, 9.0),
    (Row::Sinc, -30.0, 30.0),
    (Row::Lgamma, 2.5, 100.0),
    (Row::Digamma, 0.0, 100.0),
    (Row::Trigamma, 0.0, 100.0),
    (Row::Pow, 0.0, 20.0),
    (Row::Atan2, -3.0, 3.0),
    (Row::Hypot, -3.0, 3.0),
    (Row::Logaddexp, 0.0, 40.0),
    (Row::Xlogy, 0.0, 4.0),
];

/// Rows whose figures leave out arguments where the result passes through zero, with that condition.
fn excluded(row: Row, x: f64, y: f64) -> bool {
    match row {
        Row::Lgamma => x < 2.5,
        Row::Logaddexp => x < 0.0 || y < 0.0,
        _ => false,
    }
}

const EDGES: &[f64] = &[
    0.0,
    1.0,
    0.5,
    2.0,
    3.0,
    0.25,
    0.75,
    1.5,
    4.0,
    7.0,
    10.0,
    88.72284,
    89.5,
    103.97,
    104.5,
    709.782712893384,
    709.7827128933841,
    710.4758600739439,
    745.1332191019411,
    746.0,
    1e-300,
    1e-310,
    5e-324,
    1e-45,
    1e-38,
    1.1754943508222875e-38,
    2.2250738585072014e-308,
    1e-8,
    1e-17,
    1e17,
    1e22,
    1e300,
    3.4028234663852886e38,
    f64::MAX,
    f64::INFINITY,
    f64::NAN,
    4503599627370496.0,
    9007199254740992.0,
    9007199254740994.0,
    8388608.0,
    16777216.0,
    1048576.0,
    65536.0,
    262144.0,
    5.319372648326541e255,
    0.5000000000000001,
    0.9999999999999999,
    1.0000000000000002,
    0.99999994,
    1.0000001,
    27.3,
    28.0,
    10.06,
];

struct Numbers(u64);

impl Numbers {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What the test needs from a width beyond the kernels.
trait Width: Float {
    const NAME: &'static str;
    fn any(bits: u64) -> Self;
    fn of(v: f64) -> Self;
    fn to_f64(v: Self) -> f64;
    /// The position among all floats of the width, so that neighbours differ by one.
    fn rank(v: Self) -> i64;
}

impl Width for f64 {
    const NAME: &'static str = "f64";
    fn any(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
    fn of(v: f64) -> f64 {
        v
    }
    fn to_f64(v: f64) -> f64 {
        v
    }
    fn rank(v: f64) -> i64 {
        let b = v.to_bits() as i64;
        if b < 0 { i64::MIN.wrapping_sub(b) } else { b }
    }
}

impl Width for f32 {
    const NAME: &'static str = "f32";
    fn any(bits: u64) -> f32 {
        f32::from_bits((bits >> 32) as u32)
    }
    fn of(v: f64) -> f32 {
        v as f32
    }
    fn to_f64(v: f32) -> f64 {
        f64::from(v)
    }
    fn rank(v: f32) -> i64 {
        let b = v.to_bits() as i32;
        i64::from(if b < 0 { i32::MIN.wrapping_sub(b) } else { b })
    }
}

/// A quarter of the points are random bits (every exponent, either sign), a quarter small multiples of the interval, the rest
/// uniform in it; and all edges, in pairs for functions of two arguments.
fn points<T: Width>(row: Row, lo: f64, hi: f64) -> (Vec<T>, Vec<T>) {
    let mut numbers = Numbers(row as u64 * 1000 + 1);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    let draw = |i: usize, numbers: &mut Numbers| match i % 4 {
        0 => T::any(numbers.bits()),
        1 => T::of((lo + (hi - lo) * numbers.unit()) * (-30.0 * numbers.unit()).exp2()),
        _ => T::of(lo + (hi - lo) * numbers.unit()),
    };
    for i in 0..POINTS {
        x.push(draw(i, &mut numbers));
        y.push(draw(i / 4, &mut numbers));
        if matches!(row, Row::Sin | Row::Cos | Row::Tan) && i % 8 == 7 {
            // As near to multiples of π/2 as the width allows, up to where the long reduction takes over and beyond.
            let k = (numbers.unit() * 40.0 * (numbers.unit() * 30.0).exp2()).round();
            x[i] = T::of(k * std::f64::consts::FRAC_PI_2);
        }
        if row == Row::Pow && i % 8 == 7 {
            // Integral exponents of negative numbers.
            let base = T::to_f64(x[i]);
            x[i] = T::of(-base);
            y[i] = T::of((60.0 * (numbers.unit() - 0.5)).round());
        }
        if row == Row::Pow && i % 8 == 3 {
            // Near 1 to large powers.
            x[i] = T::of(1.0 + (numbers.unit() - 0.5) * 1e-3);
            y[i] = T::of((numbers.unit() - 0.5) * 1e6);
        }
    }
    for &a in EDGES {
        for s in [1.0, -1.0] {
            if row.arity() == 1 {
                x.push(T::of(s * a));
                y.push(T::of(1.0));
                continue;
            }
            for &b in EDGES {
                for t in [1.0, -1.0] {
                    x.push(T::of(s * a));
                    y.push(T::of(t * b));
                }
            }
        }
    }
    (x, y)
}

fn evaluate<T: Width>(row: Row, x: &[T], y: &[T]) -> Vec<T> {
    let mut out = vec![T::default(); x.len()];
    kernels::apply(row, &[Operand::Block(x), Operand::Block(y)][..row.arity()], &mut out);
    out
}

/// The worst distance and where.
fn worst<T: Width>(row: Row, x: &[T], y: &[T], truth: &[Option<T>], got: &[T]) -> (i64, String) {
    let mut worst = (0, String::new());
    for i in 0..x.len() {
        let Some(want) = truth[i] else { continue };
        let (w, g) = (T::to_f64(want), T::to_f64(got[i]));
        let distance = match (w.is_nan(), g.is_nan()) {
            (true, true) => 0,
            (false, false)
                if w.is_infinite() || g.is_infinite() || (w == 0.0 && g == 0.0 && w.to_bits() != g.to_bits()) =>
            {
                if w.to_bits() == g.to_bits() {
                    0
                } else if (T::rank(want) - T::rank(got[i])).abs() == 1 {
                    1
                } else {
                    i64::MAX
                }
            }
            (false, false) => (T::rank(want) - T::rank(got[i])).abs(),
            _ => i64::MAX,
        };
        if distance > worst.0 {
            worst = (distance, format!("{row}({:e}, {:e}) = {g:e}, not {w:e}", T::to_f64(x[i]), T::to_f64(y[i])));
        }
    }
    worst
}

/// Measures one row in one width.
fn measure<T: Width>(row: Row, lo: f64, hi: f64, table: &mut Table) {
    let (x, y) = points::<T>(row, lo, hi);
    let mut fused: Option<Vec<T>> = None;
    let mut truth: Option<Vec<Option<T>>> = None;
    for isa in Isa::available() {
        let got = kernels::with_isa(isa, || evaluate(row, &x, &y));
        let truth = truth.get_or_insert_with(|| {
            let f = |i: usize| {
                let (a, b) = (T::to_f64(x[i]), T::to_f64(y[i]));
                if excluded(row, a, b) { None } else { reference::value(row, a, b, T::to_f64(got[i])).map(T::of) }
            };
            (0..x.len()).map(f).collect()
        });
        let column = format!("{} {}", T::NAME, if isa == Isa::Portable { "portable" } else { "fused" });
        table.insert(column, worst(row, &x, &y, truth, &got));
        if isa != Isa::Portable {
            if let Some(other) = &fused {
                let same =
                    |(a, b): (&T, &T)| T::rank(*a) == T::rank(*b) || (T::to_f64(*a).is_nan() && T::to_f64(*b).is_nan());
                assert!(other.iter().zip(&got).all(same), "{row}: AVX2 and AVX-512 give different bits");
            }
            fused = Some(got);
        }
    }
}

fn committed() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/ulp.md")
}

const COLUMNS: [&str; 4] = ["f64 fused", "f64 portable", "f32 fused", "f32 portable"];

#[test]
fn worst_ulps_do_not_exceed_the_committed() {
    let wanted = std::env::var("WENGERT_ULP_ROW").ok();
    let mut rows = Vec::new();
    for &(row, lo, hi) in ROWS {
        if wanted.as_deref().is_some_and(|w| w != row.name()) {
            continue;
        }
        let mut table = BTreeMap::new();
        measure::<f64>(row, lo, hi, &mut table);
        let clip = |v: f64| if v.abs() > 100.0 { v / 7.5 } else { v };
        measure::<f32>(row, clip(lo), clip(hi), &mut table);
        rows.push((row, table));
    }
    for (row, table) in &rows {
        for (column, (ulps, place)) in table {
            println!("{row:>14} {column:>14} {ulps:>3} {place}", row = row.name());
        }
    }
    if std::env::var_os("WENGERT_WRITE_ULP").is_some() {
        std::fs::write(committed(), render(&rows)).expect("docs/ulp.md can be written");
        return;
    }
    let text = std::fs::read_to_string(committed()).expect("docs/ulp.md is committed");
    for (row, table) in &rows {
        let line = text.lines().find(|l| l.starts_with(&format!("| {} |", row.name())));
        let line = line.unwrap_or_else(|| panic!("docs/ulp.md has no line for {row}"));
        let figures: Vec<i64> = line.split('|').skip(2).take(4).map(|f| f.trim().parse().expect("a figure")).collect();
        for (figure, column) in figures.iter().zip(COLUMNS) {
            if let Some((ulps, place)) = table.get(column) {
                assert!(ulps <= figure, "{row}, {column}: {ulps} ulp instead of {figure}: {place}");
            }
        }
    }
}

fn render(rows: &[(Row, Table)]) -> String {
    let mut text = String::from(
        "# Accuracy of the pointwise functions\n\n\
         The largest distance, in units in the last place, between a function's result and the correctly rounded one, over random\n\
         bit patterns, points in the interval that matters and special values; 0 is correctly rounded, and 1 means an error below\n\
         1.5 ulp. Fused: AVX-512 or AVX2 with FMA (both give the same bits). Written by `crates/wengert-scalar/tests/ulp.rs`, which\n\
         fails if a figure is exceeded. References: CORE-MATH, and double-double formulas for what it lacks. Left out: `lgamma` below 2.5\n\
         and `logaddexp` of negative arguments, where results pass through zero; `digamma` and `trigamma` of negative arguments.\n\n\
         | function | f64 fused | f64 portable | f32 fused | f32 portable |\n|---|---|---|---|---|\n",
    );
    for (row, table) in rows {
        let cell = |c: &str| table.get(c).map_or(String::from("–"), |(ulps, _)| ulps.to_string());
        let cells: Vec<String> = COLUMNS.iter().map(|c| cell(c)).collect();
        writeln!(text, "| {} | {} |", row.name(), cells.join(" | ")).expect("writing to a string");
    }
    text
}
