//! Random numbers: reproducible, and distributed as they should be.

use proptest::prelude::*;
use wengert_array::random::Generator;
use wengert_array::{Array, DType, Error, threads};

const N: usize = 200_000;

fn f64s(x: &Array) -> Vec<f64> {
    x.cast(DType::F64).to_vec().unwrap()
}

/// Mean and variance, with how many standard errors they lie from the expected ones.
#[track_caller]
fn moments(what: &str, x: &[f64], mean: f64, variance: f64, fourth: f64) {
    let n = x.len() as f64;
    let m = x.iter().sum::<f64>() / n;
    let v = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    let off = (m - mean).abs() / (variance / n).sqrt();
    assert!(off < 4.5, "{what}: mean {m} is {off} standard errors from {mean}");
    let off = (v - variance).abs() / ((fourth - variance * variance) / n).sqrt();
    assert!(off < 4.5, "{what}: variance {v} is {off} standard errors from {variance}");
}

/// The Kolmogorov–Smirnov distance to a distribution function, times √n; above 2.2 in one case of 8,000.
#[track_caller]
fn kolmogorov_smirnov(what: &str, x: &[f64], cdf: impl Fn(f64) -> f64) {
    let mut x = x.to_vec();
    x.sort_by(f64::total_cmp);
    let n = x.len() as f64;
    let distance = x.iter().enumerate().fold(0.0, |d: f64, (i, &v)| {
        let p = cdf(v);
        d.max((p - i as f64 / n).abs()).max((p - (i + 1) as f64 / n).abs())
    });
    assert!(distance * n.sqrt() < 2.2, "{what}: distance {distance}");
}

/// Pearson's statistic against expected counts, as standard deviations from its mean.
#[track_caller]
fn chi_square(what: &str, counts: &[usize], expected: &[f64]) {
    let statistic: f64 = counts.iter().zip(expected).map(|(&c, e)| (c as f64 - e).powi(2) / e).sum();
    let freedom = counts.len() as f64 - 1.0;
    let off = (statistic - freedom) / (2.0 * freedom).sqrt();
    assert!(off.abs() < 5.0, "{what}: chi-square {statistic} with {freedom} degrees of freedom, {counts:?}");
}

fn tally(x: &[f64], bins: usize, bin: impl Fn(f64) -> usize) -> Vec<usize> {
    let mut counts = vec![0; bins];
    x.iter().for_each(|&v| counts[bin(v)] += 1);
    counts
}

/// Φ by numerical integration of the density from 0.
fn normal_cdf(x: f64) -> f64 {
    let steps = 200;
    let h = x / f64::from(steps);
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let sum: f64 = (0..steps)
        .map(|i| {
            let t = f64::from(i) * h;
            density(t) + 4.0 * density(t + h / 2.0) + density(t + h)
        })
        .sum();
    0.5 + sum * h / 6.0
}

#[test]
fn uniform_is_uniform() {
    for dtype in [DType::F32, DType::F64] {
        let x = f64s(&Generator::new(1).uniform(0.0, 1.0, [N], dtype).unwrap());
        assert!(x.iter().all(|v| (0.0..1.0).contains(v)));
        moments("uniform", &x, 0.5, 1.0 / 12.0, 1.0 / 80.0);
        kolmogorov_smirnov("uniform", &x, |v| v);
        chi_square("uniform", &tally(&x, 100, |v| (v * 100.0) as usize), &[N as f64 / 100.0; 100]);
        // Neighbours are independent.
        let lag = x.windows(2).map(|w| (w[0] - 0.5) * (w[1] - 0.5)).sum::<f64>() / (N as f64 / 144.0).sqrt();
        assert!(lag.abs() < 4.5, "lag-one correlation {lag}");

        let shifted = f64s(&Generator::new(2).uniform(-3.0, 5.0, [N], dtype).unwrap());
        assert!(shifted.iter().all(|v| (-3.0..5.0).contains(v)));
        kolmogorov_smirnov("shifted", &shifted, |v| (v + 3.0) / 8.0);
        let point = Generator::new(2).uniform(0.1, 0.1, [3], dtype).unwrap();
        assert_eq!(f64s(&point), f64s(&Array::full([3], 0.1, dtype)));
    }
    // Rounding never reaches the upper end, even of an interval one step wide.
    let next = 1.0f32.next_up();
    let narrow = Generator::new(3).uniform(1.0, next.into(), [1000], DType::F32).unwrap();
    assert!(narrow.to_vec::<f32>().unwrap().iter().all(|v| *v == 1.0));
}

