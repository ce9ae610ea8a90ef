//! Derivatives: what cannot be differentiated, wrong cotangents, ended transforms, user primitives with mistakes.

use std::cell::RefCell;

use wengert::autograd::{Grad, grad as gradient};
use wengert::prelude::*;
use wengert::transforms::{try_grad, try_hessian, try_jacfwd, try_jacrev, try_jvp, try_vjp, try_vmap, try_vmap_axes};
use wengert::{Mask, Outs, Prim, Primitive, Saved, Spec, apply_one};

use super::{Bad, bad};

fn leaf() -> Tensor {
    Tensor::from([1.0, 2.0]).requires_grad()
}

/// x ↦ x with a mistake in its rules.
#[derive(Debug)]
struct Flawed(&'static str);

impl Primitive for Flawed {
    fn name(&self) -> &str {
        self.0
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(inputs[0].clone()))
    }

    fn eval(&self, inputs: &[&wengert::Array]) -> Result<Outs<wengert::Array>> {
        Ok(Outs::One(inputs[0].clone()))
    }

    fn vjp(
        &self,
        _: &Prim,
        saved: &Saved<'_>,
        g: &[Option<Tensor>],
        _: Mask,
        into: &mut [Option<Tensor>],
    ) -> Result<()> {
        into[0] = match self.0 {
            "wrong_shape" => Some(Tensor::zeros([7])),
            "unlisted" => Some(saved.input(0)?.clone()),
            "refusing" => return Err(Error::argument("refusing", "this rule always fails")),
            _ => g[0].clone(),
        };
        Ok(())
    }
}

fn flawed(name: &'static str) -> impl Fn() -> Result<()> {
    move || apply_one(&Prim::new(Flawed(name)), &[&leaf()])?.try_sum()?.backward()
}

/// A primitive with the default rules: none.
#[derive(Debug)]
struct Ruleless;

impl Primitive for Ruleless {
    fn name(&self) -> &str {
        "ruleless"
    }

    fn output(&self, inputs: &[Spec]) -> Result<Outs<Spec>> {
        Ok(Outs::One(inputs[0].clone()))
    }

    fn eval(&self, inputs: &[&wengert::Array]) -> Result<Outs<wengert::Array>> {
        Ok(Outs::One(inputs[0].clone()))
    }
}

fn ruleless(x: &Tensor) -> Result<Tensor> {
    apply_one(&Prim::new(Ruleless), &[x])?.try_sum()
}

/// Uses a tensor of a transform after the transform.
fn escaped(run: impl Fn(&dyn Fn(&Tensor) -> Result<Tensor>) -> Result<()>) -> Result<Tensor> {
    let kept: RefCell<Option<Tensor>> = RefCell::new(None);
    run(&|x: &Tensor| {
        *kept.borrow_mut() = Some(x.clone());
        x.try_sum()
    })?;
    kept.take().unwrap().try_mul(2.0)
}

