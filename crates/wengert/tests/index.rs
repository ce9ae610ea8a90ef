//! Reading and writing by index: NumPy's results, every rule, batches of indices, and the texts of errors.

mod rules;

use rules::{check, close, ramp};
use wengert::prelude::*;
use wengert::transforms::jacrev;
use wengert::{Index, slice};

fn mask(shape: impl Into<wengert::Shape>, at: &[usize]) -> Tensor {
    let shape = shape.into();
    let mut elements = vec![false; shape.iter().product()];
    at.iter().for_each(|&i| elements[i] = true);
    Tensor::from_vec(elements, shape)
}

/// Each index, with shape and elements of NumPy 2's `np.arange(24.).reshape(2, 3, 4)[index]`.
#[test]
fn reading_is_that_of_numpy() {
    let x = Tensor::arange(0.0, 24.0, 1.0).reshape([2, 3, 4]);
    let i = Tensor::from([[0, 2], [1, 1]]);
    let m = mask([3, 4], &[1, 4, 11]);
    let m1 = mask([3], &[0, 2]);
    let table: &[(&str, Tensor, &[usize], &[f64])] = &[
        ("x[()]", x.i(()).i((0, 0)), &[4], &[0., 1., 2., 3.]),
        ("x[1]", x.i(1), &[3, 4], &[12., 13., 14., 15., 16., 17., 18., 19., 20., 21., 22., 23.]),
        ("x[-1, 2]", x.i((-1, 2)), &[4], &[20., 21., 22., 23.]),
        ("x[1, -1, 0]", x.i((1_usize, -1_isize, 0_i64)), &[], &[20.]),
        ("x[:, 1]", x.i((.., 1)), &[2, 4], &[4., 5., 6., 7., 16., 17., 18., 19.]),
        ("x[..., 0]", x.i((Ellipsis, 0)), &[2, 3], &[0., 4., 8., 12., 16., 20.]),
        ("x[0, ..., -1]", x.i((0, Ellipsis, -1)), &[3], &[3., 7., 11.]),
        ("x[:, None, 0]", x.i((.., NewAxis, 0)), &[2, 1, 4], &[0., 1., 2., 3., 12., 13., 14., 15.]),
        ("x[0, ::-2]", x.i((0, slice(None, None, -2))), &[2, 4], &[8., 9., 10., 11., 0., 1., 2., 3.]),
        ("x[0, 1:0:-1]", x.i((0, slice(1, 0, -1), 0)), &[1], &[4.]),
        ("x[0, -1, 1:-1]", x.i((0, -1, slice(1, -1, 1))), &[2], &[9., 10.]),
        ("x[0, -1, :2]", x.i((0, -1, ..2)), &[2], &[8., 9.]),
        ("x[0, 0, 1:3]", x.i((0, 0, 1..=2)), &[2], &[1., 2.]),
        ("x[0, 0, -2:]", x.i((0, 0, -2..=-1)), &[2], &[2., 3.]),
        ("x[0, 0, :3]", x.i((0, 0, ..=2_usize)), &[3], &[0., 1., 2.]),
        ("x[1, :, 7:]", x.i((1, .., 7..)), &[3, 0], &[]),
        ("x[:, [0, 2], 1]", x.i((.., [0, 2], 1)), &[2, 2], &[1., 9., 13., 21.]),
        ("x[0, :, [1, 3]]", x.i((0, .., [1, 3])), &[2, 3], &[1., 5., 9., 3., 7., 11.]),
        ("x[:, [0, 2], [1, 3]]", x.i((.., [0, 2], vec![1, 3])), &[2, 2], &[1., 11., 13., 23.]),
        ("x[[0, 1], :, [1, 3]]", x.i(([0, 1], .., [1, 3])), &[2, 3], &[1., 5., 9., 15., 19., 23.]),
        ("x[[1, 0], 1:, 2]", x.i(([1, 0], 1.., 2)), &[2, 2], &[18., 22., 6., 10.]),
        ("x[0, i]", x.i((0, &i)), &[2, 2, 4], &[0., 1., 2., 3., 8., 9., 10., 11., 4., 5., 6., 7., 4., 5., 6., 7.]),
        ("x[:, i, 0]", x.i((.., &i, 0)), &[2, 2, 2], &[0., 8., 4., 4., 12., 20., 16., 16.]),
        ("x[0, m]", x.i((0, &m)), &[3], &[1., 4., 11.]),
        ("x[:, m]", x.i((.., &m)), &[2, 3], &[1., 4., 11., 13., 16., 23.]),
        ("x[0][:, [0]][m1]", x.i(0).i((.., [0])).i(&m1), &[2, 1], &[0., 8.]),
        ("x[:, m1, 0]", x.i((.., &m1, 0)), &[2, 2], &[0., 8., 12., 20.]),
        ("x[[[0], [1]], [0, 2], 3]", x.i((Tensor::from([[0], [1]]), [0, 2], 3)), &[2, 2], &[3., 11., 15., 23.]),
        ("x[:, None, [0, 2], None, 1]", x.i((.., NewAxis, [0, 2], NewAxis, 1)), &[2, 2, 1, 1], &[1., 13., 9., 21.]),
        (
            "x[0, [0, 2], ..., None]",
            x.i((0, [0, 2], Ellipsis, NewAxis)),
            &[2, 4, 1],
            &[0., 1., 2., 3., 8., 9., 10., 11.],
        ),
        ("x[1, 1:, [-1, 0]]", x.i((1, 1.., [-1, 0])), &[2, 2], &[19., 23., 16., 20.]),
        ("parts at run time", x.i(vec![Index::At(1), Index::Ellipsis, Index::At(0)]), &[3], &[12., 16., 20.]),
        ("select_index", x.select_index(-1, -1), &[2, 3], &[3., 7., 11., 15., 19., 23.]),
        ("narrow", x.narrow(2, -2, 1), &[2, 3, 1], &[2., 6., 10., 14., 18., 22.]),
        ("take", x.i(0).take(&i, 0).i((1, 1)), &[4], &[4., 5., 6., 7.]),
        ("index_select", x.index_select(0, &Tensor::from([1])).i((0, 0)), &[4], &[12., 13., 14., 15.]),
        ("gather", x.i(0).gather(1, &Tensor::from([[3], [0], [-1]])), &[3, 1], &[3., 4., 11.]),
        ("take_along_dim", x.i(0).take_along_dim(&Tensor::from([[2]]), 1), &[3, 1], &[2., 6., 10.]),
        ("masked_select", x.i(0).masked_select(&mask([4], &[3])), &[3], &[3., 7., 11.]),
        ("masked_fill", x.i((0, 0)).masked_fill(&mask([4], &[3]), -1.0), &[4], &[0., 1., 2., -1.]),
    ];
    for (what, got, shape, elements) in table {
        assert_eq!(got.shape(), *shape, "{what}");
        assert_eq!(got.to_vec::<f64>(), *elements, "{what}");
    }
    let at = x.gt(21.0).argwhere();
    assert_eq!((at.shape(), at.to_vec::<i64>()), (&[2, 3][..], vec![1, 2, 2, 1, 2, 3]));
    assert_eq!(x.gt(22.0).nonzero()[2].to_vec::<i64>(), [3]);
}

