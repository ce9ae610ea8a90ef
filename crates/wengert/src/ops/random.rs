//! Random tensors, from a generator of one's own or from the global one.

use std::sync::{Mutex, OnceLock};

use wengert_array::random::Generator;
use wengert_array::{DType, Shape};

use super::create::made;
use crate::node::lock;
use crate::tensor::Tensor;
use crate::twins::twins;

static GLOBAL: OnceLock<Mutex<Generator>> = OnceLock::new();

fn global() -> &'static Mutex<Generator> {
    GLOBAL.get_or_init(|| Mutex::new(Generator::from_entropy()))
}

/// Makes the global generator start again from a seed: from then on [`Tensor::rand`] and the other methods without a
/// generator give the numbers that [`Generator::new`] with this seed gives. Without it they differ from run to run.
///
/// ```
/// use wengert::prelude::*;
/// wengert::manual_seed(0);
/// let a = Tensor::randn([3]);
/// wengert::manual_seed(0);
/// assert_eq!(a.to_vec::<f64>(), Tensor::randn([3]).to_vec::<f64>());
/// ```
pub fn manual_seed(seed: u64) {
    *lock(global()) = Generator::new(seed);
}

/// The global generator as it is for one draw; the global one moves on. Nothing is locked while numbers are drawn, which
/// several threads may share.
fn draw() -> Generator {
    let mut global = lock(global());
    let now = global.clone();
    let [seed, branch, counter] = now.state();
    *global = Generator::from_state([seed, branch, counter.wrapping_add(1)]);
    now
}

impl Tensor {
    twins! {
        /// Numbers spread evenly over [0, 1), with the shape and the floating dtype of this tensor.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([[1.0_f32, 2.0]]).rand_like();
        /// assert_eq!((x.shape(), x.dtype()), (&[1, 2][..], DType::F32));
        /// ```
        pub fn rand_like / try_rand_like(&self) -> Tensor {
            Tensor::try_uniform(0.0, 1.0, self.shape(), self.dtype(), &mut draw())
        }

        /// Normally distributed numbers, with the shape and the floating dtype of this tensor.
        pub fn randn_like / try_randn_like(&self) -> Tensor {
            Tensor::try_normal(0.0, 1.0, self.shape(), self.dtype(), &mut draw())
        }
    }

    twins! {
        /// Numbers spread evenly over [0, 1), `float64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert!(Tensor::rand([100]).to_vec::<f64>().iter().all(|x| (0.0..1.0).contains(x)));
        /// ```
        pub fn rand / try_rand(shape: impl Into<Shape>) -> Tensor {
            Tensor::try_uniform(0.0, 1.0, shape, DType::F64, &mut draw())
        }

        /// Normally distributed numbers with mean 0 and standard deviation 1, `float64`.
        pub fn randn / try_randn(shape: impl Into<Shape>) -> Tensor {
            Tensor::try_normal(0.0, 1.0, shape, DType::F64, &mut draw())
        }

        /// Numbers spread evenly over [0, 1), of a floating dtype.
        pub fn rand_as / try_rand_as(shape: impl Into<Shape>, dtype: DType) -> Tensor {
            Tensor::try_uniform(0.0, 1.0, shape, dtype, &mut draw())
        }

        /// Normally distributed numbers with mean 0 and standard deviation 1, of a floating dtype.
        pub fn randn_as / try_randn_as(shape: impl Into<Shape>, dtype: DType) -> Tensor {
            Tensor::try_normal(0.0, 1.0, shape, dtype, &mut draw())
        }

        /// Integers from `low` up to but without `high`, each equally likely, `int64`.
        pub fn randint / try_randint(low: i64, high: i64, shape: impl Into<Shape>) -> Tensor {
            Tensor::try_integers(low, high, shape, DType::I64, &mut draw())
        }

        /// The numbers 0 to `n − 1` in random order, `int64`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (sorted, _) = Tensor::randperm(5).sort(0, false);
        /// assert_eq!(sorted.to_vec::<i64>(), [0, 1, 2, 3, 4]);
        /// ```
        pub fn randperm / try_randperm(n: usize) -> Tensor {
            Tensor::try_permutation(n, &mut draw())
        }

        /// Numbers spread evenly over [`low`, `high`) from a generator.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// use wengert::random::Generator;
        /// let x = Tensor::uniform(-1.0, 1.0, [4], DType::F32, &mut Generator::new(7));
        /// let y = Tensor::uniform(-1.0, 1.0, [4], DType::F32, &mut Generator::new(7));
        /// assert_eq!(x.to_vec::<f32>(), y.to_vec::<f32>());
        /// ```
        pub fn uniform / try_uniform(
            low: f64,
            high: f64,
            shape: impl Into<Shape>,
            dtype: DType,
            generator: &mut Generator,
        ) -> Tensor {
            made(generator.uniform(low, high, shape, dtype))
        }

        /// Normally distributed numbers from a generator.
        pub fn normal / try_normal(
            mean: f64,
            std: f64,
            shape: impl Into<Shape>,
            dtype: DType,
            generator: &mut Generator,
        ) -> Tensor {
            made(generator.normal(mean, std, shape, dtype))
        }

        /// Integers from `low` up to but without `high` from a generator, of an integer dtype.
        pub fn integers / try_integers(
            low: i64,
            high: i64,
            shape: impl Into<Shape>,
            dtype: DType,
            generator: &mut Generator,
        ) -> Tensor {
            made(generator.integers(low, high, shape, dtype))
        }

        /// The numbers 0 to `n − 1` in random order from a generator, `int64`.
        pub fn permutation / try_permutation(n: usize, generator: &mut Generator) -> Tensor {
            made(generator.try_permutation(n))
        }

        /// Ones with probability `p`, else zeros, `float64`, from the global generator.
        pub fn bernoulli / try_bernoulli(p: f64, shape: impl Into<Shape>) -> Tensor {
            Tensor::try_bernoulli_from(p, shape, DType::F64, &mut draw())
        }

        /// Ones (or `true`) with probability `p`, else zeros, of any dtype, from a generator.
        pub fn bernoulli_from / try_bernoulli_from(
            p: f64,
            shape: impl Into<Shape>,
            dtype: DType,
            generator: &mut Generator,
        ) -> Tensor {
            made(generator.bernoulli(p, shape, dtype))
        }
    }
}
