//! `GradientTape`: the figures of TensorFlow's guide, and what else a tape promises.

use std::collections::BTreeMap;

use wengert::prelude::*;
use wengert::{Array, ErrorKind};

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{a} is not {b}");
}

fn all_close(tensor: &Tensor, expected: &[f64]) {
    let values = tensor.to_vec::<f64>();
    assert_eq!(values.len(), expected.len());
    values.iter().zip(expected).for_each(|(a, b)| close(*a, *b, 1e-8));
}

#[test]
fn the_square_at_three() {
    let x = Tensor::from(3.0);
    let tape = GradientTape::new();
    let y = tape.watch(&x).powi(2);
    let dx = tape.gradient(&y, &x).unwrap();
    assert_eq!(dx.item(), 6.0);
    assert!(!dx.is_tracked());
    assert_eq!(y.item(), 9.0);
}

#[test]
fn a_persistent_tape_answers_any_number_of_times() {
    let tape = GradientTape::new().persistent(true);
    let x = tape.watch(&Tensor::from(3.0));
    let y = &x * &x;
    let z = y.sin();
    for _ in 0..3 {
        close(tape.gradient(&z, &y).unwrap().item(), -0.91113025, 1e-8);
        close(tape.gradient(&z, &x).unwrap().item(), -5.4667816, 1e-7);
        let (dx, dy) = tape.gradient(&z, &(x.clone(), y.clone())).unwrap();
        close(dx.item(), -5.4667816, 1e-7);
        close(dy.item(), -0.91113025, 1e-8);
    }
}

#[test]
fn targets_that_are_not_scalars_are_summed() {
    let tape = GradientTape::new().persistent(true);
    let x = tape.watch(&Tensor::from(Array::linspace(0.0, 3.0, 10, DType::F64)));
    let y = &x * &x;
    let z = y.sin();
    all_close(
        &tape.gradient(&z, &y).unwrap(),
        &[
            1.0,
            0.99383351,
            0.90284967,
            0.54030231,
            -0.20550672,
            -0.93454613,
            -0.65364362,
            0.6683999,
            0.67640492,
            -0.91113026,
        ],
    );
    all_close(
        &tape.gradient(&z, &x).unwrap(),
        &[
            0.0,
            0.66255567,
            1.20379956,
            1.08060461,
            -0.54801792,
            -3.11515378,
            -2.61457448,
            3.11919955,
            3.60749292,
            -5.46678157,
        ],
    );
    // Several targets are summed too, and each can have a cotangent.
    let both = tape.gradient(&(y.clone(), z.clone()), &y).unwrap().to_vec::<f64>();
    close(both[0], 2.0, 1e-15);
    let weighted = tape.gradient_with(&(y.clone(), z), &y, &(&x * 10.0, x.zeros_like())).unwrap();
    all_close(&weighted, &(x * 10.0).to_vec::<f64>());
}

#[test]
fn a_second_gradient_needs_a_persistent_tape() {
    let tape = GradientTape::new();
    let x = tape.watch(&Tensor::from(3.0));
    let y = x.square();
    assert_eq!(tape.gradient(&y, &x).unwrap().item(), 6.0);
    for error in [
        tape.gradient(&y, &x).unwrap_err(),
        tape.gradient_optional(&y, &x).unwrap_err(),
        tape.jacobian(&y, &x).unwrap_err(),
    ] {
        assert!(matches!(error.kind(), ErrorKind::TapeUsed), "{error}");
        assert!(error.to_string().contains("not persistent") && error.to_string().contains(".persistent(true)"));
        assert!(error.to_string().contains("tape.rs"), "{error}");
    }
}

#[test]
fn sources_are_watched_tensors_originals_and_results_in_between() {
    let x = Tensor::from([1.0, 2.0]);
    let tape = GradientTape::new().persistent(true);
    let watched = tape.watch(&x);
    let middle = watched.square();
    let y = (&middle * 3.0).sum();
    assert_eq!(tape.gradient(&y, &x).unwrap().to_vec::<f64>(), [6.0, 12.0]);
    assert_eq!(tape.gradient(&y, &x.clone()).unwrap().to_vec::<f64>(), [6.0, 12.0]);
    assert_eq!(tape.gradient(&y, &watched).unwrap().to_vec::<f64>(), [6.0, 12.0]);
    assert_eq!(tape.gradient(&y, &middle).unwrap().to_vec::<f64>(), [3.0, 3.0]);
    assert_eq!(tape.watched_variables().len(), 1);
    // Another tensor of equal values is another tensor.
    let error = tape.gradient(&y, &Tensor::from([1.0, 2.0])).unwrap_err();
    assert!(error.to_string().contains("not watched"), "{error}");
}