#[test]
fn writing_is_that_of_numpy() {
    let zeros = || Tensor::zeros([2, 3]);
    let table: &[(&str, Tensor, &[f64])] = &[
        ("x[0] = 1", zeros().with(0, 1.0), &[1., 1., 1., 0., 0., 0.]),
        ("x[:, 1] = [1, 2]", zeros().with((.., 1), Tensor::from([1.0, 2.0])), &[0., 1., 0., 0., 2., 0.]),
        (
            "x[0, ::-2] = [1, 2]",
            zeros().with((0, slice(None, None, -2)), Tensor::from([1.0, 2.0])),
            &[2., 0., 1., 0., 0., 0.],
        ),
        ("x[1:, None] = 3", zeros().with((1.., NewAxis), 3.0), &[0., 0., 0., 3., 3., 3.]),
        (
            "x[[1, 0], [2, 0]] = [1, 2]",
            zeros().with(([1, 0], [2, 0]), Tensor::from([1.0, 2.0])),
            &[2., 0., 0., 0., 0., 1.],
        ),
        ("the last one stays", zeros().with((0, [1, 1]), Tensor::from([1.0, 2.0])), &[0., 2., 0., 0., 0., 0.]),
        (
            "x[:, [2, 0]] = rows",
            zeros().with((.., [2, 0]), Tensor::from([[1.0, 2.0], [3.0, 4.0]])),
            &[2., 0., 1., 4., 0., 3.],
        ),
        ("x[1:, [2, 0]] = 7", zeros().with((1.., [2, 0]), 7.0), &[0., 0., 0., 7., 0., 7.]),
        ("x[m] = 5", zeros().with(mask([2, 3], &[1, 5]), 5.0), &[0., 5., 0., 0., 0., 5.]),
        ("x[m] = values", zeros().with(mask([2, 3], &[1, 5]), Tensor::from([1.0, 2.0])), &[0., 1., 0., 0., 0., 2.]),
        ("x[rows] = 5", zeros().with(mask([2], &[1]), 5.0), &[0., 0., 0., 5., 5., 5.]),
        ("axes of length 1 in front", zeros().with(0, Tensor::from([[[1.0, 2.0, 3.0]]])), &[1., 2., 3., 0., 0., 0.]),
        ("scatter", zeros().scatter(1, &Tensor::from([[2], [0]]), 1.0), &[0., 0., 1., 1., 0., 0.]),
        (
            "scatter_add",
            zeros().scatter_add(1, &Tensor::from([[1, 1], [0, -1]]), ramp([2, 2]) * 0.0 + 1.0),
            &[0., 2., 0., 1., 0., 1.],
        ),
        (
            "scatter of a part",
            zeros().scatter(0, &Tensor::from([[1, 0]]), Tensor::from([[1.0, 2.0, 3.0]])),
            &[0., 2., 0., 1., 0., 0.],
        ),
        ("index_add", zeros().index_add(1, &Tensor::from([0, 0]), 1.5), &[3., 0., 0., 3., 0., 0.]),
    ];
    for (what, got, elements) in table {
        assert_eq!(got.to_vec::<f64>(), *elements, "{what}");
    }
    let integers = Tensor::from([1, 2, 3]).with(0, 7.9);
    assert_eq!(integers.to_vec::<i32>(), [7, 2, 3], "values take the tensor's dtype");
    let mut x = zeros();
    x.set((.., 0), 1.0);
    x.set((1, ..), Tensor::from([4.0, 5.0, 6.0]));
    assert_eq!(x.to_vec::<f64>(), [1.0, 0.0, 0.0, 4.0, 5.0, 6.0]);
}

