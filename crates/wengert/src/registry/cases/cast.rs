//! Changing the dtype.

use super::{Case, Dense, bools, floats, integers};
use crate::DType;
use crate::apply::apply_one;
use crate::prim::Prim;
use crate::primitives::cast::Cast;
use crate::tensor::Tensor;
use crate::transforms::{jvp, vjp};

pub(super) fn cases() -> Vec<Case> {
    let to = |dtype: DType| move |x: &[Tensor]| apply_one(&Prim::new(Cast { dtype }), &[&x[0]]);
    let mapped = |f: fn(f64) -> f64| {
        move |x: &[Dense]| Dense { shape: x[0].shape.clone(), values: x[0].values.iter().map(|&x| f(x)).collect() }
    };
    let mut cases = Vec::new();
    let shapes: [&[usize]; 4] = [&[2, 3], &[4], &[], &[0, 2]];
    for shape in shapes {
        let x = || vec![floats(shape, -2.9, 2.9)];
        cases
            .push(Case::new("Cast", format!("{shape:?} to float64"), x(), to(DType::F64), mapped(|x| x)).double_only());
        cases.push(Case::new("Cast", format!("{shape:?} to int64"), x(), to(DType::I64), mapped(f64::trunc)));
        cases.push(Case::new("Cast", format!("{shape:?} to int32"), x(), to(DType::I32), mapped(f64::trunc)));
        cases.push(Case::new(
            "Cast",
            format!("{shape:?} to bool"),
            x(),
            to(DType::Bool),
            mapped(|x| f64::from(u8::from(x != 0.0))),
        ));
        let count: usize = shape.iter().product();
        let whole: Vec<i64> = (0..count as i64).map(|i| i - 2).collect();
        cases.push(
            Case::new(
                "Cast",
                format!("int64 {shape:?} to float64"),
                vec![integers(shape, &whole)],
                to(DType::F64),
                mapped(|x| x),
            )
            .double_only(),
        );
        let truth: Vec<bool> = (0..count).map(|i| i % 3 == 0).collect();
        cases.push(
            Case::new(
                "Cast",
                format!("bool {shape:?} to float64"),
                vec![bools(shape, &truth)],
                to(DType::F64),
                mapped(|x| x),
            )
            .double_only(),
        );
        cases.push(Case::new(
            "Cast",
            format!("bool {shape:?} to uint8"),
            vec![bools(shape, &truth)],
            to(DType::U8),
            mapped(|x| x),
        ));
    }
    cases
}

/// Differences of f32 numbers are too coarse for the general checks: here the derivatives are known exactly.
#[test]
fn a_cast_between_floats_rounds_values_tangents_and_cotangents() {
    let third = Tensor::from([1.0 / 3.0, -2.0]);
    let rounded = [f64::from(1.0_f32 / 3.0), -2.0];
    let down = |x: &Tensor| x.to_dtype(DType::F32);
    let (y, t) = jvp(down, &third, &third);
    assert_eq!((y.dtype(), t.dtype()), (DType::F32, DType::F32));
    assert_eq!(Dense::of(&y).values, rounded);
    assert_eq!(Dense::of(&t).values, rounded);
    let (_, pullback) = vjp(down, &third);
    let g = pullback.call(&y);
    assert_eq!(g.dtype(), DType::F64);
    assert_eq!(g.to_vec::<f64>(), rounded);

    let up = |x: &Tensor| x.to_dtype(DType::F64);
    let (wide, pullback) = vjp(up, &y);
    assert_eq!(wide.to_vec::<f64>(), rounded);
    let g = pullback.call(&third);
    assert_eq!(g.dtype(), DType::F32);
    assert_eq!(Dense::of(&g).values, rounded);
}
