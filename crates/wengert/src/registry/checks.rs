//! The checks that every case goes through.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::dense::Dense;
use super::layouts::Layout;
use super::{Case, all};
use crate::DType;
use crate::autograd::Grad;
use crate::error::Result;
use crate::tensor::Tensor;
use crate::trace;
use crate::transforms::{try_jvp, try_vjp, try_vmap};

/// What went wrong, and how much was checked.
#[derive(Default)]
pub(super) struct Report {
    checks: usize,
    /// What of which case failed.
    pub(super) failures: Vec<(String, String)>,
    case: String,
}

impl Report {
    fn check(&mut self, what: &str, holds: bool, detail: impl FnOnce() -> String) {
        self.checks += 1;
        if !holds {
            self.failures.push((self.case.clone(), format!("{what}: {}", detail())));
        }
    }

    fn near(&mut self, what: &str, value: &[f64], expected: &[f64], tolerance: f64) {
        let scale = expected.iter().filter(|e| e.is_finite()).fold(1.0_f64, |scale, e| scale.max(e.abs()));
        let wrong = value.len() != expected.len()
            || value
                .iter()
                .zip(expected)
                .any(|(v, e)| !(v == e || (v - e).abs() <= tolerance * scale || (v.is_nan() && e.is_nan())));
        self.check(what, !wrong, || format!("{value:?} is not {expected:?}"));
    }

    fn take<T>(&mut self, what: &str, result: Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.checks += 1;
                self.failures.push((self.case.clone(), format!("{what}: {error}")));
                None
            }
        }
    }
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    Dense::of(tensor).values
}

/// Numbers of the order of one that have nothing to do with each other.
fn direction(like: &Tensor, salt: usize) -> Tensor {
    let values: Vec<f64> = (0..like.len()).map(|i| ((i + 3 * salt + 1) as f64 * 1.234_567).sin()).collect();
    Tensor::from_vec(values, like.shape()).to_dtype(like.dtype())
}

/// The elements moved around: other indices that are as good as those given.
fn rolled(x: &Tensor, by: usize) -> Result<Tensor> {
    x.try_reshape(-1)?.try_roll(by as isize, 0)?.try_reshape(x.shape())
}

fn dot(a: &Tensor, b: &Tensor) -> f64 {
    numbers(a).iter().zip(numbers(b)).map(|(a, b)| a * b).sum()
}

/// A case with its floating inputs alone as arguments, and its floating results alone as results.
struct Function<'a> {
    case: &'a Case,
    inputs: Vec<Tensor>,
    floating: Vec<usize>,
}

impl Function<'_> {
    fn arguments(&self) -> Vec<Tensor> {
        self.floating.iter().map(|&i| self.inputs[i].clone()).collect()
    }

    fn call(&self, arguments: &[Tensor]) -> Result<Vec<Tensor>> {
        let mut inputs = self.inputs.clone();
        for (&i, argument) in self.floating.iter().zip(arguments) {
            inputs[i] = argument.clone();
        }
        Ok((self.case.operation)(&inputs)?.into_iter().filter(|out| out.dtype().is_float()).collect())
    }

    /// The sum of the results weighted with fixed directions: a scalar function.
    fn weighted(&self, arguments: &[Tensor]) -> Result<Tensor> {
        let outs = self.call(arguments)?;
        let mut total = Tensor::from(0.0);
        for (k, out) in outs.iter().enumerate() {
            let weight = direction(out, 11 + k);
            total = total.try_add(out.try_mul(&weight)?.try_sum()?.try_to_dtype(DType::F64)?)?;
        }
        Ok(total)
    }

    fn gradient(&self, arguments: &[Tensor]) -> Result<Vec<Tensor>> {
        crate::transforms::try_grad(|x: &Vec<Tensor>| self.weighted(x))(&arguments.to_vec())
    }
}

fn moved(x: &[Tensor], v: &[Tensor], h: f64) -> Result<Vec<Tensor>> {
    x.iter().zip(v).map(|(x, v)| x.try_add(v.try_mul(h)?)).collect()
}