fn ambient() -> Vec<Bad> {
    vec![
        bad("backward of a vector", || (leaf() * 2.0).backward(), &["scalar outputs", "(2,)", "backward_with"]),
        bad("backward of a constant", || Tensor::from(1.0).backward(), &["does not require grad", "requires_grad()"]),
        bad(
            "backward of a detached tensor",
            || leaf().sum().detach().backward(),
            &["does not require grad", "grad_fn"],
        ),
        bad(
            "backward of what was computed without recording",
            || no_grad(|| leaf().sum()).backward(),
            &["does not require grad", "no_grad"],
        ),
        bad(
            "a second backward",
            || {
                let y = leaf().square().sum();
                y.backward()?;
                y.backward()
            },
            &["second time", "square", "retain_graph"],
        ),
        bad(
            "a cotangent of another shape",
            || (leaf() * 2.0).backward_with(&Tensor::zeros([3])),
            &["backward", "(3,)", "(2,)"],
        ),
        bad(
            "gradient with respect to a constant",
            || gradient(&leaf().sum(), &Tensor::from(1.0)),
            &["input 0", "requires_grad()"],
        ),
        bad(
            "gradient with respect to something unused",
            || gradient(&leaf().sum(), &leaf()),
            &["not have been used", "allow_unused"],
        ),
        bad(
            "gradient of a constant",
            || gradient(&Tensor::from(1.0), &leaf()),
            &["does not require grad", "requires_grad()"],
        ),
        bad(
            "one cotangent for two outputs",
            || {
                let x = leaf();
                Grad::new().grad_outputs(&Tensor::from(1.0)).run(&(x.sum(), x.sum()), &x)
            },
            &["1 grad_outputs", "2 outputs"],
        ),
        bad(
            "a gradient of another shape put in",
            || leaf().set_grad(Some(Tensor::zeros([5]))),
            &["set_grad", "(5,)", "(2,)"],
        ),
        bad(
            "a gradient put into a constant",
            || Tensor::from(1.0).set_grad(None),
            &["does not require grad", "requires_grad()"],
        ),
        bad(
            "retain the gradient of a constant",
            || Tensor::from(1.0).retain_grad(),
            &["does not require grad", "requires_grad()"],
        ),
        bad(
            "a hook on a constant",
            || Tensor::from(1.0).register_hook(|_| None),
            &["does not require grad", "requires_grad()"],
        ),
        bad(
            "a hook that returns another shape",
            || {
                let x = leaf();
                let _hook = x.register_hook(|_| Some(Tensor::zeros([3])))?;
                x.sum().backward()
            },
            &["hook", "(3,)", "(2,)"],
        ),
        bad("a leaf changed in place", || leaf().assign(0.0), &["leaf", "in-place", "no_grad"]),
        bad("an element of a leaf changed in place", || leaf().try_set(0, 1.0), &["leaf", "in-place", "no_grad"]),
        bad("a value of another shape assigned", || Tensor::zeros([2]).assign(Tensor::zeros([3])), &["(3,)", "(2,)"]),
        bad(
            "a value changed before backward",
            || {
                let mut x = leaf();
                let y = x.square().sum();
                no_grad(|| x.assign(5.0))?;
                y.backward()
            },
            &["square", "changed in place", "bad_input", "version"],
        ),
        bad(
            "a NaN on the way back",
            || detect_anomaly(|| Tensor::from(-1.0).requires_grad().sqrt().backward()),
            &["sqrt", "NaN", "bad_input"],
        ),
        bad(
            "a rule that returns another shape",
            flawed("wrong_shape"),
            &["wrong_shape", "(7,)", "(2,)", "correct the rule"],
        ),
        bad("a rule that reads what it did not keep", flawed("unlisted"), &["unlisted", "input 0", "residuals"]),
        bad("a rule that fails", flawed("refusing"), &["always fails", "backward pass of `refusing`", "bad_input"]),
        bad(
            "backward through a primitive without vjp",
            || ruleless(&leaf())?.backward(),
            &["ruleless", "not differentiable", "detach"],
        ),
        bad(
            "one result of a primitive with two",
            || {
                let sort = trace(|x: &Tensor| x.try_sort(0, false).map(|pair| pair.0), &Tensor::zeros([2]))?;
                apply_one(sort.steps()[0].prim(), &[&Tensor::zeros([2])])
            },
            &["sort", "2 results", "apply"],
        ),
    ]
}

