//! Transforms in every nesting, against closed forms.

use std::collections::{BTreeMap, HashMap};

use wengert::prelude::*;
use wengert::transforms::{grad_with_aux, try_jvp, try_vjp, try_vmap, vmap_axes};
use wengert::{ErrorKind, Tree};

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{a} is not {b}");
}

fn derivative(f: impl Fn(&Tensor) -> Tensor) -> impl Fn(&Tensor) -> Tensor {
    move |x| jvp(&f, x, &x.ones_like()).1
}

#[test]
fn derivatives_of_sine_to_the_fifth_order() {
    let x = Tensor::from(0.7);
    let f = |x: &Tensor| x.sin();
    close(grad(f)(&x).item(), 0.7f64.cos());
    close(grad(grad(f))(&x).item(), -(0.7f64.sin()));
    close(grad(grad(grad(f)))(&x).item(), -(0.7f64.cos()));
    close(grad(grad(grad(grad(f))))(&x).item(), 0.7f64.sin());
    close(grad(grad(grad(grad(grad(f)))))(&x).item(), 0.7f64.cos());
}

#[test]
fn every_pair_and_triple_of_forward_and_reverse() {
    // f = x·eˣ: the n-th derivative is (x + n)·eˣ.
    let f = |x: &Tensor| x * x.exp();
    let x = Tensor::from(0.3);
    let nth = |n: f64| (0.3 + n) * 0.3f64.exp();
    close(grad(f)(&x).item(), nth(1.0));
    close(derivative(f)(&x).item(), nth(1.0));
    close(grad(grad(f))(&x).item(), nth(2.0));
    close(derivative(grad(f))(&x).item(), nth(2.0));
    close(grad(derivative(f))(&x).item(), nth(2.0));
    close(derivative(derivative(f))(&x).item(), nth(2.0));
    close(grad(derivative(grad(f)))(&x).item(), nth(3.0));
    close(derivative(grad(derivative(f)))(&x).item(), nth(3.0));
    close(derivative(derivative(grad(f)))(&x).item(), nth(3.0));
    close(grad(grad(derivative(f)))(&x).item(), nth(3.0));
}

#[test]
fn batches_of_gradients_and_gradients_of_batches() {
    let xs = Tensor::from([0.1, 0.5, 2.0]);
    let f = |x: &Tensor| x.sin() * x;
    let df = |x: f64| x.cos() * x + x.sin();
    let d2f = |x: f64| 2.0 * x.cos() - x * x.sin();
    let batch = vmap(grad(f), 0)(&xs).to_vec::<f64>();
    let whole = grad(|xs: &Tensor| vmap(f, 0)(xs).sum())(&xs).to_vec::<f64>();
    let forward = vmap(derivative(f), 0)(&xs).to_vec::<f64>();
    let second = vmap(grad(grad(f)), 0)(&xs).to_vec::<f64>();
    let mixed = derivative(vmap(grad(f), 0))(&xs).to_vec::<f64>();
    let nested = grad(|xs: &Tensor| vmap(grad(f), 0)(xs).sum())(&xs).to_vec::<f64>();
    for (i, x) in [0.1, 0.5, 2.0].into_iter().enumerate() {
        close(batch[i], df(x));
        close(whole[i], df(x));
        close(forward[i], df(x));
        close(second[i], d2f(x));
        close(mixed[i], d2f(x));
        close(nested[i], d2f(x));
    }
}

#[test]
fn batch_in_batch() {
    let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([10.0, 20.0, 30.0]));
    let table = vmap(
        |(x, b): &(Tensor, Tensor)| vmap(|(x, y): &(Tensor, Tensor)| x * y, (None, 0))(&(x.clone(), b.clone())),
        (0, None),
    );
    let product = table(&(a, b));
    assert_eq!(product.shape(), [2, 3]);
    assert_eq!(product.to_vec::<f64>(), [10.0, 20.0, 30.0, 20.0, 40.0, 60.0]);
}