#[test]
fn equal_numbers_are_told_apart_by_what_watch_returned() {
    let (a, b) = (Tensor::from(3.0), Tensor::from(3.0));
    let tape = GradientTape::new().persistent(true);
    let (wa, wb) = tape.watch(&(a.clone(), b));
    let y = &wa * &wb.square();
    let error = tape.gradient(&y, &a).unwrap_err();
    assert!(error.to_string().contains("`watch` returned"), "{error}");
    let (da, db) = tape.gradient(&y, &(wa, wb)).unwrap();
    assert_eq!((da.item(), db.item()), (9.0, 18.0));
}

#[test]
fn sources_in_any_structure_come_back_in_it() {
    let tape = GradientTape::new();
    let layers: BTreeMap<&str, Vec<Tensor>> = BTreeMap::from([
        ("first", vec![Tensor::from([1.0, 2.0]), Tensor::from(0.5)]),
        ("second", vec![Tensor::from([3.0, 4.0])]),
    ]);
    let watched = tape.watch(&layers);
    let y = (&watched["first"][0] * &watched["second"][0]).sum() + &watched["first"][1] * 7.0;
    let gradients = tape.gradient(&y, &layers).unwrap();
    assert_eq!(gradients["first"][0].to_vec::<f64>(), [3.0, 4.0]);
    assert_eq!(gradients["first"][1].item(), 7.0);
    assert_eq!(gradients["second"][0].to_vec::<f64>(), [1.0, 2.0]);
}

#[test]
fn what_is_not_connected_has_none_or_zeros() {
    let tape = GradientTape::new().persistent(true);
    let (x, unused, count) = tape.watch(&(Tensor::from([1.0, 2.0]), Tensor::from([5.0]), Tensor::from([1_i64, 2])));
    let y = x.square() * &count;
    let constant = Tensor::from([7.0]);
    let found = tape.gradient_optional(&y, &vec![x.clone(), unused.clone(), count.clone(), constant]).unwrap();
    assert_eq!(found[0].as_ref().unwrap().to_vec::<f64>(), [2.0, 8.0]);
    assert!(found[1..].iter().all(Option::is_none));
    let (dx, du, dc) = tape.gradient(&y, &(x.clone(), unused, count)).unwrap();
    assert_eq!(dx.to_vec::<f64>(), [2.0, 8.0]);
    assert_eq!(du.to_vec::<f64>(), [0.0]);
    assert_eq!(dc.to_vec::<i64>(), [0, 0]);
    // A target that was computed without the tape.
    let aside = Tensor::from([1.0, 2.0]).square();
    assert!(tape.gradient_optional(&aside, &x).unwrap()[0].is_none());
    let error = tape.gradient(&aside, &x).unwrap_err();
    assert!(error.to_string().contains("not recorded by this tape"), "{error}");
}

#[test]
fn only_what_ran_while_recording_counts() {
    let tape = GradientTape::new();
    let x = tape.watch(&Tensor::from(3.0));
    let constant = tape.stop_recording(|| tape.stop_recording(|| x.square()) + &x);
    let y = &x * &constant;
    tape.stop();
    let after = &y * &x;
    assert_eq!(after.item(), 108.0);
    assert_eq!(tape.gradient(&y, &x).unwrap().item(), 12.0);

    let tape = GradientTape::new();
    let x = tape.watch(&Tensor::from(3.0));
    let y = x.square();
    tape.stop();
    assert!(tape.gradient_optional(&(y * &x), &x).unwrap()[0].is_none());
    assert!(tape.try_watch(&Tensor::from(1.0)).unwrap_err().to_string().contains("reset()"));
}

#[test]
fn stop_recording_ends_with_a_panic_too() {
    let tape = GradientTape::new();
    let x = tape.watch(&Tensor::from(3.0));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        tape.stop_recording(|| x.matmul(&Tensor::zeros([2, 2])));
    }));
    assert!(panicked.is_err());
    assert_eq!(tape.gradient(&x.square(), &x).unwrap().item(), 6.0);
}

