//! Dtypes, ranges, random numbers, single elements, threads.

use wengert::prelude::*;
use wengert::random::Generator;
use wengert::{Array, threads};

use super::{Bad, bad};

fn integers() -> Tensor {
    Tensor::from([1, 2, 3])
}

fn generator() -> Generator {
    Generator::new(1)
}

pub fn table() -> Vec<Bad> {
    vec![
        bad("gradient of integers", || integers().try_requires_grad(), &["floating", "int32", "to_dtype"]),
        bad("elements as another type", || integers().try_to_vec::<f64>(), &["int32", "float64", "cast"]),
        bad("the only element of several", || integers().try_item(), &["item", "(3,)", "not one", "sum"]),
        bad("the only element of none", || Tensor::zeros([0]).try_item(), &["item", "(0,)", "not one"]),
        bad("one element as another type", || Array::from(1.0_f32).item::<f64>(), &["float32", "float64"]),
        bad(
            "an element that is not there",
            || Array::from_slice(&[1.0, 2.0]).get(&[2]),
            &["get", "index 2", "2 elements"],
        ),
        bad("an element with too many indices", || Array::from_slice(&[1.0, 2.0]).get(&[0, 0]), &["get", "2", "(2,)"]),
        bad("negative power of integers", || integers().try_powi(-1), &["pow", "int32", "cast to float64"]),
        bad("subtract truth values", || Tensor::from([true]).try_sub(Tensor::from([true])), &["sub", "bool"]),
        bad("range with step zero", || Tensor::try_arange(0.0, 1.0, 0.0), &["arange", "step 0", "not zero"]),
        bad("range that never ends", || Tensor::try_arange(0.0, f64::INFINITY, 1.0), &["arange", "inf", "finite"]),
        bad("range to nowhere", || Tensor::try_arange(0.0, f64::NAN, 1.0), &["arange", "NaN", "finite"]),
        bad(
            "range without memory",
            || Tensor::try_arange(0.0, 1e300, 1.0),
            &["18446744073709551615", "more elements than fit"],
        ),
        bad(
            "uniform with low above high",
            || Tensor::try_uniform(1.0, 0.0, [2], DType::F64, &mut generator()),
            &["uniform", "1", "lo <= hi"],
        ),
        bad(
            "uniform with NaN bounds",
            || Tensor::try_uniform(f64::NAN, 0.0, [2], DType::F64, &mut generator()),
            &["uniform", "NaN", "finite"],
        ),
        bad(
            "uniform integers",
            || Tensor::try_uniform(0.0, 1.0, [2], DType::I64, &mut generator()),
            &["uniform", "int64", "float64"],
        ),
        bad(
            "normal with a negative width",
            || Tensor::try_normal(0.0, -1.0, [2], DType::F64, &mut generator()),
            &["normal", "negative", "-1"],
        ),
        bad("normal truth values", || Tensor::try_randn_as([2], DType::Bool), &["normal", "bool"]),
        bad(
            "exponential with rate zero",
            || generator().exponential(0.0, [2], DType::F64),
            &["exponential", "positive", "0"],
        ),
        bad("random integers with low above high", || Tensor::try_randint(5, 5, [2]), &["integers", "lo < hi", "5"]),
        bad(
            "random integers too large",
            || Tensor::try_integers(0, 300, [2], DType::U8, &mut generator()),
            &["integers", "299", "uint8"],
        ),
        bad(
            "random integers as floats",
            || Tensor::try_integers(0, 3, [2], DType::F32, &mut generator()),
            &["integers", "float32", "int64"],
        ),
        bad("a probability above one", || Tensor::try_bernoulli(1.5, [2]), &["bernoulli", "1.5", "between 0 and 1"]),
        bad("a probability that is NaN", || Tensor::try_bernoulli(f64::NAN, [2]), &["bernoulli", "NaN"]),
        bad(
            "random numbers without memory",
            || Tensor::try_rand([1 << 45, 1 << 8]),
            &["memory", "(35184372088832, 256)"],
        ),
        bad("a permutation without memory", || Tensor::try_randperm(1 << 58), &["memory", "(288230376151711744,)"]),
        bad("choose more than there are", || generator().choice(3, 4, false), &["choice", "4 of 3", "replacement"]),
        bad(
            "negative weights",
            || generator().multinomial(&Array::from_slice(&[1.0, -1.0]), 1, true),
            &["multinomial", "-1", "negative"],
        ),
        bad(
            "weights of integers",
            || generator().multinomial(&Array::from_slice(&[1_i64, 2]), 1, true),
            &["multinomial", "int64"],
        ),
        bad(
            "weights in a matrix",
            || generator().multinomial(&Array::ones([2, 2], DType::F64), 1, true),
            &["multinomial", "(2, 2)", "one axis"],
        ),
        bad(
            "weights that are all zero",
            || generator().multinomial(&Array::zeros([2], DType::F64), 1, true),
            &["multinomial", "0"],
        ),
        bad(
            "shuffle along an axis that is not there",
            || generator().shuffle(&Array::zeros([2], DType::F64), 1),
            &["axis 1", "one axis"],
        ),
        bad("no threads", || threads::set_threads(0), &["threads", "at least 1", "0"]),
    ]
}