#[test]
fn every_rule_of_reading() {
    let x = ramp([2, 3]);
    let (rows, columns) = (Tensor::from([1, 0, 1]), Tensor::from([[2], [0]]));
    check(|x| x.i((.., slice(None, None, -2))), &x);
    check(|x| x.i((1, 1)), &x);
    check(|x| x.i((NewAxis, 1, ..2)), &x);
    check(|x| x.i(5..), &x);
    check(|x| x.take(&rows, 0), &x);
    check(|x| x.take(&columns, 1), &x);
    check(|x| x.take(&Tensor::from(-1), 1), &x);
    check(|x| x.gather(1, &Tensor::from([[0, 0, -1], [1, 2, 1]])), &x);
    check(|x| x.gather(0, &Tensor::from([[1, 0]])), &x);
    check(|x| x.take_along_dim(&Tensor::from([[2, 2]]), 1), &x);
    check(|x| x.i((&rows, [2, 2, 1])), &x);
    check(|x| x.i((&columns.i(..), [0, 1])), &ramp([3, 2]));
    check(|x| x.i((0, .., [1, 1])), &ramp([2, 2, 3]));
    check(|x| x.i((.., [0, 1], [1, 1])), &ramp([2, 2, 3]));
    check(|x| x.i(mask([2, 3], &[0, 4, 5])), &x);
    check(|x| x.masked_select(&mask([3], &[1])), &x);
    check(|x| x.narrow(1, 1, 2), &x);
    check(|x| x.masked_fill(&mask([3], &[1]), 4.0), &x);
}