pub fn table() -> Vec<Bad> {
    let mut table = ambient();
    let vector = || Tensor::from([1.0, 2.0]);
    table.extend([
        bad(
            "grad of a vector function",
            move || try_grad(|x: &Tensor| x.sin())(&vector()),
            &["grad", "(2,)", "jacobian"],
        ),
        bad(
            "grad of an integer function",
            move || try_grad(|x: &Tensor| x.argmax(0))(&vector()),
            &["grad", "int64", "floating"],
        ),
        bad("hessian of a vector function", move || try_hessian(|x: &Tensor| x.sin())(&vector()), &["(2,)", "scalar"]),
        bad(
            "jacobian of an integer function",
            move || try_jacrev(|x: &Tensor| x.argsort(0, false))(&vector()),
            &["jacrev", "int64"],
        ),
        bad(
            "forward jacobian of an integer function",
            move || try_jacfwd(|x: &Tensor| x.argsort(0, false))(&vector()),
            &["jac", "int64"],
        ),
        bad(
            "a cotangent of another shape pulled back",
            move || try_vjp(|x: &Tensor| x.sin(), &vector())?.1.try_call(&Tensor::zeros([3])),
            &["vjp", "cotangent", "(3,)", "(2,)"],
        ),
        bad(
            "too few cotangents pulled back",
            move || try_vjp(|x: &Tensor| vec![x.sin(), x.cos()], &vector())?.1.try_call(&vec![vector()]),
            &["vjp", "1", "2"],
        ),
        bad(
            "a tangent of another shape",
            move || try_jvp(|x: &Tensor| x.sin(), &vector(), &Tensor::zeros([3])),
            &["jvp", "tangent", "(3,)", "(2,)"],
        ),
        bad(
            "too few tangents",
            move || try_jvp(|x: &Vec<Tensor>| x[0].sin(), &vec![vector(), vector()], &vec![vector()]),
            &["jvp", "1 tangents", "arguments"],
        ),
        bad(
            "too many tangents",
            move || try_jvp(|x: &Vec<Tensor>| x[0].sin(), &vec![vector()], &vec![vector(), vector()]),
            &["jvp", "2 tangents for 1", "one for each"],
        ),
        bad(
            "jvp through a primitive without jvp",
            move || try_jvp(ruleless, &vector(), &vector()),
            &["ruleless", "not differentiable", "jvp"],
        ),
        bad(
            "a batch axis that is not there",
            move || try_vmap(|x: &Tensor| x.sin(), 1)(&vector()),
            &["vmap", "axis 1", "(2,)", "None"],
        ),
        bad(
            "batches of unlike sizes",
            || try_vmap(|(a, b): &(Tensor, Tensor)| a + b, (0, 0))(&(Tensor::zeros([2]), Tensor::zeros([3]))),
            &["vmap", "3", "2", "equal sizes"],
        ),
        bad(
            "nothing batched",
            move || try_vmap(|x: &Tensor| x.sin(), None)(&vector()),
            &["vmap", "no argument has a batch axis", "None"],
        ),
        bad(
            "too few batch axes",
            move || try_vmap(|x: &Vec<Tensor>| x[0].sin(), vec![Some(0)])(&vec![vector(), vector()]),
            &["vmap", "1 axes for 2", "one for each"],
        ),
        bad(
            "a batch axis of the result that is not there",
            move || try_vmap_axes(|x: &Tensor| x.sin(), 0, 1)(&vector()),
            &["vmap", "out axis 1", "1 axes"],
        ),
        bad(
            "a value read inside vmap",
            move || try_vmap(|x: &Tensor| x.try_item().map(Tensor::from), 0)(&vector()),
            &["vmap", "not known", "select"],
        ),
        bad(
            "a value read inside a trace",
            move || trace(|x: &Tensor| x.try_to_vec::<f64>().map(Tensor::from), &vector()),
            &["traced", "not known", "select"],
        ),
        bad(
            "backward inside a transform",
            move || {
                try_grad(|x: &Tensor| {
                    let y = x.sum();
                    y.backward()?;
                    Ok::<Tensor, Error>(y)
                })(&vector())
            },
            &["backward", "transform", "nest `grad`"],
        ),
        bad(
            "a leaf made inside a transform",
            move || try_grad(|x: &Tensor| x.try_requires_grad()?.try_sum())(&vector()),
            &["requires_grad", "transform", "`vjp`"],
        ),
        bad(
            "a tensor escaped from grad",
            move || escaped(|keep| try_grad(keep)(&vector()).map(drop)),
            &["escaped", "mul", "grad", "Return it"],
        ),
        bad(
            "a tensor escaped from jvp",
            move || escaped(|keep| try_jvp(keep, &vector(), &vector()).map(drop)),
            &["escaped", "mul", "jvp", "Return it"],
        ),
        bad(
            "a tensor escaped from vmap",
            || escaped(|keep| try_vmap(keep, 0)(&Tensor::zeros([2, 3])).map(drop)),
            &["escaped", "mul", "vmap", "Return it"],
        ),
        bad(
            "a tensor escaped from trace",
            move || escaped(|keep| trace(keep, &vector()).map(drop)),
            &["escaped", "mul", "trace", "Return it"],
        ),
        bad(
            "a program with too few inputs",
            move || trace(|x: &Tensor| x.sin(), &vector())?.run(&[]),
            &["program", "1 inputs", "run with 0", "trace it again"],
        ),
        bad(
            "a program with an input of another shape",
            move || trace(|x: &Tensor| x.sin(), &vector())?.run(&[&Tensor::zeros([3])]),
            &["program", "(2,)", "(3,)", "trace it again"],
        ),
        bad(
            "a program with an input of another dtype",
            move || trace(|x: &Tensor| x.sin(), &vector())?.run(&[&vector().to_dtype(DType::F32)]),
            &["program", "float64", "float32"],
        ),
    ]);
    table
}