#[test]
fn perturbations_are_not_confused() {
    let one = Tensor::from(1.0);
    // d/dx [x · d/dy (x + y)] = 1, not 2 (Siskind and Pearlmutter, 2005).
    let inner = |x: &Tensor| {
        let x = x.clone();
        derivative(move |y: &Tensor| &x + y)(&Tensor::from(1.0))
    };
    close(derivative(|x| x * inner(x))(&one).item(), 1.0);
    close(grad(|x: &Tensor| x * inner(x))(&one).item(), 1.0);
    // The same, reverse inside.
    let inner = |x: &Tensor| {
        let x = x.clone();
        grad(move |y: &Tensor| &x + y)(&Tensor::from(1.0))
    };
    close(derivative(|x| x * inner(x))(&one).item(), 1.0);
    close(grad(|x: &Tensor| x * inner(x))(&one).item(), 1.0);
    // d/dx [x · d/dy (x·y)] at y = 2: inner is x, so the derivative is 2x.
    let by = |x: &Tensor| {
        let x = x.clone();
        grad(move |y: &Tensor| &x * y)(&Tensor::from(2.0))
    };
    close(derivative(|x| x * by(x))(&Tensor::from(3.0)).item(), 6.0);
    // A constant of the inner function that is a variable of the outer one, through a product with itself.
    let tower = |x: &Tensor| {
        let x = x.clone();
        let at = x.clone();
        grad(move |y: &Tensor| &x * &x * y * y)(&at)
    };
    // d/dy (x²y²) at y = x is 2x³; its derivative 6x².
    close(grad(tower)(&Tensor::from(2.0)).item(), 24.0);
}

#[test]
fn ambient_tensors_inside_transforms() {
    let w = Tensor::from(3.0).requires_grad();
    let inner = grad(|x: &Tensor| &w * x * x)(&Tensor::from(2.0));
    assert_eq!(inner.item(), 12.0);
    inner.backward().unwrap();
    assert_eq!(w.grad().unwrap().item(), 4.0);

    let w = Tensor::from([1.0, 2.0]).requires_grad();
    let rows = Tensor::from([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    vmap(|row: &Tensor| (row * &w).sum(), 0)(&rows).sum().backward().unwrap();
    assert_eq!(w.grad().unwrap().to_vec::<f64>(), [2.0, 2.0]);
}

#[test]
fn jacobians_both_ways() {
    let f = |x: &Tensor| Tensor::stack(&[&x.i(0), &(x.i(0) * x.i(1))], 0);
    let x = Tensor::from([2.0, 3.0]);
    assert_eq!(jacrev(f)(&x).to_vec::<f64>(), [1.0, 0.0, 3.0, 2.0]);
    assert_eq!(jacfwd(f)(&x).to_vec::<f64>(), [1.0, 0.0, 3.0, 2.0]);
    let f = |x: &Tensor| x.square().reshape([3, 2]);
    let x = Tensor::arange(0.0, 6.0, 1.0).reshape([2, 3]);
    let (reverse, forward) = (jacrev(f)(&x), jacfwd(f)(&x));
    assert_eq!(reverse.shape(), [3, 2, 2, 3]);
    assert_eq!(reverse.to_vec::<f64>(), forward.to_vec::<f64>());
}

#[test]
fn hessians_of_one_and_of_two_arguments() {
    let rosenbrock = |x: &Tensor| (1.0 - x.i(0)).powi(2) + 100.0 * (x.i(1) - x.i(0).powi(2)).powi(2);
    let h = hessian(rosenbrock)(&Tensor::from([1.0, 1.0])).to_vec::<f64>();
    assert_eq!(h, [802.0, -400.0, -400.0, 200.0]);

    let f = |(x, y): &(Tensor, Tensor)| (x.square() * y).sum();
    let h = hessian(f)(&(Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0])));
    assert_eq!(h.0.0.to_vec::<f64>(), [6.0, 0.0, 0.0, 8.0]);
    assert_eq!(h.0.1.to_vec::<f64>(), [2.0, 0.0, 0.0, 4.0]);
    assert_eq!(h.1.0.to_vec::<f64>(), [2.0, 0.0, 0.0, 4.0]);
    assert_eq!(h.1.1.to_vec::<f64>(), [0.0; 4]);
}

#[test]
fn hessian_vector_product_without_the_hessian() {
    let n = 50_000;
    let x = Tensor::linspace(0.0, 1.0, n);
    let v = Tensor::ones([n]);
    let hv = hvp(|x: &Tensor| x.powi(4).sum(), &x, &v).to_vec::<f64>();
    let at = x.to_vec::<f64>();
    for i in (0..n).step_by(997) {
        close(hv[i], 12.0 * at[i] * at[i]);
    }
}

#[derive(Tree, Clone)]
struct Layer {
    weight: Tensor,
    bias: Tensor,
    #[tree(skip)]
    name: String,
}

