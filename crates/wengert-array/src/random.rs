//! Reproducible random numbers.
//!
//! A [`Generator`] is a key and a counter. Each draw takes the counter's next value; an array is filled in chunks of fixed size, each from
//! a stream of its own that key, counter and chunk number determine (ChaCha with 8 rounds). So the numbers depend on the seed and on the
//! draws before, never on the number of threads or the machine. Unlike a generator with a hidden position, the state is three plain
//! numbers, [`Generator::state`], and nothing is lost by saving it between draws.

use crate::index::{contents, take};
use crate::shape::check_axis;
use crate::threads::parallel_slices;
use crate::{Array, DType, Element, Error, Result, Shape};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};
use std::hash::{BuildHasher, Hasher, RandomState};

/// Elements that one stream fills. Part of the definition of the numbers: changing it changes them all.
const CHUNK: usize = 1 << 13;

/// What a stream is used for, so that no two uses of one counter value meet.
#[derive(Clone, Copy)]
enum Purpose {
    Draw = 0,
    Split = 1,
}

/// A source of random numbers; see the [module](self).
///
/// ```
/// use wengert_array::{DType, random::Generator};
///
/// let x = Generator::new(42).normal(0.0, 1.0, [2, 3], DType::F32)?;
/// let y = Generator::new(42).normal(0.0, 1.0, [2, 3], DType::F32)?;
/// assert_eq!(x.to_vec::<f32>()?, y.to_vec::<f32>()?);
/// # Ok::<(), wengert_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Generator {
    key: [u64; 2],
    counter: u64,
}

impl Generator {
    /// The generator of this seed. Any seed is as good as any other.
    pub fn new(seed: u64) -> Generator {
        Generator { key: [seed, 0], counter: 0 }
    }

    /// A generator that differs each time, seeded by the operating system.
    pub fn from_entropy() -> Generator {
        // The standard library draws its hash keys from the system's entropy.
        let draw = || RandomState::new().build_hasher().finish();
        Generator { key: [draw(), draw()], counter: 0 }
    }

    /// The whole state: two numbers of key (the first is the seed of [`Generator::new`]) and the counter.
    pub fn state(&self) -> [u64; 3] {
        [self.key[0], self.key[1], self.counter]
    }

    /// The generator that had this [`Generator::state`].
    pub fn from_state([seed, branch, counter]: [u64; 3]) -> Generator {
        Generator { key: [seed, branch], counter }
    }

    /// A new generator whose numbers have nothing to do with this one's; this one moves on by one draw.
    ///
    /// ```
    /// use wengert_array::random::Generator;
    ///
    /// let mut parent = Generator::new(1);
    /// assert_ne!(parent.split(), parent.split());
    /// ```
    pub fn split(&mut self) -> Generator {
        let mut stream = self.next().stream(Purpose::Split, 0);
        Generator { key: [stream.next_u64(), stream.next_u64()], counter: 0 }
    }

    /// One number, uniform over all of `u64`.
    pub fn next_u64(&mut self) -> u64 {
        self.next().stream(Purpose::Draw, 0).next_u64()
    }

    /// Takes the next counter value.
    fn next(&mut self) -> Draw {
        let draw = Draw { key: self.key, counter: self.counter };
        self.counter = self.counter.wrapping_add(1);
        draw
    }

    /// A new array filled element by element.
    fn fill<T: Element>(
        &mut self,
        shape: Shape,
        element: impl Fn(&mut ChaCha8Rng) -> T + Sync + Send,
    ) -> Result<Array> {
        let draw = self.next();
        Array::try_build::<T>(shape, |out| {
            parallel_slices(out, CHUNK, |chunk, out| {
                let mut stream = draw.stream(Purpose::Draw, chunk as u64);
                out.iter_mut().for_each(|o| *o = element(&mut stream));
            });
        })
    }

    /// A new array in which each element is made from the next `B` bytes, drawn many at a time.
    fn fill_bits<T: Element, const B: usize>(
        &mut self,
        shape: Shape,
        element: impl Fn([u8; B]) -> T + Sync + Send,
    ) -> Result<Array> {
        let draw = self.next();
        Array::try_build::<T>(shape, |out| {
            parallel_slices(out, CHUNK, |chunk, out| {
                let mut stream = draw.stream(Purpose::Draw, chunk as u64);
                let mut block = [[0; B]; 128];
                for out in out.chunks_mut(block.len()) {
                    let block = &mut block[..out.len()];
                    stream.fill_bytes(block.as_flattened_mut());
                    out.iter_mut().zip(block).for_each(|(o, bytes)| *o = element(*bytes));
                }
            });
        })
    }