/// The derivative of `f` at `x` along `v` by central differences of two steps, extrapolated (Richardson,
/// 1911), and how far the two disagree.
fn differences(
    f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>>,
    x: &[Tensor],
    v: &[Tensor],
) -> Result<(Vec<Vec<f64>>, f64)> {
    let central = |h: f64| -> Result<Vec<Vec<f64>>> {
        let (above, below) = (f(&moved(x, v, h)?)?, f(&moved(x, v, -h)?)?);
        Ok(above
            .iter()
            .zip(&below)
            .map(|(a, b)| numbers(a).iter().zip(numbers(b)).map(|(a, b)| (a - b) / (2.0 * h)).collect())
            .collect())
    };
    let h = 2e-4;
    let (coarse, fine) = (central(h)?, central(h / 2.0)?);
    let mut disagreement = 0.0_f64;
    let best = coarse
        .iter()
        .zip(&fine)
        .map(|(coarse, fine)| {
            coarse
                .iter()
                .zip(fine)
                .map(|(c, f)| {
                    disagreement = disagreement.max((c - f).abs());
                    (4.0 * f - c) / 3.0
                })
                .collect()
        })
        .collect();
    Ok((best, disagreement))
}

/// Differences are good for about nine digits; a second difference of values of size one for seven.
const FIRST: f64 = 2e-8;
const SECOND: f64 = 2e-7;

pub(super) fn run(case: &Case, report: &mut Report) {
    report.case = format!("{} {}", case.primitive, case.label);
    for layout in Layout::ALL {
        let originals = case.tensors(DType::F64);
        let laid: Vec<Option<Tensor>> = originals.iter().map(|x| layout.of(x)).collect();
        if laid.iter().all(Option::is_none) {
            continue;
        }
        let inputs: Vec<Tensor> =
            laid.into_iter().zip(originals).map(|(laid, original)| laid.unwrap_or(original)).collect();
        // A repeated element would make ties and repeated indices of what the case keeps apart.
        if layout == Layout::Broadcast && (case.distinct || inputs.iter().any(|x| !x.dtype().is_float())) {
            continue;
        }
        let name = format!("{} {layout:?}", case.label);
        values(case, &name, &inputs, report);
        derivatives(case, &name, &inputs, report);
        if !case.double_only {
            single_precision(case, &name, layout, report);
        }
        batches(case, &name, &inputs, report);
        if layout == Layout::Contiguous {
            seeds(case, &name, &inputs, report);
            traced(case, &name, &inputs, report);
            ambient(case, &name, &inputs, report);
        }
    }
}

fn values(case: &Case, name: &str, inputs: &[Tensor], report: &mut Report) {
    let Some(outs) = report.take(&format!("{name} value"), (case.operation)(inputs)) else { return };
    let dense: Vec<Dense> = inputs.iter().map(Dense::of).collect();
    let expected = (case.reference)(&dense);
    report.check(&format!("{name} number of results"), outs.len() == expected.len(), || {
        format!("{} and {}", outs.len(), expected.len())
    });
    for (out, expected) in outs.iter().zip(&expected) {
        report.check(&format!("{name} shape"), out.shape() == expected.shape, || {
            format!("{:?} is not {:?}", out.shape(), expected.shape)
        });
        report.near(&format!("{name} value"), &numbers(out), &expected.values, case.accuracy);
    }
}

fn function<'a>(case: &'a Case, inputs: &[Tensor]) -> Function<'a> {
    let floating = (0..inputs.len()).filter(|&i| inputs[i].dtype().is_float()).collect();
    Function { case, inputs: inputs.to_vec(), floating }
}