#[test]
fn trees_of_every_kind() {
    let layer = Layer { weight: Tensor::from([2.0, 3.0]), bias: Tensor::from(1.0), name: "first".into() };
    let g = grad(|l: &Layer| (&l.weight * 2.0).sum() + &l.bias)(&layer);
    assert_eq!((g.weight.to_vec::<f64>(), g.bias.item(), g.name.as_str()), (vec![2.0, 2.0], 1.0, "first"));

    let list = vec![Tensor::from(1.0), Tensor::from(2.0)];
    let g = grad(|l: &Vec<Tensor>| &l[0] * &l[1])(&list);
    assert_eq!((g[0].item(), g[1].item()), (2.0, 1.0));

    let map = HashMap::from([("a".to_string(), Tensor::from(3.0)), ("b".to_string(), Tensor::from(4.0))]);
    let g = grad(|m: &HashMap<String, Tensor>| &m["a"] * m["b"].square())(&map);
    assert_eq!((g["a"].item(), g["b"].item()), (16.0, 24.0));

    let map = BTreeMap::from([(1, Tensor::from(3.0)), (2, Tensor::from(4.0))]);
    let g = grad(|m: &BTreeMap<i32, Tensor>| &m[&1] / &m[&2])(&map);
    assert_eq!((g[&1].item(), g[&2].item()), (0.25, -0.1875));

    let nested = ([Tensor::from(1.0), Tensor::from(2.0)], Some(Tensor::from(3.0)), (Tensor::from(4_i64),));
    let g = grad(|t: &([Tensor; 2], Option<Tensor>, (Tensor,))| &t.0[0] * &t.0[1] * t.1.as_ref().unwrap())(&nested);
    assert_eq!((g.0[0].item(), g.0[1].item(), g.1.unwrap().item()), (6.0, 3.0, 2.0));
    assert_eq!(g.2.0.dtype(), DType::I64);
}

#[test]
fn values_come_with_gradients_and_more() {
    let (value, g) = value_and_grad(|x: &Tensor| x.square().sum())(&Tensor::from([1.0, 2.0]));
    assert_eq!((value.item(), g.to_vec::<f64>()), (5.0, vec![2.0, 4.0]));
    assert!(!value.is_tracked());
    let (g, aux) = grad_with_aux(|x: &Tensor| (x.square().sum(), x + 1.0))(&Tensor::from([1.0]));
    assert_eq!((g.item(), aux.item()), (2.0, 2.0));
    // What the transform hands out can be used after it.
    assert_eq!((aux * 2.0).item(), 4.0);
}

#[test]
fn functions_may_fail() {
    let f = |x: &Tensor| -> Result<Tensor> { x.try_matmul(x)?.try_sum() };
    let error = try_grad(f)(&Tensor::zeros([2, 3])).unwrap_err();
    assert!(error.to_string().contains("(2, 3)"), "{error}");
    assert_eq!(try_grad(f)(&Tensor::ones([2, 2])).unwrap().shape(), [2, 2]);
}

#[test]
fn gradients_are_of_scalars() {
    let error = try_grad(|x: &Tensor| x.square())(&Tensor::ones([3])).unwrap_err();
    assert!(error.to_string().contains("(3,)") && error.to_string().contains("jacobian"), "{error}");
    let error = try_grad(|x: &Tensor| x.gt(0.0))(&Tensor::from(1.0)).unwrap_err();
    assert!(error.to_string().contains("bool"), "{error}");
}

#[test]
fn products_check_their_shapes() {
    let x = Tensor::ones([3]);
    let (_, pullback) = try_vjp(|x: &Tensor| x * 2.0, &x).unwrap();
    let error = pullback.try_call(&Tensor::ones([2])).unwrap_err();
    assert!(error.to_string().contains("(2,)") && error.to_string().contains("(3,)"), "{error}");
    let error = try_jvp(|x: &Tensor| x * 2.0, &x, &Tensor::ones([2])).unwrap_err();
    assert!(error.to_string().contains("tangent") && error.to_string().contains("(2,)"), "{error}");
    // A pullback can be called again and again, and inside other transforms.
    let rows = vmap(|v: &Tensor| pullback.call(v), 0)(&Tensor::ones([4, 3]));
    assert_eq!(rows.to_vec::<f64>(), [2.0; 12]);
}

#[test]
fn axes_of_batches() {
    let x = Tensor::arange(0.0, 6.0, 1.0).reshape([2, 3]);
    assert_eq!(vmap(|c: &Tensor| c.sum(), 1)(&x).to_vec::<f64>(), [3.0, 5.0, 7.0]);
    assert_eq!(vmap(|c: &Tensor| c.sum(), -1)(&x).to_vec::<f64>(), [3.0, 5.0, 7.0]);
    assert_eq!(vmap_axes(|c: &Tensor| c * 2.0, 0, 1)(&x).shape(), [3, 2]);
    // A result that does not depend on the batch is the same for each.
    assert_eq!(vmap(|_: &Tensor| Tensor::from(7.0), 0)(&x).to_vec::<f64>(), [7.0, 7.0]);
    let cases: [(i32, &str); 2] = [(2, "out of range"), (-3, "out of range")];
    for (axis, text) in cases {
        let error = try_vmap(|c: &Tensor| c.sum(), axis)(&x).unwrap_err();
        assert!(error.to_string().contains(text) && error.to_string().contains("(2, 3)"), "{error}");
    }
    let error = try_vmap(|(a, b): &(Tensor, Tensor)| a + b, 0)(&(Tensor::ones([2]), Tensor::ones([3]))).unwrap_err();
    assert!(error.to_string().contains("equal sizes"), "{error}");
    let error = try_vmap(|a: &Tensor| a + 1.0, None)(&Tensor::ones([2])).unwrap_err();
    assert!(error.to_string().contains("no argument has a batch axis"), "{error}");
}