    /// Numbers spread evenly over `[lo, hi)`; all equal to `lo` if `hi` is `lo`.
    ///
    /// # Errors
    /// [`Error::DType`] unless `dtype` is floating point; [`Error::Argument`] for bounds that are not finite or the wrong way round.
    ///
    /// ```
    /// use wengert_array::{DType, random::Generator};
    ///
    /// let x = Generator::new(0).uniform(-1.0, 1.0, [1000], DType::F64)?;
    /// assert!(x.to_vec::<f64>()?.iter().all(|v| (-1.0..1.0).contains(v)));
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    pub fn uniform(&mut self, lo: f64, hi: f64, shape: impl Into<Shape>, dtype: DType) -> Result<Array> {
        let width = if dtype == DType::F32 { f64::from(hi as f32 - lo as f32) } else { hi - lo };
        if !(lo <= hi && width.is_finite()) {
            return Err(Error::argument("uniform", format!("needs finite bounds lo <= hi, got {lo} and {hi}")));
        }
        let shape = checked(shape)?;
        match dtype {
            DType::F32 => {
                let (lo, hi) = (lo as f32, hi as f32);
                let (width, top) = (hi - lo, if hi > lo { hi.next_down() } else { hi });
                self.fill_bits(shape, move |b| (lo + width * unit_f32(u32::from_le_bytes(b))).min(top).max(lo))
            }
            DType::F64 => {
                let (width, top) = (hi - lo, if hi > lo { hi.next_down() } else { hi });
                self.fill_bits(shape, move |b| (lo + width * unit_f64(u64::from_le_bytes(b))).min(top).max(lo))
            }
            _ => Err(not_float("uniform", dtype)),
        }
    }

    /// Normally distributed numbers.
    ///
    /// # Errors
    /// [`Error::DType`] unless `dtype` is floating point; [`Error::Argument`] for a negative standard deviation.
    pub fn normal(&mut self, mean: f64, std: f64, shape: impl Into<Shape>, dtype: DType) -> Result<Array> {
        if std.is_nan() || std < 0.0 {
            return Err(Error::argument("normal", format!("the standard deviation must not be negative, got {std}")));
        }
        self.continuous("normal", shape, dtype, move |r| mean + std * Distribution::<f64>::sample(&StandardNormal, r))
    }

    /// Exponentially distributed numbers with this rate; their mean is `1 / rate`.
    ///
    /// # Errors
    /// [`Error::DType`] unless `dtype` is floating point; [`Error::Argument`] unless the rate is positive.
    pub fn exponential(&mut self, rate: f64, shape: impl Into<Shape>, dtype: DType) -> Result<Array> {
        if rate.is_nan() || rate <= 0.0 {
            return Err(Error::argument("exponential", format!("the rate must be positive, got {rate}")));
        }
        self.continuous("exponential", shape, dtype, move |r| Distribution::<f64>::sample(&Exp1, r) / rate)
    }

    fn continuous(
        &mut self,
        op: &'static str,
        shape: impl Into<Shape>,
        dtype: DType,
        sample: impl Fn(&mut ChaCha8Rng) -> f64 + Sync + Send,
    ) -> Result<Array> {
        let shape = checked(shape)?;
        match dtype {
            DType::F32 => self.fill(shape, move |r| sample(r) as f32),
            DType::F64 => self.fill(shape, sample),
            _ => Err(not_float(op, dtype)),
        }
    }