#[test]
fn normal_is_normal() {
    for dtype in [DType::F32, DType::F64] {
        let x = f64s(&Generator::new(4).normal(0.0, 1.0, [N], dtype).unwrap());
        moments("normal", &x, 0.0, 1.0, 3.0);
        kolmogorov_smirnov("normal", &x, normal_cdf);
        let beyond = x.iter().filter(|v| v.abs() > 3.0).count() as f64;
        let expected = 0.002_699_796 * N as f64;
        assert!((beyond - expected).abs() < 4.5 * expected.sqrt(), "{beyond} beyond three sigma, expected {expected}");
        let y = f64s(&Generator::new(5).normal(-2.0, 0.5, [N], dtype).unwrap());
        moments("shifted normal", &y, -2.0, 0.25, 3.0 / 16.0);
    }
    assert_eq!(f64s(&Generator::new(6).normal(3.0, 0.0, [2], DType::F64).unwrap()), [3.0; 2]);
}

#[test]
fn exponential_is_exponential() {
    let x = f64s(&Generator::new(7).exponential(2.0, [N], DType::F64).unwrap());
    assert!(x.iter().all(|v| *v >= 0.0));
    moments("exponential", &x, 0.5, 0.25, 9.0 / 16.0);
    kolmogorov_smirnov("exponential", &x, |v| 1.0 - (-2.0 * v).exp());
}

#[test]
fn integers_are_even() {
    for (lo, hi) in [(0, 2), (-3, 4), (5, 6), (0, 100)] {
        let bins = (hi - lo) as usize;
        let x = f64s(&Generator::new(8).integers(lo, hi, [N], DType::I64).unwrap());
        assert!(x.iter().all(|v| (lo as f64..hi as f64).contains(v)));
        if bins > 1 {
            chi_square("integers", &tally(&x, bins, |v| (v - lo as f64) as usize), &vec![N as f64 / bins as f64; bins]);
        }
    }
    // A width of 3/4 of 2⁶⁴, where taking remainders would favour the lower third two to one.
    let (lo, hi) = (i64::MIN, i64::MAX / 2);
    let x = Generator::new(9).integers(lo, hi, [N], DType::I64).unwrap().to_vec::<i64>().unwrap();
    assert!(x.iter().all(|v| *v < hi));
    let third = ((i128::from(hi) - i128::from(lo)) / 3) as u64;
    let bins = x.iter().fold(vec![0; 3], |mut c, v| {
        c[(v.wrapping_sub(lo) as u64 / third).min(2) as usize] += 1;
        c
    });
    chi_square("wide integers", &bins, &[N as f64 / 3.0; 3]);
    let bytes = Generator::new(10).integers(0, 256, [1000], DType::U8).unwrap();
    assert!(bytes.to_vec::<u8>().unwrap().contains(&255));
    assert_eq!(Generator::new(10).integers(-5, 5, [4], DType::I32).unwrap().dtype(), DType::I32);
}