fn derivatives(case: &Case, name: &str, inputs: &[Tensor], report: &mut Report) {
    let f = function(case, inputs);
    let x = f.arguments();
    let Some(outs) = report.take(&format!("{name} call"), f.call(&x)) else { return };
    if outs.is_empty() || x.is_empty() {
        return;
    }
    let v: Vec<Tensor> = x.iter().enumerate().map(|(i, x)| direction(x, i)).collect();

    // jvp against differences.
    let pushed = try_jvp(|x: &Vec<Tensor>| f.call(x), &x, &v);
    let Some((_, tangents)) = report.take(&format!("{name} jvp"), pushed) else { return };
    let Some((expected, _)) = report.take(&format!("{name} differences"), differences(|x| f.call(x), &x, &v)) else {
        return;
    };
    for (tangent, expected) in tangents.iter().zip(&expected) {
        report.near(&format!("{name} jvp"), &numbers(tangent), expected, FIRST);
    }

    // vjp against jvp: ⟨u, J v⟩ = ⟨Jᵀ u, v⟩.
    let u: Vec<Tensor> = outs.iter().enumerate().map(|(k, out)| direction(out, 7 + k)).collect();
    let pulled = try_vjp(|x: &Vec<Tensor>| f.call(x), &x).and_then(|(_, pullback)| pullback.try_call(&u));
    let Some(cotangents) = report.take(&format!("{name} vjp"), pulled) else { return };
    for (x, cotangent) in x.iter().zip(&cotangents) {
        report.check(&format!("{name} cotangent"), x.spec() == cotangent.spec(), || {
            format!("{} of {}", cotangent.spec(), x.spec())
        });
    }
    let left: f64 = u.iter().zip(&tangents).map(|(u, t)| dot(u, t)).sum();
    let right: f64 = cotangents.iter().zip(&v).map(|(c, v)| dot(c, v)).sum();
    report.near(&format!("{name} vjp against jvp"), &[right], &[left], 1e-12);

    // Each argument alone: masks of what is wanted and active.
    if x.len() > 1 {
        for (i, whole) in cotangents.iter().enumerate() {
            let alone = |argument: &Tensor| {
                let mut all = x.clone();
                all[i] = argument.clone();
                f.call(&all)
            };
            let pulled = try_vjp(alone, &x[i]).and_then(|(_, pullback)| pullback.try_call(&u));
            if let Some(cotangent) = report.take(&format!("{name} vjp of input {i} alone"), pulled) {
                report.near(&format!("{name} vjp of input {i} alone"), &numbers(&cotangent), &numbers(whole), 1e-13);
            }
            let pushed = try_jvp(alone, &x[i], &v[i]);
            if let Some((_, tangents)) = report.take(&format!("{name} jvp of input {i} alone"), pushed) {
                let left: f64 = u.iter().zip(&tangents).map(|(u, t)| dot(u, t)).sum();
                report.near(&format!("{name} jvp of input {i} alone"), &[left], &[dot(whole, &v[i])], 1e-12);
            }
        }
    }

    second_order(name, &f, &x, &v, report);
}

fn second_order(name: &str, f: &Function<'_>, x: &Vec<Tensor>, v: &Vec<Tensor>, report: &mut Report) {
    let Some((expected, _)) = report.take(&format!("{name} differences of vjp"), differences(|x| f.gradient(x), x, v))
    else {
        return;
    };
    // Forward over reverse.
    let pushed = try_jvp(|x: &Vec<Tensor>| f.gradient(x), x, v);
    if let Some((_, forward)) = report.take(&format!("{name} jvp of vjp"), pushed) {
        for (tangent, expected) in forward.iter().zip(&expected) {
            report.near(&format!("{name} jvp of vjp"), &numbers(tangent), expected, SECOND);
        }
        // Reverse over reverse: the Hessian is symmetric, so its product is the same.
        let pulled = try_vjp(|x: &Vec<Tensor>| f.gradient(x), x).and_then(|(_, pullback)| pullback.try_call(v));
        if let Some(reverse) = report.take(&format!("{name} vjp of vjp"), pulled) {
            for (a, b) in reverse.iter().zip(&forward) {
                report.near(&format!("{name} vjp of vjp"), &numbers(a), &numbers(b), 1e-11);
            }
        }
        // Reverse over forward.
        let along = |x: &Vec<Tensor>| try_jvp(|x: &Vec<Tensor>| f.weighted(x), x, v).map(|pair| pair.1);
        if let Some(mixed) = report.take(&format!("{name} vjp of jvp"), crate::transforms::try_grad(along)(x)) {
            for (a, b) in mixed.iter().zip(&forward) {
                report.near(&format!("{name} vjp of jvp"), &numbers(a), &numbers(b), 1e-11);
            }
        }
    }
}