    /// Integers in `lo..hi`, each equally likely.
    ///
    /// # Errors
    /// [`Error::Argument`] if the range is empty or does not fit the dtype; [`Error::DType`] unless that is an integer type.
    ///
    /// ```
    /// use wengert_array::{DType, random::Generator};
    ///
    /// let dice = Generator::new(7).integers(1, 7, [100], DType::I64)?;
    /// assert!(dice.to_vec::<i64>()?.iter().all(|v| (1..=6).contains(v)));
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    pub fn integers(&mut self, lo: i64, hi: i64, shape: impl Into<Shape>, dtype: DType) -> Result<Array> {
        if lo >= hi {
            return Err(Error::argument("integers", format!("needs lo < hi, got {lo} and {hi}")));
        }
        let (least, most) = match dtype {
            DType::U8 => (0, u8::MAX.into()),
            DType::I32 => (i32::MIN.into(), i32::MAX.into()),
            DType::I64 => (i64::MIN, i64::MAX),
            _ => {
                return Err(Error::dtype(
                    "integers",
                    format!("cannot draw integers as {dtype}"),
                    "use int64, int32 or uint8",
                ));
            }
        };
        if lo < least || hi - 1 > most {
            return Err(Error::argument("integers", format!("{lo} to {} does not fit {dtype}", hi - 1)));
        }
        let shape = checked(shape)?;
        let width = hi.wrapping_sub(lo) as u64;
        let draw = move |r: &mut ChaCha8Rng| lo.wrapping_add(bounded(r, width) as i64);
        match dtype {
            DType::U8 => self.fill(shape, move |r| draw(r) as u8),
            DType::I32 => self.fill(shape, move |r| draw(r) as i32),
            _ => self.fill(shape, draw),
        }
    }

    /// Ones (or `true`) with probability `p`, zeros otherwise, in any dtype.
    ///
    /// # Errors
    /// [`Error::Argument`] unless `p` lies between 0 and 1.
    pub fn bernoulli(&mut self, p: f64, shape: impl Into<Shape>, dtype: DType) -> Result<Array> {
        if !(0.0..=1.0).contains(&p) {
            return Err(Error::argument("bernoulli", format!("a probability lies between 0 and 1, got {p}")));
        }
        let shape = checked(shape)?;
        crate::dispatch!(dtype, T => {
            self.fill_bits(shape, move |b| if unit_f64(u64::from_le_bytes(b)) < p { T::ONE } else { T::ZERO })
        })
    }

    /// The numbers `0..n` in random order, as `int64`.
    ///
    /// # Panics
    /// If there is not enough memory.
    pub fn permutation(&mut self, n: usize) -> Array {
        self.try_permutation(n).unwrap_or_else(|e| panic!("{e}"))
    }

    /// As [`Generator::permutation`].
    ///
    /// # Errors
    /// [`Error::Argument`] if there is not enough memory.
    pub fn try_permutation(&mut self, n: usize) -> Result<Array> {
        let mut stream = self.next().stream(Purpose::Draw, 0);
        Array::try_build::<i64>([n], |out| {
            out.iter_mut().enumerate().for_each(|(i, o)| *o = i as i64);
            for i in (1..n).rev() {
                out.swap(i, bounded(&mut stream, i as u64 + 1) as usize);
            }
        })
    }

    /// The entries of `x` along an axis, in random order.
    ///
    /// # Errors
    /// [`Error::Axis`].
    pub fn shuffle(&mut self, x: &Array, axis: usize) -> Result<Array> {
        check_axis("shuffle", axis, x.ndim())?;
        take(x, &self.try_permutation(x.shape()[axis])?, axis)
    }

    /// `k` of the numbers `0..n`, in random order, as `int64`; each at most once unless `replace`.
    ///
    /// # Errors
    /// [`Error::Argument`] if there are not enough numbers.
    pub fn choice(&mut self, n: usize, k: usize, replace: bool) -> Result<Array> {
        if k > 0 && (n == 0 || (!replace && k > n)) {
            return Err(Error::argument(
                "choice",
                format!("cannot choose {k} of {n} numbers; draw fewer, or with replacement"),
            ));
        }
        if replace {
            return self.integers(0, (n as i64).max(1), [k], DType::I64);
        }
        // The first k steps of a shuffle; `moved` holds the few positions that no longer hold their own number.
        let mut stream = self.next().stream(Purpose::Draw, 0);
        let mut moved = std::collections::HashMap::new();
        Array::try_build::<i64>([k], |out| {
            for (i, o) in out.iter_mut().enumerate() {
                let j = i + bounded(&mut stream, (n - i) as u64) as usize;
                let own = moved.get(&i).copied().unwrap_or(i);
                *o = moved.insert(j, own).unwrap_or(j) as i64;
            }
        })
    }