#[test]
fn bernoulli_in_every_dtype() {
    for dtype in DType::ALL {
        let x = f64s(&Generator::new(11).bernoulli(0.3, [N], dtype).unwrap());
        let ones = x.iter().filter(|v| **v == 1.0).count();
        assert_eq!(x.iter().filter(|v| **v == 0.0).count(), N - ones);
        chi_square("bernoulli", &[ones, N - ones], &[0.3 * N as f64, 0.7 * N as f64]);
    }
    let never = Generator::new(0).bernoulli(0.0, [1000], DType::Bool).unwrap();
    assert!(never.to_vec::<bool>().unwrap().iter().all(|v| !v));
    let always = Generator::new(0).bernoulli(1.0, [1000], DType::Bool).unwrap();
    assert!(always.to_vec::<bool>().unwrap().iter().all(|v| *v));
}

#[test]
fn permutations_are_fair() {
    let mut g = Generator::new(12);
    let mut counts = [0; 24];
    let draws = 24_000;
    for _ in 0..draws {
        let p = g.permutation(4).to_vec::<i64>().unwrap();
        let rank = (0..4).fold(0, |rank, i| rank * (4 - i) + p[i + 1..].iter().filter(|v| **v < p[i]).count());
        counts[rank] += 1;
    }
    chi_square("permutations", &counts, &[f64::from(draws) / 24.0; 24]);
    assert_eq!(g.permutation(0).shape(), [0]);
}

#[test]
fn shuffle_moves_whole_entries() {
    let x = Array::arange(0.0, 300.0, 1.0, DType::F64).reshape(&[100, 3]).unwrap();
    let y = Generator::new(13).shuffle(&x, 0).unwrap().to_vec::<f64>().unwrap();
    let mut firsts: Vec<f64> = y.chunks(3).map(|row| row[0]).collect();
    assert!(y.chunks(3).all(|row| row[1] == row[0] + 1.0 && row[2] == row[0] + 2.0));
    assert!(firsts.windows(2).any(|w| w[0] > w[1]));
    firsts.sort_by(f64::total_cmp);
    assert_eq!(firsts, (0..100).map(|i| f64::from(i * 3)).collect::<Vec<_>>());
    assert!(matches!(Generator::new(0).shuffle(&x, 2), Err(Error::Axis { .. })));
}

#[test]
fn choices() {
    let mut g = Generator::new(14);
    let mut firsts = vec![0; 10];
    let mut members = vec![0; 10];
    for _ in 0..20_000 {
        let c = g.choice(10, 3, false).unwrap().to_vec::<i64>().unwrap();
        assert!(c[0] != c[1] && c[1] != c[2] && c[0] != c[2]);
        firsts[c[0] as usize] += 1;
        c.iter().for_each(|i| members[*i as usize] += 1);
    }
    chi_square("first chosen", &firsts, &[2000.0; 10]);
    assert!(members.iter().all(|m| (*m as f64 - 6000.0).abs() < 5.0 * (20_000.0f64 * 0.21).sqrt()), "{members:?}");
    let all = g.choice(50, 50, false).unwrap().to_vec::<i64>().unwrap();
    assert_eq!((0..50).filter(|i| all.contains(i)).count(), 50);
    let with = f64s(&g.choice(7, N, true).unwrap());
    chi_square("with replacement", &tally(&with, 7, |v| v as usize), &[N as f64 / 7.0; 7]);
    assert!(matches!(g.choice(3, 4, false), Err(Error::Argument { .. })));
    assert!(matches!(g.choice(0, 1, true), Err(Error::Argument { .. })));
    assert_eq!(g.choice(0, 0, false).unwrap().len(), 0);
    // Choosing a few of very many takes no more memory than the few.
    assert_eq!(g.choice(usize::MAX >> 1, 3, false).unwrap().len(), 3);
}