#[test]
fn a_tensor_that_escapes_is_found_out() {
    use std::cell::RefCell;
    let stolen = RefCell::new(None);
    let _ = grad(|x: &Tensor| {
        *stolen.borrow_mut() = Some(x * 2.0);
        x * x
    })(&Tensor::from(1.0));
    let escaped = stolen.borrow().clone().unwrap();
    let error = escaped.try_add(1.0).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Escaped { .. }), "{error}");
    assert!(error.to_string().contains("escaped"), "{error}");

    let _ = vmap(
        |x: &Tensor| {
            *stolen.borrow_mut() = Some(x.clone());
            x.clone()
        },
        0,
    )(&Tensor::from([1.0, 2.0]));
    let error = stolen.borrow().clone().unwrap().try_sin().unwrap_err();
    assert!(error.to_string().contains("vmap"), "{error}");
}

#[test]
fn values_are_not_known_inside_a_batch_or_trace() {
    let error = try_vmap(|x: &Tensor| x.try_item().map(Tensor::from), 0)(&Tensor::from([1.0, 2.0])).unwrap_err();
    assert!(error.to_string().contains("vmap"), "{error}");
    let error = trace(|x: &Tensor| x.try_item().map(Tensor::from), &Tensor::from(1.0)).unwrap_err();
    assert!(error.to_string().contains("traced"), "{error}");
    // A gradient alone hides nothing: ordinary control flow works.
    let f = |x: &Tensor| if x.item() > 0.0 { x.square() } else { -x };
    assert_eq!(grad(f)(&Tensor::from(3.0)).item(), 6.0);
    assert_eq!(grad(f)(&Tensor::from(-3.0)).item(), -1.0);
}

#[test]
fn gradients_stop_where_they_are_told() {
    let g = grad(|x: &Tensor| x * x.stop_gradient())(&Tensor::from(3.0));
    assert_eq!(g.item(), 3.0);
    let d = jvp(|x: &Tensor| x * x.stop_gradient(), &Tensor::from(3.0), &Tensor::from(1.0)).1;
    assert_eq!(d.item(), 3.0);
    let g = vmap(grad(|x: &Tensor| x * x.stop_gradient()), 0)(&Tensor::from([3.0, 4.0]));
    assert_eq!(g.to_vec::<f64>(), [3.0, 4.0]);
}

#[test]
fn programs_run_differentiate_and_batch() {
    let f = |x: &Tensor| x.sin() * x;
    let x = Tensor::from(0.5);
    let program = trace(f, &x).unwrap();
    assert_eq!(program.to_string().lines().count(), 5, "{program}");
    assert_eq!(program, trace(f, &x).unwrap());
    assert_ne!(program, trace(|x: &Tensor| x.cos() * x, &x).unwrap());
    close(program.run(&[&x]).unwrap()[0].item(), 0.5f64.sin() * 0.5);
    // A program is a function like any other.
    let run = |x: &Tensor| program.run(&[x]).map(|out| out[0].clone());
    close(grad(run)(&x).item(), 0.5f64.cos() * 0.5 + 0.5f64.sin());
    let xs = Tensor::from([0.5, 1.0]);
    close(vmap(run, 0)(&xs).to_vec::<f64>()[1], 1f64.sin());
    // And the gradient of a function is a program.
    let gradient = trace(grad(f), &x).unwrap();
    close(gradient.run(&[&x]).unwrap()[0].item(), 0.5f64.cos() * 0.5 + 0.5f64.sin());
    let batched = trace(vmap(grad(f), 0), &xs).unwrap();
    close(batched.run(&[&xs]).unwrap()[0].to_vec::<f64>()[0], 0.5f64.cos() * 0.5 + 0.5f64.sin());
    let error = program.run(&[&xs]).unwrap_err();
    assert!(error.to_string().contains("traced as") && error.to_string().contains("(2,)"), "{error}");
}