#[test]
fn a_tape_that_stops_within_a_pause_harms_no_other() {
    let tape = GradientTape::new();
    let x = tape.watch(&Tensor::from(3.0));
    let other = tape.stop_recording(|| {
        tape.stop();
        GradientTape::new()
    });
    let y = other.watch(&Tensor::from(2.0));
    assert_eq!(other.gradient(&(&y * &x), &y).unwrap().item(), 3.0);
}

#[test]
fn tensors_outlive_their_tape_as_plain_values() {
    let tape = GradientTape::new();
    let x = tape.watch(&Tensor::from([1.0, 2.0]));
    let y = x.square();
    let total = y.sum();
    drop(tape);
    assert_eq!((&y + 1.0).to_vec::<f64>(), [2.0, 5.0]);
    assert_eq!((total * 2.0).item(), 10.0);
    assert!(!y.is_tracked());
    // They are values to every transform and to `requires_grad` too.
    assert_eq!(grad(|w: &Tensor| (w * &y).sum())(&Tensor::from(1.0)).item(), 5.0);
    let leaf = y.requires_grad();
    (&leaf * &x).sum().backward().unwrap();
    assert_eq!(leaf.grad().unwrap().to_vec::<f64>(), [1.0, 2.0]);
    let next = GradientTape::new();
    let watched = next.watch(&y);
    assert_eq!(next.gradient(&watched.square(), &y).unwrap().to_vec::<f64>(), [2.0, 8.0]);
}

#[test]
fn reset_forgets_and_records_anew() {
    let tape = GradientTape::new();
    let old = tape.watch(&Tensor::from(3.0));
    assert_eq!(tape.gradient(&old.square(), &old).unwrap().item(), 6.0);
    tape.reset();
    assert!(tape.watched_variables().is_empty());
    let x = tape.watch(&Tensor::from(2.0));
    let y = &x * &x * &old;
    assert!(tape.gradient_optional(&old, &old).is_ok_and(|found| found[0].is_none()));
    tape.reset();
    let x = tape.watch(&x);
    assert_eq!(tape.gradient(&(y * &x), &x).unwrap().item(), 12.0);
}

#[test]
fn nested_tapes_give_higher_derivatives() {
    let x = Tensor::from([1.0, 2.0]);
    let (a, b, c) = (GradientTape::new(), GradientTape::new(), GradientTape::new());
    let xa = a.watch(&x);
    let xb = b.watch(&xa);
    let y = c.watch(&xb).powi(4);
    let first = c.gradient(&y, &x).unwrap();
    let second = b.gradient(&first, &x).unwrap();
    let third = a.gradient(&second, &x).unwrap();
    assert_eq!(first.to_vec::<f64>(), [4.0, 32.0]);
    assert_eq!(second.to_vec::<f64>(), [12.0, 48.0]);
    assert_eq!(third.to_vec::<f64>(), [24.0, 48.0]);
}

#[test]
fn a_penalty_on_the_gradient() {
    // y = x³, loss = y + y'²: the derivative is 3x² + 2·3x²·6x.
    let outer = GradientTape::new();
    let x = outer.watch(&Tensor::from(2.0));
    let inner = GradientTape::new();
    let y = inner.watch(&x).powi(3);
    let dy = inner.gradient(&y, &x).unwrap();
    let loss = &y + dy.square();
    assert_eq!(outer.gradient(&loss, &x).unwrap().item(), 12.0 + 2.0 * 12.0 * 12.0);
}

#[test]
fn leaves_that_require_grad_are_watched_by_themselves() {
    let w = Tensor::from(3.0).requires_grad();
    let tape = GradientTape::new().persistent(true);
    let x = tape.watch(&Tensor::from(2.0));
    let y = &x * w.square();
    let (dx, dw) = no_grad(|| tape.gradient(&y, &(x.clone(), w.clone()))).unwrap();
    assert_eq!((dx.item(), dw.item()), (9.0, 12.0));
    assert!(!dw.is_tracked());
    assert!(w.grad().is_none());
    // `backward` finds the graph as it was.
    tape.stop();
    y.backward().unwrap();
    assert_eq!(w.grad().unwrap().item(), 12.0);

    let tapes = (GradientTape::new(), GradientTape::new());
    let dy = tapes.1.gradient(&w.powi(3), &w).unwrap();
    assert_eq!(tapes.0.gradient(&dy, &w).unwrap().item(), 18.0);

    // What an outer tape could not record is an error that says what to do.
    let outer = GradientTape::new();
    let x = outer.watch(&Tensor::from(2.0));
    let inner = GradientTape::new().persistent(true);
    let error = inner.gradient(&(&x * &w), &w).unwrap_err();
    assert!(error.to_string().contains("tape.watch(&leaf)"), "{error}");
    let y = &x * inner.watch(&w).square();
    let dw = inner.gradient(&y, &w).unwrap();
    assert_eq!(dw.item(), 12.0);
    assert_eq!(outer.gradient(&dw, &x).unwrap().item(), 6.0);
}