/// The same in f32, against f64.
fn single_precision(case: &Case, name: &str, layout: Layout, report: &mut Report) {
    let halves: Vec<Tensor> =
        case.tensors(DType::F32).iter().map(|x| layout.of(x).unwrap_or_else(|| x.clone())).collect();
    let wide: Vec<Tensor> =
        halves.iter().map(|x| if x.dtype() == DType::F32 { x.to_dtype(DType::F64) } else { x.clone() }).collect();
    let (narrow, wide) = (function(case, &halves), function(case, &wide));
    let what = format!("{name} f32");
    let (Some(a), Some(b)) =
        (report.take(&what, narrow.call(&narrow.arguments())), report.take(&what, wide.call(&wide.arguments())))
    else {
        return;
    };
    for (a, b) in a.iter().zip(&b) {
        report.check(&format!("{what} dtype"), a.dtype() == DType::F32, || a.dtype().to_string());
        report.near(&what, &numbers(a), &numbers(b), 3e-6);
    }
    if a.is_empty() || narrow.floating.is_empty() {
        return;
    }
    let gradients = (narrow.gradient(&narrow.arguments()), wide.gradient(&wide.arguments()));
    let (Some(a), Some(b)) = (report.take(&what, gradients.0), report.take(&what, gradients.1)) else { return };
    for (a, b) in a.iter().zip(&b) {
        report.check(&format!("{what} gradient's dtype"), a.dtype() == DType::F32, || a.dtype().to_string());
        report.near(&format!("{what} gradient"), &numbers(a), &numbers(b), 2e-5);
    }
}

/// Batches against a loop: all inputs batched at different axes, each one alone, and the gradient of a
/// batch.
fn batches(case: &Case, name: &str, inputs: &[Tensor], report: &mut Report) {
    const SIZE: usize = 3;
    let batch_of = |input: &Tensor, axis: usize| -> Result<Tensor> {
        let elements: Vec<Tensor> = (0..SIZE)
            .map(|b| if input.dtype().is_float() { input.try_mul(1.0 - 0.01 * b as f64) } else { rolled(input, b) })
            .collect::<Result<_>>()?;
        let elements: Vec<&Tensor> = elements.iter().collect();
        Tensor::try_stack(&elements, axis as isize)
    };
    let all: u32 = (1 << inputs.len()) - 1;
    let mut sets = vec![all];
    if inputs.len() > 1 {
        sets.extend((0..inputs.len()).map(|i| 1 << i));
    }
    for set in sets {
        for place in 0..3 {
            let what = format!("{name} batch {set:b} at {place}");
            let batched = |i: usize| set >> i & 1 == 1;
            // The first axis, the last one, and one of those between where there are any.
            let axis_of = |x: &Tensor| match place {
                0 => 0,
                1 => x.ndim(),
                _ => x.ndim() / 2,
            };
            let made: Result<Vec<Tensor>> = inputs
                .iter()
                .enumerate()
                .map(|(i, x)| if batched(i) { batch_of(x, axis_of(x)) } else { Ok(x.clone()) })
                .collect();
            let Some(whole) = report.take(&what, made) else { continue };
            let axes: Vec<Option<i32>> =
                inputs.iter().enumerate().map(|(i, x)| batched(i).then(|| axis_of(x) as i32)).collect();
            let call = |x: &Vec<Tensor>| (case.operation)(x).map(|outs| outs.into_iter().collect::<Vec<_>>());
            let Some(outs) = report.take(&what, try_vmap(call, axes.clone())(&whole)) else { continue };
            let gradient = |x: &Vec<Tensor>| {
                let f = function(case, x);
                f.gradient(&f.arguments())
            };
            let smooth = inputs.iter().any(|x| x.dtype().is_float()) && outs.iter().any(|out| out.dtype().is_float());
            let gradients =
                if smooth { report.take(&format!("{what} of vjp"), try_vmap(gradient, axes)(&whole)) } else { None };
            for b in 0..SIZE {
                let element: Result<Vec<Tensor>> = whole
                    .iter()
                    .enumerate()
                    .map(|(i, x)| {
                        if batched(i) {
                            x.try_select_index(axis_of(&inputs[i]) as isize, b as isize)
                        } else {
                            Ok(x.clone())
                        }
                    })
                    .collect();
                let Some(element) = report.take(&what, element) else { continue };
                let Some(expected) = report.take(&what, call(&element)) else { continue };
                for (out, expected) in outs.iter().zip(&expected) {
                    let Some(got) = report.take(&what, out.try_select_index(0, b as isize)) else { continue };
                    report.check(&format!("{what} shape"), got.shape() == expected.shape(), || {
                        format!("{:?} is not {:?}", got.shape(), expected.shape())
                    });
                    report.near(&what, &numbers(&got), &numbers(expected), 1e-13);
                }
                if let Some(gradients) = &gradients {
                    let Some(expected) = report.take(&what, gradient(&element)) else { continue };
                    for (got, expected) in gradients.iter().zip(&expected) {
                        let Some(got) = report.take(&what, got.try_select_index(0, b as isize)) else { continue };
                        report.near(&format!("{what} of vjp"), &numbers(&got), &numbers(expected), 1e-12);
                    }
                }
            }
        }
    }
}

