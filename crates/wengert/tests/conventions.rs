//! What users of PyTorch write on their first day, with the results they know.

use wengert::autograd::{self, Backward, Grad, inference_mode, set_grad_enabled};
use wengert::prelude::*;

fn close(tensor: &Tensor, expected: &[f64]) {
    let values = tensor.detach().double().to_vec::<f64>();
    assert_eq!(values.len(), expected.len(), "{tensor}");
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() < 5e-5, "{value} is not {expected} in {tensor}");
    }
}

#[test]
fn dtypes_follow_the_numbers() {
    assert_eq!(Tensor::from(3.0).dtype(), DType::F64);
    assert_eq!(Tensor::from(3.0_f32).dtype(), DType::F32);
    assert_eq!(Tensor::from([2_i64, 3]).dtype(), DType::I64);
    assert_eq!(Tensor::from([[true], [false]]).dtype(), DType::Bool);
    assert_eq!((0..4).map(f64::from).collect::<Tensor>().to_vec::<f64>(), [0.0, 1.0, 2.0, 3.0]);
    let x = Tensor::from([1.5, -2.5]);
    let dtypes = [x.float(), x.double(), x.int(), x.long(), x.byte(), x.bool()].map(|y| y.dtype());
    assert_eq!(dtypes, [DType::F32, DType::F64, DType::I32, DType::I64, DType::U8, DType::Bool]);
    assert_eq!(x.long().to_vec::<i64>(), [1, -2]);
    // A number takes the tensor's dtype; a float beside integers makes float64.
    assert_eq!((x.float() * 2.0).dtype(), DType::F32);
    assert_eq!((x.long() * 2).dtype(), DType::I64);
    assert_eq!((x.long() * 2.0).dtype(), DType::F64);
}

#[test]
fn leaves_are_made_and_unmade() {
    let mut x = Tensor::from(3.0);
    assert!(!x.is_tracked() && x.is_leaf());
    x.set_requires_grad(true).unwrap();
    let y = &x * 2.0;
    y.backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 2.0);
    let text = y.clone().set_requires_grad(false).unwrap_err().to_string();
    assert!(text.contains("only a leaf") && text.contains(".detach()"), "{text}");
    x.set_requires_grad(false).unwrap();
    assert!(!x.is_tracked() && x.item() == 3.0);
    let text = Tensor::from(3_i64).set_requires_grad(true).unwrap_err().to_string();
    assert!(text.contains("int64"), "{text}");
    assert!(!x.is_tracked());
}

#[test]
fn one_element_is_a_number() {
    let x = Tensor::from([[2.5]]);
    assert_eq!(x.item(), 2.5);
    assert_eq!(f64::try_from(&x).unwrap(), 2.5);
    assert_eq!(i64::try_from(&x).unwrap(), 2);
    assert_eq!(i64::try_from(&Tensor::from(i64::MAX)).unwrap(), i64::MAX);
    assert!(bool::try_from(&x).unwrap() && !bool::try_from(&Tensor::from(0_u8)).unwrap());
    assert!(f32::try_from(&Tensor::from([1.0, 2.0])).unwrap_err().to_string().contains("(2,)"));
    let tracked = Tensor::from(0.123_456_7).requires_grad();
    assert_eq!(format!("{tracked:.6}"), "0.123457");
    assert_eq!(format!("{:>8.1}|", Tensor::from(7_i64)), "     7.0|");
}

#[test]
fn tensors_print_as_pytorch_prints_them() {
    let x = Tensor::from(3.0).requires_grad();
    assert_eq!(x.to_string(), "tensor(3., requires_grad=true)");
    assert_eq!(x.powi(2).to_string(), "tensor(9., grad_fn=<pow>)");
    assert_eq!(Tensor::from([1.0, -2.5]).to_string(), "tensor([ 1.0000, -2.5000])");
    assert_eq!(Tensor::from([[1_i64, 2], [30, 4]]).to_string(), "tensor([[ 1,  2],\n        [30,  4]])");
    assert_eq!(Tensor::from([1.0_f32]).to_string(), "tensor([1.], dtype=float32)");
    assert_eq!(Tensor::from([true, false]).to_string(), "tensor([ True, False])");
    let long = Tensor::arange(0.0, 30.0, 1.0).to_string();
    assert!(long.lines().count() > 1 && long.lines().all(|line| line.len() <= 80), "{long}");
    assert!(Tensor::zeros([1001]).to_string().contains("..."));
    assert_eq!(wengert::Shape::from(Tensor::zeros([4, 3]).shape()).to_string(), "(4, 3)");
    let node = x.powi(2).grad_fn().unwrap();
    assert!(format!("{node:?}").starts_with("<pow () at ") && format!("{node:?}").contains("conventions.rs"));
}