#[test]
fn multinomial_follows_the_weights() {
    let mut g = Generator::new(15);
    let weights = Array::from_slice(&[1.0, 0.0, 2.0, 5.0]);
    let x = f64s(&g.multinomial(&weights, N, true).unwrap());
    let counts = tally(&x, 4, |v| v as usize);
    assert_eq!(counts[1], 0);
    let n = N as f64;
    chi_square("multinomial", &[counts[0], counts[2], counts[3]], &[n / 8.0, n / 4.0, n * 5.0 / 8.0]);

    let mut firsts = [0; 4];
    for _ in 0..20_000 {
        let c = g.multinomial(&weights, 3, false).unwrap().to_vec::<i64>().unwrap();
        assert!(!c.contains(&1) && c[0] != c[1] && c[1] != c[2] && c[0] != c[2]);
        firsts[c[0] as usize] += 1;
    }
    chi_square("first without replacement", &[firsts[0], firsts[2], firsts[3]], &[2500.0, 5000.0, 12_500.0]);
    assert!(matches!(g.multinomial(&weights, 4, false), Err(Error::Argument { .. })));
    assert!(matches!(g.multinomial(&Array::from_slice(&[1.0, -1.0]), 1, true), Err(Error::Argument { .. })));
    assert!(matches!(g.multinomial(&Array::from_slice(&[f64::NAN]), 1, true), Err(Error::Argument { .. })));
    assert!(matches!(g.multinomial(&Array::from_slice(&[1i64]), 1, true), Err(Error::DType { .. })));
    assert!(matches!(g.multinomial(&Array::from(1.0), 1, true), Err(Error::Argument { .. })));
    let huge = Array::from_slice(&[f64::MAX, f64::MAX]);
    assert!(f64s(&g.multinomial(&huge, 100, true).unwrap()).contains(&1.0));
}

fn draw_all(g: &mut Generator) -> Vec<Vec<u64>> {
    fn bits(x: Array) -> Vec<u64> {
        match x.dtype() {
            DType::I64 => x.to_vec::<i64>().unwrap().into_iter().map(|v| v as u64).collect(),
            _ => f64s(&x).into_iter().map(f64::to_bits).collect(),
        }
    }
    let n = [100_003];
    vec![
        bits(g.uniform(0.0, 1.0, n, DType::F32).unwrap()),
        bits(g.normal(0.0, 1.0, n, DType::F64).unwrap()),
        bits(g.exponential(1.0, n, DType::F32).unwrap()),
        bits(g.integers(-9, 10, n, DType::I64).unwrap()),
        bits(g.bernoulli(0.5, n, DType::U8).unwrap()),
        bits(g.permutation(1000)),
        bits(g.multinomial(&Array::from_slice(&[1.0, 2.0]), 20_000, true).unwrap()),
    ]
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut results = Vec::new();
    for n in [1, 2, 3, 5] {
        threads::set_threads(n).unwrap();
        results.push(draw_all(&mut Generator::new(16)));
    }
    assert!(results.iter().all(|r| *r == results[0]));
}

/// These numbers are part of the interface: a seed must give the same ones in every release.
#[test]
fn the_numbers_of_a_seed_are_fixed() {
    let mut g = Generator::new(42);
    let u = g.uniform(0.0, 1.0, [2], DType::F64).unwrap().to_vec::<f64>().unwrap();
    let n = g.normal(0.0, 1.0, [2], DType::F32).unwrap().to_vec::<f32>().unwrap();
    let i = g.integers(0, 1000, [3], DType::I64).unwrap().to_vec::<i64>().unwrap();
    let p = g.permutation(5).to_vec::<i64>().unwrap();
    assert_eq!(u, [0.3482544685480763, 0.28569857126296205]);
    assert_eq!(n, [1.3161505, 1.12998]);
    assert_eq!((i, p), (vec![704, 271, 110], vec![2, 1, 3, 4, 0]));
}