/// Batches of cotangents and of tangents at one point, as `jacrev` and `jacfwd` make them, and of points under one
/// tangent.
fn seeds(case: &Case, name: &str, inputs: &[Tensor], report: &mut Report) {
    let f = function(case, inputs);
    let x = f.arguments();
    let Ok(outs) = f.call(&x) else { return };
    if x.is_empty() || outs.is_empty() {
        return;
    }
    let pull =
        |u: &Vec<Tensor>| try_vjp(|x: &Vec<Tensor>| f.call(x), &x).and_then(|(_, pullback)| pullback.try_call(u));
    let push = |v: &Vec<Tensor>| try_jvp(|x: &Vec<Tensor>| f.call(x), &x, v).map(|pair| pair.1);
    let v: Vec<Tensor> = x.iter().enumerate().map(|(i, x)| direction(x, i)).collect();
    let along = |x: &Vec<Tensor>| try_jvp(|x: &Vec<Tensor>| f.call(x), x, &v).map(|pair| pair.1);
    let batch = |like: &[Tensor], salt: usize| -> Result<[Vec<Tensor>; 2]> {
        let one = |k: usize| {
            like.iter()
                .enumerate()
                .map(|(i, x)| x.try_mul(0.5)?.try_add(direction(x, salt + i + 5 * k).try_mul(0.01)?))
                .collect::<Result<Vec<Tensor>>>()
        };
        Ok([one(0)?, one(1)?])
    };
    let mut compare = |what: &str, g: &dyn Fn(&Vec<Tensor>) -> Result<Vec<Tensor>>, batch: Result<[Vec<Tensor>; 2]>| {
        let what = format!("{name} {what}");
        let Some([first, second]) = report.take(&what, batch) else { return };
        let stacked: Result<Vec<Tensor>> =
            first.iter().zip(&second).map(|(a, b)| Tensor::try_stack(&[a, b], 0)).collect();
        let whole = stacked.and_then(|stacked| try_vmap(|x: &Vec<Tensor>| g(x), 0)(&stacked));
        let Some(whole) = report.take(&what, whole) else { return };
        for (b, element) in [first, second].iter().enumerate() {
            let Some(expected) = report.take(&what, g(element)) else { return };
            for (got, expected) in whole.iter().zip(&expected) {
                let Some(got) = report.take(&what, got.try_select_index(0, b as isize)) else { return };
                report.check(&what, got.shape() == expected.shape(), || {
                    format!("{:?} is not {:?}", got.shape(), expected.shape())
                });
                report.near(&what, &numbers(&got), &numbers(expected), 1e-12);
            }
        }
    };
    compare("vjp of a batch of cotangents", &pull, batch(&outs, 20));
    compare("jvp of a batch of tangents", &push, batch(&x, 30));
    // Points that lie close to the case's own.
    let near = |k: usize| x.iter().map(|x| x.try_mul(1.0 - 0.001 * k as f64)).collect::<Result<Vec<Tensor>>>();
    compare("jvp of a batch of points", &along, near(0).and_then(|first| Ok([first, near(1)?])));
}