#[test]
fn jacobians() {
    let tape = GradientTape::new().persistent(true);
    let x = tape.watch(&Tensor::from([1.0, 2.0]));
    let s = tape.watch(&Tensor::from(3.0));
    let y = Tensor::stack(&[&(x.i(0) * &s), &(x.i(0) * x.i(1)), &x.i(1).square()], 0);
    let (jx, js) = tape.jacobian(&y, &(x.clone(), s)).unwrap();
    assert_eq!(jx.shape(), [3, 2]);
    assert_eq!(jx.to_vec::<f64>(), [3.0, 0.0, 2.0, 1.0, 0.0, 4.0]);
    assert_eq!(js.to_vec::<f64>(), [1.0, 0.0, 0.0]);
    // Nested: the Hessian.
    let outer = GradientTape::new();
    let x = outer.watch(&Tensor::from([1.0, 2.0]));
    let inner = GradientTape::new();
    let watched = inner.watch(&x);
    let g = inner.gradient(&(watched.i(0).powi(2) * watched.i(1)), &x).unwrap();
    assert_eq!(outer.jacobian(&g, &x).unwrap().to_vec::<f64>(), [4.0, 2.0, 2.0, 0.0]);
}

#[test]
fn batch_jacobians() {
    let w = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let tape = GradientTape::new().persistent(true);
    let x = tape.watch(&Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]));
    let y = x.square().matmul(&w);
    let j = tape.batch_jacobian(&y, &x).unwrap();
    assert_eq!(j.shape(), [4, 3, 2]);
    let whole = tape.jacobian(&y, &x).unwrap();
    for b in 0..4_i64 {
        assert_eq!(j.i(b).to_vec::<f64>(), whole.i((b, .., b)).to_vec::<f64>());
    }
    let error = tape.batch_jacobian(&y, &y.i(0)).unwrap_err();
    assert!(error.to_string().contains("(4, 3)") && error.to_string().contains("(3,)"), "{error}");
}

#[test]
fn gradients_do_not_accumulate() {
    let x = Tensor::from(2.0).requires_grad();
    for _ in 0..2 {
        let tape = GradientTape::new();
        assert_eq!(tape.gradient(&x.square(), &x).unwrap().item(), 4.0);
    }
    assert!(x.grad().is_none());
}

#[test]
fn tapes_and_transforms_nest() {
    // A tape in a batch, and in a gradient.
    let slope = |x: &Tensor| -> Result<Tensor> {
        let tape = GradientTape::new();
        let y = tape.watch(x).powi(3);
        tape.gradient(&y, x)
    };
    assert_eq!(vmap(slope, 0)(&Tensor::from([1.0, 2.0])).to_vec::<f64>(), [3.0, 12.0]);
    assert_eq!(grad(slope)(&Tensor::from(2.0)).item(), 12.0);
    assert_eq!(jvp(slope, &Tensor::from(2.0), &Tensor::from(1.0)).1.item(), 12.0);
    // A gradient in a tape.
    let tape = GradientTape::new();
    let x = tape.watch(&Tensor::from(2.0));
    let dy = grad(|x: &Tensor| x.powi(3))(&x);
    assert_eq!(tape.gradient(&dy, &x).unwrap().item(), 12.0);
}

#[test]
fn a_cotangent_of_another_shape_is_an_error() {
    let tape = GradientTape::new();
    let x = tape.watch(&Tensor::from([1.0, 2.0]));
    let y = x.square();
    let error = tape.gradient_with(&y, &x, &Tensor::from([1.0, 2.0, 3.0])).unwrap_err();
    assert!(error.to_string().contains("(3,)") && error.to_string().contains("(2,)"), "{error}");
    // The mistake did not use up the tape.
    assert_eq!(tape.gradient(&y, &x).unwrap().to_vec::<f64>(), [2.0, 4.0]);
}