#[test]
fn the_names_of_operations_are_those_of_the_table() {
    let x = Tensor::from(3.0).requires_grad();
    let m = Tensor::eye(2, 2).requires_grad();
    let named = [
        (x.powi(2), "pow"),
        (2.0 * &x, "mul"),
        (9.0 / &x, "div"),
        (8.0 - &x, "sub"),
        (11.0 + &x, "add"),
        (x.sin(), "sin"),
        (x.abs(), "abs"),
        (m.sum(), "sum"),
        (m.mean(), "mean"),
        (m.matmul(&m), "matmul"),
        (x.clamp(0.0, 1.0), "clamp"),
    ];
    for (result, name) in named {
        assert_eq!(result.grad_fn().unwrap().name(), name);
    }
}

#[test]
fn views_and_indices() {
    let x = Tensor::arange(0.0, 12.0, 1.0).requires_grad();
    let m = x.view([3, -1]);
    assert_eq!(m.shape(), [3, 4]);
    assert_eq!(m.t().shape(), [4, 3]);
    assert_eq!(m.mt().flatten(0, -1).to_vec::<f64>()[..3], [0.0, 4.0, 8.0]);
    assert_eq!(m.ravel().reshape_as(&m).to_vec::<f64>(), x.to_vec::<f64>());
    assert_eq!(Tensor::from([[1.0], [2.0]]).expand_as(&Tensor::zeros([2, 2])).to_vec::<f64>(), [1.0, 1.0, 2.0, 2.0]);
    assert_eq!(m.i((1, -1)).item(), 7.0);
    assert_eq!(m.i((.., slice(None, None, -2))).to_vec::<f64>(), [3.0, 1.0, 7.0, 5.0, 11.0, 9.0]);
    assert_eq!(m.i(m.gt(9.5)).to_vec::<f64>(), [10.0, 11.0]);
    assert_eq!(m.i(Tensor::from([2_i64, 0])).to_vec::<f64>()[..5], [8.0, 9.0, 10.0, 11.0, 0.0]);
    // What was read twice gets two gradients.
    let y = m.i(Tensor::from([0_i64, 0])).sum() + m.i((.., 1)).sum() + m.i(m.lt(1.0)).sum();
    y.backward().unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [3.0, 3.0, 2.0, 2.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    // A copy has the history of the original, the data have not.
    let copy = x.clone();
    assert!(copy.is_tracked() && !x.data().is_tracked());
    assert_eq!(x.data().to_vec::<f64>(), x.to_vec::<f64>());
    assert_eq!(x.try_mt().unwrap_err().location().map(|at| at.file().ends_with("conventions.rs")), Some(true));
}

#[test]
fn made_from_nothing() {
    wengert::manual_seed(3);
    let first = (Tensor::rand([4]), Tensor::randn([4]), Tensor::randint(0, 9, [4]), Tensor::randperm(4));
    wengert::manual_seed(3);
    let again = (Tensor::rand([4]), Tensor::randn([4]), Tensor::randint(0, 9, [4]), Tensor::randperm(4));
    assert_eq!(first.0.to_vec::<f64>(), again.0.to_vec::<f64>());
    assert_eq!(first.1.to_vec::<f64>(), again.1.to_vec::<f64>());
    assert_eq!(first.2.to_vec::<i64>(), again.2.to_vec::<i64>());
    assert_eq!(first.3.to_vec::<i64>(), again.3.to_vec::<i64>());
    let like = Tensor::zeros_as([2, 3], DType::F32);
    for made in [like.zeros_like(), like.ones_like(), like.full_like(7.0), like.empty_like(), like.rand_like()] {
        assert_eq!((made.shape(), made.dtype()), (&[2, 3][..], DType::F32));
    }
    assert_eq!(like.randn_like().dtype(), DType::F32);
    assert_eq!(Tensor::empty([2, 0]).len(), 0);
    let error = Tensor::zeros_as([2], DType::I64).try_rand_like().unwrap_err().to_string();
    assert!(error.contains("int64"), "{error}");
}

#[test]
fn joined_and_divided() {
    let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0]));
    assert_eq!(Tensor::stack(&[&a, &b], 1).to_vec::<f64>(), [1.0, 3.0, 2.0, 4.0]);
    assert_eq!(Tensor::cat(&[&a, &b], 0).shape(), [4]);
    assert_eq!(Tensor::vstack(&[&a, &b]).shape(), [2, 2]);
    assert_eq!(Tensor::hstack(&[&a, &b]).shape(), [4]);
    let x = Tensor::arange(0.0, 7.0, 1.0);
    assert_eq!(x.split(3, 0).iter().map(Tensor::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(x.chunk(3, 0).iter().map(Tensor::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(a.roll(1, 0).to_vec::<f64>(), [2.0, 1.0]);
    assert_eq!(a.flip(0).to_vec::<f64>(), [2.0, 1.0]);
    assert_eq!(a.gather(0, &Tensor::from([1_i64, 1, 0])).to_vec::<f64>(), [2.0, 2.0, 1.0]);
    assert_eq!(a.scatter(0, &Tensor::from([1_i64]), 9.0).to_vec::<f64>(), [1.0, 9.0]);
    assert_eq!(a.gt(1.0).select(&a, -1.0).to_vec::<f64>(), [-1.0, 2.0]);
    assert_eq!(Tensor::ones([2, 2]).tril(0).to_vec::<f64>(), [1.0, 0.0, 1.0, 1.0]);
}

#[test]
fn reductions_and_products() {
    let x = Tensor::from([[1.0, 5.0, 2.0], [4.0, 0.0, 3.0]]);
    close(&x.var(), &[3.5]);
    close(&x.std(), &[1.8708]);
    close(&x.norm(), &[7.4162]);
    close(&x.logsumexp(1, false), &[5.0659, 4.3266]);
    close(&x.cumsum(1), &[1.0, 6.0, 8.0, 4.0, 4.0, 7.0]);
    close(&x.cumprod(0), &[1.0, 5.0, 2.0, 4.0, 0.0, 6.0]);
    let (values, positions) = x.max_axis(1, false);
    close(&values, &[5.0, 4.0]);
    assert_eq!(positions.to_vec::<i64>(), [1, 0]);
    let (values, positions) = x.topk(2, 1, true);
    close(&values, &[5.0, 2.0, 4.0, 3.0]);
    assert_eq!(positions.to_vec::<i64>(), [1, 2, 0, 2]);
    assert_eq!((x.argmax_all().item(), x.argmin_all().item()), (1.0, 4.0));
    close(&Tensor::from([3.0, 1.0, 3.0]).unique(), &[1.0, 3.0]);
    close(&Tensor::einsum("ik, jk -> j", &[&x, &x]), &[40.0, 35.0]);
    close(&Tensor::einsum("...i,i", &[&x, &Tensor::from([1.0, 1.0, 0.0])]), &[6.0, 4.0]);
    close(&x.matmul(&x.t()).trace(), &[55.0]);
    close(&x.tensordot(&x, [0, 1], [0, 1]), &[55.0]);
    close(&x.i(0).outer(&x.i(1)).sum(), &[56.0]);
    close(&x.remainder(2.0), &[1.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    close(&Tensor::from([0.5, 1.5, 2.5]).round(), &[0.0, 2.0, 2.0]);
}

#[test]
fn a_gradient_can_be_emptied_to_zeros() {
    let x = Tensor::from(2.0).requires_grad();
    x.powi(2).backward().unwrap();
    x.powi(2).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 8.0);
    x.set_grad(Some(x.zeros_like())).unwrap();
    assert_eq!(x.grad().unwrap().item(), 0.0);
    x.powi(2).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 4.0);
}

#[test]
fn grad_of_several_outputs() {
    let x = Tensor::from([1.0, 2.0]).requires_grad();
    let outputs = (x.square(), x.powi(3).sum());
    let seeds = (Tensor::from([1.0, 10.0]), Tensor::from(1.0));
    let g = Grad::new().grad_outputs(&seeds).retain_graph(true).run(&outputs, &x).unwrap();
    assert_eq!(g.to_vec::<f64>(), [5.0, 52.0]);
    // Nothing was freed, nothing accumulated.
    assert_eq!(autograd::grad(&outputs.1, &x).unwrap().to_vec::<f64>(), [3.0, 12.0]);
    assert!(x.grad().is_none());
    let unused = Tensor::from(1.0).requires_grad();
    let zeros = Grad::new().allow_unused(true).run(&x.sum(), &unused).unwrap();
    assert_eq!(zeros.item(), 0.0);
}

#[test]
fn recording_is_switched_for_a_while() {
    let x = Tensor::from(1.0).requires_grad();
    assert!(!inference_mode(|| &x * 2.0).is_tracked());
    assert!(!set_grad_enabled(false, || &x * 2.0).is_tracked());
    assert!(set_grad_enabled(true, || &x * 2.0).is_tracked());
    assert!(no_grad(|| set_grad_enabled(true, || &x * 2.0)).is_tracked());
    // What was computed without recording is a constant afterwards.
    let y = inference_mode(|| &x * 2.0);
    (&y * &x).backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 2.0);
}

#[test]
fn detached_tensors_share_memory() {
    let x = Tensor::zeros([1000]).requires_grad();
    let before = x.array().unwrap().as_slice::<f64>().unwrap().as_ptr();
    assert_eq!(x.detach().array().unwrap().as_slice::<f64>().unwrap().as_ptr(), before);
}

#[test]
fn in_place_operations() {
    let mut x = Tensor::from([1.0, 2.0, 3.0, 4.0]).requires_grad();
    no_grad(|| {
        x += 1.0;
        x *= Tensor::from([1.0, 1.0, 1.0, 2.0]);
        x -= 1.0;
        x /= 2.0;
        x.assign(x.clamp(1.0, 3.0)).unwrap();
    });
    assert_eq!(x.to_vec::<f64>(), [1.0, 1.0, 1.5, 3.0]);
    assert!(x.is_leaf() && x.is_tracked());
    no_grad(|| x.assign(7.0)).unwrap();
    assert_eq!(x.to_vec::<f64>(), [7.0; 4]);
    no_grad(|| x.assign(Tensor::from([1_i64, 2, 3, 4]))).unwrap();
    x.square().sum().backward().unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [2.0, 4.0, 6.0, 8.0]);
    let text = no_grad(|| x.assign(Tensor::zeros([3]))).unwrap_err().to_string();
    assert!(text.contains("(3,)") && text.contains("(4,)"), "{text}");
    // Another tensor with the same elements is not touched.
    let mut y = Tensor::zeros([2]);
    let z = y.clone();
    y.set(0, 5.0);
    assert_eq!((y.to_vec::<f64>(), z.to_vec::<f64>()), (vec![5.0, 0.0], vec![0.0, 0.0]));
}

#[test]
fn assigned_parts_are_differentiable() {
    let x = Tensor::from([1.0, 2.0, 3.0]).requires_grad();
    let mut v = x.square();
    v.set(0, &x.i(2) * 5.0);
    v.set(slice(1, 2, 1), 10.0);
    let mask = Tensor::from([false, false, true]);
    v.set(&mask, x.i(0));
    assert_eq!(v.to_vec::<f64>(), [15.0, 10.0, 1.0]);
    v.sum().backward().unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [1.0, 0.0, 5.0]);
    // A leaf that requires grad is refused while operations are recorded.
    let mut leaf = Tensor::from([1.0, 2.0]).requires_grad();
    let text = leaf.try_set(0, 1.0).unwrap_err().to_string();
    assert!(text.contains("leaf") && text.contains("no_grad"), "{text}");
    no_grad(|| leaf.try_set(0, 9.0)).unwrap();
    assert!(leaf.is_leaf() && leaf.is_tracked() && leaf.i(0).item() == 9.0);
}

#[test]
fn rows_of_a_hessian() {
    let x = Tensor::from([3.0, 5.0]).requires_grad();
    let y = x.i(0).square() + x.i(0) * x.i(1);
    Backward::new().create_graph(true).run(&y).unwrap();
    let g = x.grad().unwrap();
    let row = |unit: [f64; 2]| {
        Grad::new().grad_outputs(&Tensor::from(unit)).retain_graph(true).run(&g, &x).unwrap().to_vec::<f64>()
    };
    assert_eq!([row([1.0, 0.0]), row([0.0, 1.0])], [[2.0, 1.0], [1.0, 0.0]]);
}