#[test]
fn every_rule_of_writing() {
    let x = ramp([2, 3]);
    let three = Tensor::from([1.0, 2.0, 3.0]);
    check(|x| x.with((1, slice(None, None, 2)), Tensor::from([8.0, 9.0])), &x);
    check(|x| ramp([4, 3]).with(1..3, x), &x);
    check(|x| x.with((.., 0), x.i((.., 1)) * 2.0), &x);
    check(|x| x.with([1], &three), &x);
    check(|x| ramp([3, 3]).with([2, 0], x), &x);
    check(|x| ramp([3, 3]).with([1, 1], x), &x);
    check(|x| x.with(([0, 0, 1], [1, 1, 2]), &three), &x);
    check(|x| ramp([3, 4]).with(([0, 0, 1], [1, 1, 2]), x), &three);
    check(|x| ramp([2, 3, 2]).with((.., [0, 2], [1, 0]), x), &ramp([2, 2]));
    check(|x| ramp([2, 3, 2]).with(([0, 1], .., [1, 0]), x), &ramp([2, 3]));
    check(|x| ramp([2, 4, 3]).with((0, 1..3, [2, 0]), x), &ramp([2, 2]));
    check(|x| x.with(mask([2, 3], &[0, 4]), 3.0), &x);
    check(|x| ramp([2, 3]).with(mask([2, 3], &[0, 4]), x), &Tensor::from(0.5));
    check(|x| ramp([2, 3]).with(mask([2, 3], &[0, 4, 5]), x), &three);
    check(|x| x.scatter(1, &Tensor::from([[0, 0], [2, 1]]), ramp([2, 2])), &x);
    check(|x| ramp([2, 4]).scatter(1, &Tensor::from([[0, 0, 3], [2, 1, 1]]), x), &x);
    check(|x| ramp([2, 4]).scatter_add(1, &Tensor::from([[0, 0, 3], [2, 1, 1]]), x), &x);
    check(|x| x.scatter_add(0, &Tensor::from([[0, 1, 0]]), ramp([1, 3])), &x);
    check(|x| x.index_add(0, &Tensor::from([1, 1]), x * 2.0), &x);
    check(|x| ramp([2, 3]).index_add(1, &Tensor::from([0, 0, 2, 1]), x), &ramp([2, 4]));
}