#[test]
fn a_tape_goes_to_other_threads() {
    let tape = GradientTape::new().persistent(true);
    let x = tape.watch(&Tensor::from(3.0));
    let slopes: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..4)
            .map(|n| {
                let (x, tape) = (&x, &tape);
                scope.spawn(move || tape.gradient(&x.powi(n), x).unwrap().item())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(slopes, [1.0, 6.0, 27.0]);
}

#[test]
fn a_persistent_tape_that_records_differentiates_its_own_gradients() {
    let tape = GradientTape::new().persistent(true);
    let x = tape.watch(&Tensor::from([1.0, 2.0]));
    let y = x.powi(3);
    let first = tape.gradient(&y, &x).unwrap();
    let second = tape.gradient(&first, &x).unwrap();
    let third = tape.gradient(&second, &x).unwrap();
    assert_eq!(second.to_vec::<f64>(), [6.0, 12.0]);
    assert_eq!(third.to_vec::<f64>(), [6.0, 6.0]);
    let jacobian = tape.jacobian(&first, &x).unwrap();
    assert_eq!(jacobian.to_vec::<f64>(), [6.0, 0.0, 0.0, 12.0]);
    tape.pause();
    let unrecorded = tape.gradient(&y, &x).unwrap();
    tape.resume();
    assert!(tape.gradient(&unrecorded, &x).is_err(), "nothing is recorded while the tape is paused");
}

#[test]
fn an_outer_tape_may_watch_what_an_inner_one_watches_already() {
    let outer = GradientTape::new();
    let inner = GradientTape::new();
    for x in [Tensor::from(2.0), Tensor::from([2.0, 2.0]).sum().reshape([1])] {
        let at = x.item();
        let x = outer.watch_anew(&inner.watch_anew(&x).unwrap()).unwrap();
        let inner = GradientTape::new().persistent(true);
        let x = inner.watch_anew(&x).unwrap();
        let outer = GradientTape::new().persistent(true);
        let y = outer.watch_anew(&x).unwrap().powi(3);
        assert_eq!(inner.gradient(&y, &x).unwrap().item(), 3.0 * at * at);
    }
    let outer = GradientTape::new();
    let inner = GradientTape::new();
    let x = inner.watch(&Tensor::from(2.0));
    let x = outer.watch(&x);
    let slope = inner.gradient(&x.powi(3), &x).unwrap();
    assert_eq!(outer.gradient(&slope, &x).unwrap().item(), 12.0);
}

#[test]
fn what_is_not_recorded_has_no_gradient() {
    let tape = GradientTape::new().persistent(true);
    let (x, c, n) = (tape.watch(&Tensor::from(3.0)), Tensor::from(3.0), Tensor::from(2_i64));
    let y = &x * &c;
    let sources = [x.clone(), c.clone(), n.clone(), y.clone()];
    let found = tape.gradient_recorded(std::slice::from_ref(&y), &sources, None).unwrap();
    assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false, true]);
    assert!(tape.gradient_recorded(&[c.clone(), n], &sources, None).unwrap().iter().all(Option::is_none));
    let rows = tape.jacobian_recorded(&y, &[x, c]).unwrap();
    assert!(rows[0].as_ref().unwrap().item() == 3.0 && rows[1].is_none());
    let batch = tape.watch(&Tensor::from([[1.0], [2.0]]));
    let blocks = tape.batch_jacobian_recorded(&batch.square(), &batch).unwrap().unwrap();
    assert_eq!((blocks.shape(), blocks.to_vec::<f64>()), (&[2, 1, 1][..], vec![2.0, 4.0]));
    assert!(tape.batch_jacobian_recorded(&batch.square(), &Tensor::from([[1.0], [2.0]])).unwrap().is_none());
}

#[test]
fn a_tensor_watched_by_one_tape_after_the_other_does_not_grow() {
    let mut x = Tensor::from(2.0);
    for _ in 0..3 {
        let tape = GradientTape::new();
        x = tape.watch_anew(&x).unwrap();
        assert_eq!(tape.gradient(&x.square(), &x).unwrap().item(), 4.0);
    }
}