#[test]
fn draws_seeds_and_branches_differ() {
    fn head(g: &mut Generator) -> Vec<u64> {
        (0..3).map(|_| g.next_u64()).collect()
    }
    let mut parent = Generator::new(17);
    let mut all =
        vec![head(&mut Generator::new(18)), head(&mut Generator::from_entropy()), head(&mut Generator::from_entropy())];
    all.push(head(&mut parent.split()));
    all.push(head(&mut parent.split()));
    all.push(head(&mut parent.split().split()));
    all.push(head(&mut parent));
    let mut flat = all.concat();
    flat.sort_unstable();
    flat.dedup();
    assert_eq!(flat.len(), 21);
    // Splitting is reproducible too.
    assert_eq!(Generator::new(17).split(), Generator::new(17).split());
    // Chunks of one array do not repeat each other.
    let x = Generator::new(19).uniform(0.0, 1.0, [40_000], DType::F64).unwrap().to_vec::<f64>().unwrap();
    assert!((1..30_000).all(|shift| x[0] != x[shift]));
}

#[test]
fn state_can_be_saved() {
    let mut g = Generator::new(20).split();
    g.next_u64();
    let mut copy = Generator::from_state(g.state());
    assert_eq!(copy, g);
    assert_eq!(draw_all(&mut copy), draw_all(&mut g));
    assert_eq!(Generator::new(5).state(), [5, 0, 0]);
}

#[test]
fn errors_say_what_is_wrong() {
    let mut g = Generator::new(0);
    let before = g.clone();
    assert!(matches!(g.uniform(1.0, 0.0, [1], DType::F64), Err(Error::Argument { .. })));
    assert!(matches!(g.uniform(0.0, f64::INFINITY, [1], DType::F64), Err(Error::Argument { .. })));
    assert!(matches!(g.uniform(-3e38, 3e38, [1], DType::F32), Err(Error::Argument { .. })));
    assert!(matches!(g.uniform(f64::NAN, 1.0, [1], DType::F64), Err(Error::Argument { .. })));
    assert!(matches!(g.uniform(0.0, 1.0, [1], DType::I64), Err(Error::DType { .. })));
    assert!(matches!(g.normal(0.0, -1.0, [1], DType::F64), Err(Error::Argument { .. })));
    assert!(matches!(g.normal(0.0, 1.0, [1], DType::Bool), Err(Error::DType { .. })));
    assert!(matches!(g.normal(0.0, 1.0, [usize::MAX, 2], DType::F64), Err(Error::Argument { .. })));
    assert!(matches!(g.exponential(0.0, [1], DType::F64), Err(Error::Argument { .. })));
    assert!(matches!(g.integers(3, 3, [1], DType::I64), Err(Error::Argument { .. })));
    assert!(matches!(g.integers(0, 257, [1], DType::U8), Err(Error::Argument { .. })));
    assert!(matches!(g.integers(0, 2, [1], DType::F64), Err(Error::DType { .. })));
    assert!(matches!(g.bernoulli(1.1, [1], DType::F64), Err(Error::Argument { .. })));
    assert!(matches!(g.bernoulli(f64::NAN, [1], DType::F64), Err(Error::Argument { .. })));
    assert_eq!(g, before, "a refused draw takes nothing from the generator");
    assert_eq!(g.normal(0.0, 1.0, [0, 3], DType::F32).unwrap().shape(), [0, 3]);
    assert_eq!(g.normal(0.0, 1.0, [], DType::F32).unwrap().ndim(), 0);
}

proptest! {
    #[test]
    fn integers_stay_in_range(lo in any::<i64>(), hi in any::<i64>(), seed in any::<u64>()) {
        prop_assume!(lo < hi);
        let x = Generator::new(seed).integers(lo, hi, [50], DType::I64).unwrap().to_vec::<i64>().unwrap();
        prop_assert!(x.iter().all(|v| (lo..hi).contains(v)));
    }

    #[test]
    fn uniforms_stay_in_range(lo in -1e300f64..1e300, width in 0.0f64..1e300, seed in any::<u64>()) {
        let hi = lo + width;
        let x = Generator::new(seed).uniform(lo, hi, [50], DType::F64).unwrap().to_vec::<f64>().unwrap();
        prop_assert!(x.iter().all(|&v| v == lo || (lo..hi).contains(&v)));
        prop_assert!(x.iter().all(|v| !v.is_nan()));
    }
}