/// Inside vmap an index can differ from one element of the batch to the next.
#[test]
fn batched_indices() {
    type Case<'a> = (&'a str, &'a dyn Fn(&(Tensor, Tensor)) -> Tensor, Vec<Tensor>, Vec<Tensor>);
    let xs = |shape: &[usize]| (0..3).map(|i| ramp(shape) * (1.0 + i as f64)).collect::<Vec<_>>();
    let base = ramp([3, 4]);
    let pair = vec![Tensor::from([0, 2]), Tensor::from([-1, -1]), Tensor::from([1, 0])];
    let wide: Vec<Tensor> = [[[0, 1], [2, 3]], [[3, 3], [0, 0]], [[1, 1], [2, 1]]].map(Tensor::from).to_vec();
    let one = vec![Tensor::from(2), Tensor::from(0), Tensor::from(1)];
    let cases: &[Case<'_>] = &[
        ("take 0", &|(x, i)| x.take(i, 0), xs(&[3, 2]), pair.clone()),
        ("take 1", &|(x, i)| x.take(i, 1), xs(&[2, 3, 2]), pair.clone()),
        ("take of a scalar index", &|(x, i)| x.take(i, -1), xs(&[2, 3]), one.clone()),
        ("take from one table", &|(x, i)| base.take(i, 1) + x, xs(&[3, 2, 2]), wide.clone()),
        ("gather", &|(x, i)| x.gather(1, i), xs(&[2, 4]), wide.clone()),
        ("gather from one", &|(x, i)| base.gather(1, i) * x, xs(&[2, 2]), wide.clone()),
        ("leading", &|(x, i)| x.i((i, [0, 1])), xs(&[3, 2, 2]), pair.clone()),
        ("leading of one", &|(x, i)| base.i((i, [0, 1])) * x, xs(&[2]), pair.clone()),
        ("leading of two ranks", &|(x, i)| x.i((1, i, [0, 1])), xs(&[2, 4, 2]), wide.clone()),
        ("set by take", &|(x, i)| base.with((.., i), x), xs(&[3, 2]), pair.clone()),
        ("set one by take", &|(x, i)| x.with((.., i), 0.5), xs(&[2, 3]), pair.clone()),
        ("set by coordinates", &|(x, i)| base.with((i, [0, 1]), x), xs(&[2]), pair.clone()),
        ("set in the middle", &|(x, i)| x.with((.., i, [0, 1]), 0.25), xs(&[2, 3, 2]), pair.clone()),
        ("scatter", &|(x, i)| base.i(..2).scatter(1, i, x), xs(&[2, 2]), wide.clone()),
        ("scatter_add", &|(x, i)| x.scatter_add(1, i, 1.0), xs(&[2, 4]), wide.clone()),
        ("index_add", &|(x, i)| base.index_add(0, i, x), xs(&[2, 4]), pair.clone()),
    ];
    for (what, f, xs, indices) in cases {
        for axis in 0..=xs[0].ndim().min(indices[0].ndim()) {
            let stacked = |all: &[Tensor]| Tensor::stack(&all.iter().collect::<Vec<_>>(), axis as isize);
            let args = (stacked(xs), stacked(indices));
            let each = |f: &dyn Fn(&(Tensor, Tensor)) -> Tensor| {
                let outs: Vec<Tensor> = xs.iter().zip(indices).map(|(x, i)| f(&(x.clone(), i.clone()))).collect();
                Tensor::stack(&outs.iter().collect::<Vec<_>>(), 0)
            };
            let (got, want) = (vmap(f, axis as i32)(&args), each(f));
            assert_eq!(got.shape(), want.shape(), "{what}");
            close(&got.to_vec::<f64>(), &want.to_vec::<f64>(), what);
            let slope = |(x, i): &(Tensor, Tensor)| {
                grad(|x: &Tensor| {
                    let y = f(&(x.clone(), i.clone()));
                    (&y * &y).sum()
                })(x)
            };
            let (got, want) = (vmap(slope, axis as i32)(&args), each(&slope));
            close(&got.to_vec::<f64>(), &want.to_vec::<f64>(), what);
        }
    }
}