    /// `k` of the positions of `weights`, an array of one axis, each drawn with probability proportional to its weight; as `int64`. Without
    /// replacement no position comes twice.
    ///
    /// # Errors
    /// [`Error::Argument`] unless the weights are finite, not negative, and enough of them positive; [`Error::DType`] unless they are
    /// floating point.
    ///
    /// ```
    /// use wengert_array::{Array, random::Generator};
    ///
    /// let drawn = Generator::new(3).multinomial(&Array::from_slice(&[0.0, 1.0, 0.0]), 2, true)?;
    /// assert_eq!(drawn.to_vec::<i64>()?, [1, 1]);
    /// # Ok::<(), wengert_array::Error>(())
    /// ```
    pub fn multinomial(&mut self, weights: &Array, k: usize, replace: bool) -> Result<Array> {
        const OP: &str = "multinomial";
        if !weights.dtype().is_float() {
            return Err(not_float(OP, weights.dtype()));
        }
        if weights.ndim() != 1 {
            let detail = format!("weights have one axis, but these have shape {}", Shape::new(weights.shape()));
            return Err(Error::argument(OP, detail));
        }
        let weights = weights.cast(DType::F64).try_contiguous()?;
        let weights = contents::<f64>(&weights)?;
        if let Some(bad) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            return Err(Error::argument(OP, format!("weights must be finite and not negative, got {bad}")));
        }
        let positive = weights.iter().filter(|w| **w > 0.0).count();
        if k > 0 && (positive == 0 || (!replace && k > positive)) {
            let detail = format!(
                "cannot draw {k} of {positive} positions with a positive weight; draw fewer, or with replacement"
            );
            return Err(Error::argument(OP, detail));
        }
        if replace {
            return self.weighted(weights, k);
        }
        // Exponential clocks: each rings at a rate that is its weight, and the first k to ring are the sample.
        let mut stream = self.next().stream(Purpose::Draw, 0);
        let ring = |(i, &w): (usize, &f64)| (Distribution::<f64>::sample(&Exp1, &mut stream) / w, i);
        let mut rings: Vec<(f64, usize)> = weights.iter().enumerate().filter(|(_, w)| **w > 0.0).map(ring).collect();
        rings.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Array::try_build::<i64>([k], |out| out.iter_mut().zip(&rings).for_each(|(o, r)| *o = r.1 as i64))
    }

    /// Draws with replacement by inverting the running sum of the weights.
    fn weighted(&mut self, weights: &[f64], k: usize) -> Result<Array> {
        let most = weights.iter().fold(0.0, |m: f64, &w| m.max(w));
        let mut total = 0.0;
        let running: Vec<f64> = weights
            .iter()
            .map(|w| {
                total += w / most;
                total
            })
            .collect();
        let last = weights.iter().rposition(|w| *w > 0.0).unwrap_or(0);
        self.fill(Shape::from([k]), move |r| {
            let at = unit_f64(r.next_u64()) * total;
            running.partition_point(|&sum| sum <= at).min(last) as i64
        })
    }
}

/// One value of the counter.
#[derive(Clone, Copy)]
struct Draw {
    key: [u64; 2],
    counter: u64,
}

impl Draw {
    fn stream(&self, purpose: Purpose, chunk: u64) -> ChaCha8Rng {
        let mut seed = [0; 32];
        let words = [self.key[0], self.key[1], self.counter, purpose as u64];
        seed.chunks_exact_mut(8).zip(words).for_each(|(bytes, word)| bytes.copy_from_slice(&word.to_le_bytes()));
        let mut stream = ChaCha8Rng::from_seed(seed);
        stream.set_stream(chunk);
        stream
    }
}

/// Uniform in `[0, 1)`, a multiple of 2⁻⁵³.
#[inline(always)]
fn unit_f64(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// Uniform in `[0, 1)`, a multiple of 2⁻²⁴.
#[inline(always)]
fn unit_f32(bits: u32) -> f32 {
    (bits >> 8) as f32 * (1.0 / (1u32 << 24) as f32)
}

/// Uniform in `0..width`, where 0 stands for 2⁶⁴: the high half of a product, drawn again in the few cases that would favour some
/// results (Lemire's method).
fn bounded(stream: &mut ChaCha8Rng, width: u64) -> u64 {
    if width == 0 {
        return stream.next_u64();
    }
    let product = |stream: &mut ChaCha8Rng| u128::from(stream.next_u64()) * u128::from(width);
    let mut wide = product(stream);
    if (wide as u64) < width {
        let unfair = width.wrapping_neg() % width;
        while (wide as u64) < unfair {
            wide = product(stream);
        }
    }
    (wide >> 64) as u64
}

fn checked(shape: impl Into<Shape>) -> Result<Shape> {
    let shape = shape.into();
    shape.elements()?;
    Ok(shape)
}

fn not_float(op: &'static str, dtype: DType) -> Error {
    Error::dtype(op, format!("needs a floating-point dtype, got {dtype}"), "use float32 or float64")
}