/// A program does what the function does, values and gradients.
fn traced(case: &Case, name: &str, inputs: &[Tensor], report: &mut Report) {
    let call = |x: &Vec<Tensor>| (case.operation)(x).map(|outs| outs.into_iter().collect::<Vec<_>>());
    let arguments: Vec<&Tensor> = inputs.iter().collect();
    let both = |what: &str, f: &dyn Fn(&Vec<Tensor>) -> Result<Vec<Tensor>>, report: &mut Report| {
        let ran = trace(|x: &Vec<Tensor>| f(x), &inputs.to_vec()).and_then(|program| program.run(&arguments));
        let (Some(ran), Some(direct)) = (report.take(what, ran), report.take(what, f(&inputs.to_vec()))) else {
            return;
        };
        for (a, b) in ran.iter().zip(&direct) {
            report.near(what, &numbers(a), &numbers(b), 1e-14);
        }
    };
    both(&format!("{name} traced"), &call, report);
    let f = function(case, inputs);
    if f.floating.is_empty() || f.call(&f.arguments()).is_ok_and(|outs| outs.is_empty()) {
        return;
    }
    let gradient = |x: &Vec<Tensor>| {
        let f = function(case, x);
        f.gradient(&f.arguments())
    };
    both(&format!("{name} traced vjp"), &gradient, report);
}

/// `requires_grad` and `create_graph` give what the functional transforms give.
fn ambient(case: &Case, name: &str, inputs: &[Tensor], report: &mut Report) {
    let f = function(case, inputs);
    let x = f.arguments();
    if x.is_empty() || f.call(&x).is_ok_and(|outs| outs.is_empty()) {
        return;
    }
    let v: Vec<Tensor> = x.iter().enumerate().map(|(i, x)| direction(x, i)).collect();
    let attempt = || -> Result<(Vec<Tensor>, Vec<Tensor>)> {
        let leaves: Vec<Tensor> = x.iter().map(Tensor::try_requires_grad).collect::<Result<_>>()?;
        let value = f.weighted(&leaves)?;
        if !value.is_tracked() {
            return Ok((x.iter().map(Tensor::zeros_like).collect(), x.iter().map(Tensor::zeros_like).collect()));
        }
        let first = Grad::new().create_graph(true).allow_unused(true).run(&value, &leaves)?;
        let mut along = Tensor::from(0.0);
        for (g, v) in first.iter().zip(&v) {
            along = along.try_add(g.try_mul(v)?.try_sum()?)?;
        }
        let second = if along.is_tracked() {
            Grad::new().allow_unused(true).run(&along, &leaves)?
        } else {
            x.iter().map(Tensor::zeros_like).collect()
        };
        Ok((first, second))
    };
    let Some((first, second)) = report.take(&format!("{name} create_graph"), attempt()) else { return };
    if let Some(expected) = report.take(name, f.gradient(&x)) {
        for (a, b) in first.iter().zip(&expected) {
            report.near(&format!("{name} backward"), &numbers(a), &numbers(b), 1e-14);
        }
    }
    if let Some((_, expected)) = report.take(name, try_jvp(|x: &Vec<Tensor>| f.gradient(x), &x, &v)) {
        for (a, b) in second.iter().zip(&expected) {
            report.near(&format!("{name} backward of backward"), &numbers(a), &numbers(b), 1e-11);
        }
    }
}

#[test]
fn every_case_in_every_mode() {
    let cases = all();
    let mut report = Report::default();
    for case in &cases {
        run(case, &mut report);
    }
    let mut primitives: Vec<&str> = cases.iter().map(|case| case.primitive).collect();
    primitives.sort_unstable();
    primitives.dedup();
    println!(
        "{} checks of {} cases of {} primitives, {} failed",
        report.checks,
        cases.len(),
        primitives.len(),
        report.failures.len()
    );
    let mut by_case: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (case, failure) in &report.failures {
        by_case.entry(case).or_insert((0, failure)).0 += 1;
    }
    let mut text = String::new();
    for (case, (count, first)) in by_case.iter().take(100) {
        let shortened: String = first.chars().take(400).collect();
        let _ = writeln!(text, "{case}: {count}, the first being\n    {shortened}");
    }
    assert!(report.failures.is_empty(), "{} of {} checks failed:\n{text}", report.failures.len(), report.checks);
}