#[test]
fn gradients_of_repeated_and_overwritten_elements() {
    let x = Tensor::from([1.0, 2.0, 3.0]);
    let g = grad(|x: &Tensor| (x.i([0, 0, 2]) * Tensor::from([1.0, 10.0, 100.0])).sum())(&x);
    assert_eq!(g.to_vec::<f64>(), [11.0, 0.0, 100.0]);
    let put = |v: &Tensor| Tensor::zeros([3]).with([1, 1, 0], v);
    assert_eq!(jacrev(put)(&x).to_vec::<f64>(), [0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    let kept = grad(|x: &Tensor| x.with(1.., 5.0).square().sum())(&x);
    assert_eq!(kept.to_vec::<f64>(), [2.0, 0.0, 0.0]);
}

#[test]
fn assignment_is_recorded() {
    let v = Tensor::from([1.0, 2.0]).requires_grad();
    let mut x = Tensor::zeros([3]);
    x.set(1.., &v * 3.0);
    x.set(1, 7.0);
    x.square().sum().backward().unwrap();
    assert_eq!(v.grad().unwrap().to_vec::<f64>(), [0.0, 36.0]);

    let mut leaf = Tensor::from([1.0, 2.0]).requires_grad();
    let error = leaf.try_set(0, 5.0).unwrap_err();
    assert!(error.to_string().contains("leaf"), "{error}");
    assert_eq!(leaf.to_vec::<f64>(), [1.0, 2.0]);
    no_grad(|| leaf.set(0, 5.0));
    assert_eq!(leaf.to_vec::<f64>(), [5.0, 2.0]);
    assert!(leaf.is_leaf());
}

#[test]
fn a_mask_inside_vmap() {
    let x = Tensor::from([[1.0, -2.0], [-3.0, 4.0]]);
    let relu = vmap(|x: &Tensor| x.with(x.lt(0.0), 0.0), 0)(&x);
    assert_eq!(relu.to_vec::<f64>(), [1.0, 0.0, 0.0, 4.0]);
    let error = wengert::transforms::try_vmap(|x: &Tensor| x.try_i(x.lt(0.0)), 0)(&x).unwrap_err();
    assert!(error.to_string().contains("vmap"), "{error}");
}

#[test]
fn errors_say_what_is_wrong() {
    let x = Tensor::zeros([2, 3]);
    let table: &[(Result<Tensor>, &[&str])] = &[
        (x.try_i(2), &["index 2", "axis 0", "2 elements"]),
        (x.try_i((0, -4)), &["index -4", "axis 1", "3 elements"]),
        (x.try_i((0, 0, 0)), &["too many indices", "3", "(2, 3)"]),
        (x.try_i((0, Ellipsis, 0, 0)), &["too many indices"]),
        (x.try_i((Ellipsis, Ellipsis)), &["one Ellipsis"]),
        (x.try_i(slice(None, None, 0)), &["step is zero"]),
        (x.try_i((.., [0, 3])), &["index 3", "axis 1", "3 elements"]),
        (x.try_i(([0, 1], [0, -5])), &["index -5", "axis 1", "3 elements"]),
        (x.try_i(([0, 1], [0, 1, 2])), &["(2,)", "(3,)", "broadcast"]),
        (x.try_i(Tensor::from([0.5])), &["float64", "I64"]),
        (x.try_i(mask([3], &[0])), &["mask", "(3,)", "(2,)"]),
        (x.try_with(0, Tensor::zeros([2])), &["(2,)", "(3,)", "broadcast"]),
        (x.try_with((.., [0, 1]), Tensor::zeros([3, 2])), &["(3, 2)", "(2, 2)"]),
        (x.try_select_index(1, 3), &["select_index", "index 3", "axis 1"]),
        (x.try_narrow(1, 2, 2), &["narrow", "axis 1", "3"]),
        (x.try_take(&Tensor::from([0.0]), 0), &["take", "integers", "float64"]),
        (x.try_take(&Tensor::from([true]), 0), &["take", "integers", "bool", "nonzero"]),
        (x.try_take(&Tensor::from([0]), 2), &["take", "axis 2"]),
        (x.try_take(&Tensor::from([5]), 0), &["take", "index 5", "axis 0"]),
        (x.try_gather(1, &Tensor::from([0])), &["gather", "(1,)", "(2, 3)"]),
        (x.try_scatter(1, &Tensor::from([[0], [9]]), 1.0), &["scatter_set", "index 9", "axis 1"]),
        (x.try_scatter(1, &Tensor::from([[0], [1]]), ramp([3])), &["(3,)", "(2, 1)"]),
        (x.try_take_along_dim(&Tensor::from([0]), 1), &["take_along_dim", "same number of axes"]),
        (x.try_masked_select(&mask([4], &[0])), &["masked_select", "(2, 3)", "(4,)"]),
    ];
    for (result, words) in table {
        let error = match result {
            Ok(tensor) => panic!("no error where {words:?} was expected, but {tensor}"),
            Err(error) => error,
        };
        let text = error.to_string();
        for word in *words {
            assert!(text.contains(word), "{text:?} does not mention {word:?}");
        }
        let at = error.location().expect("the line of the user");
        assert!(at.file().ends_with("tests/index.rs"), "{text:?} is blamed on {at}");
    }
}
