//! Views against index arithmetic written out, on random shapes.

use proptest::prelude::*;
use wengert_array::{
    Array, DType, Element, Error, Shape, Slice, SliceSpec, broadcast, coalesce, for_each_row, promote,
};

/// A model of an array: its shape and its elements in C order, nothing shared.
#[derive(Clone, Debug, PartialEq)]
struct Model {
    shape: Vec<usize>,
    elements: Vec<i64>,
}

impl Model {
    fn counting(shape: &[usize]) -> Model {
        Model { shape: shape.to_vec(), elements: (0..shape.iter().product::<usize>() as i64).collect() }
    }

    fn of(a: &Array) -> Model {
        Model { shape: a.shape().to_vec(), elements: a.to_vec::<i64>().unwrap() }
    }

    fn array(&self) -> Array {
        Array::from_vec(self.elements.clone(), &self.shape).unwrap()
    }

    fn at(&self, index: &[usize]) -> i64 {
        self.elements[index.iter().zip(&self.shape).fold(0, |flat, (&i, &d)| flat * d + i)]
    }

    /// The model of `shape` whose element at an index is this one's at `from(index)`.
    fn mapped(&self, shape: &[usize], from: impl Fn(&[usize]) -> Vec<usize>) -> Model {
        let n = shape.iter().product();
        let mut elements = Vec::with_capacity(n);
        for flat in 0..n {
            elements.push(self.at(&from(&unravel(flat, shape))));
        }
        Model { shape: shape.to_vec(), elements }
    }
}

fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for axis in (0..shape.len()).rev() {
        index[axis] = flat % shape[axis];
        flat /= shape[axis];
    }
    index
}

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0usize..4, 0..=8).prop_filter("small", |s| s.iter().product::<usize>() < 2000)
}

/// One random view of an array and of its model.
#[derive(Clone, Debug)]
enum Step {
    Permute(u64),
    Flip(u64),
    Slice(Vec<(isize, isize, isize)>),
    Expand(usize),
    Squeeze,
    Broadcast(usize),
    Reshape(u64),
    Diagonal(isize),
}

fn steps() -> impl Strategy<Value = Step> {
    let slice = (-5isize..6, -5isize..6, prop::sample::select(vec![-3isize, -2, -1, 1, 1, 2, 3]));
    prop_oneof![
        any::<u64>().prop_map(Step::Permute),
        any::<u64>().prop_map(Step::Flip),
        prop::collection::vec(slice, 0..4).prop_map(Step::Slice),
        (0usize..9).prop_map(Step::Expand),
        Just(Step::Squeeze),
        (1usize..4).prop_map(Step::Broadcast),
        any::<u64>().prop_map(Step::Reshape),
        (-2isize..3).prop_map(Step::Diagonal),
    ]
}

fn python_range(start: isize, stop: isize, step: isize, len: usize) -> Vec<usize> {
    let n = len as isize;
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clip = |i: isize| (if i < 0 { i + n } else { i }).clamp(low, high);
    let (mut at, stop) = (clip(start), clip(stop));
    let mut all = Vec::new();
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        all.push(at as usize);
        at += step;
    }
    all
}

fn apply(step: &Step, a: Array, m: Model) -> (Array, Model) {
    let n = m.shape.len();
    match step {
        Step::Permute(seed) => {
            let mut axes: Vec<usize> = (0..n).collect();
            axes.sort_by_key(|&a| (seed.rotate_left(a as u32 * 7)) % 11);
            let shape: Vec<usize> = axes.iter().map(|&a| m.shape[a]).collect();
            let model = m.mapped(&shape, |index| {
                let mut from = vec![0; n];
                axes.iter().zip(index).for_each(|(&a, &i)| from[a] = i);
                from
            });
            (a.permute(&axes).unwrap(), model)
        }
        Step::Flip(bits) => {
            let axes: Vec<usize> = (0..n).filter(|a| bits >> a & 1 == 1).collect();
            let model = m.mapped(&m.shape, |index| {
                (0..n).map(|a| if axes.contains(&a) { m.shape[a] - 1 - index[a] } else { index[a] }).collect()
            });
            (a.flip(&axes).unwrap(), model)
        }
        Step::Slice(parts) => {
            let parts = &parts[..parts.len().min(n)];
            let slices: Vec<Slice> = parts.iter().map(|&(a, b, s)| Slice::new(Some(a), Some(b), s)).collect();
            let taken: Vec<Vec<usize>> = (0..n)
                .map(|axis| match parts.get(axis) {
                    Some(&(start, stop, step)) => python_range(start, stop, step, m.shape[axis]),
                    None => (0..m.shape[axis]).collect(),
                })
                .collect();
            let shape: Vec<usize> = taken.iter().map(Vec::len).collect();
            let model = m.mapped(&shape, |index| index.iter().zip(&taken).map(|(&i, t)| t[i]).collect());
            (a.slice(&slices).unwrap(), model)
        }
        Step::Expand(axis) => {
            let axis = axis % (n + 1);
            let mut shape = m.shape.clone();
            shape.insert(axis, 1);
            (a.expand_dims(axis).unwrap(), Model { shape, elements: m.elements })
        }
        Step::Squeeze => match m.shape.iter().position(|&d| d == 1) {
            Some(axis) => {
                let mut shape = m.shape.clone();
                shape.remove(axis);
                (a.squeeze(axis).unwrap(), Model { shape, elements: m.elements })
            }
            None => (a, m),
        },
        Step::Broadcast(times) => {
            if m.elements.len() > 3000 {
                return (a, m);
            }
            let mut shape: Vec<usize> = m.shape.iter().map(|&d| if d == 1 { *times } else { d }).collect();
            shape.insert(0, *times);
            let model = m.mapped(&shape, |index| {
                index[1..].iter().zip(&m.shape).map(|(&i, &d)| if d == 1 { 0 } else { i }).collect()
            });
            (a.broadcast_to(&shape).unwrap(), model)
        }
        Step::Reshape(seed) => {
            let mut shape = m.shape.clone();
            if n > 1 && m.elements.len() > 1 {
                let at = *seed as usize % (n - 1);
                let joined = shape.remove(at);
                shape[at] *= joined;
                if seed & 1 == 1 && shape[at].is_multiple_of(2) {
                    shape[at] /= 2;
                    shape.insert(0, 2);
                }
            } else {
                shape = vec![m.elements.len()];
            }
            (a.reshape(&shape).unwrap(), Model { shape, elements: m.elements })
        }
        Step::Diagonal(offset) => {
            if n < 2 {
                return (a, m);
            }
            let (row, column) = (offset.min(&0).unsigned_abs(), offset.max(&0).unsigned_abs());
            let len = m.shape[n - 1].saturating_sub(row).min(m.shape[0].saturating_sub(column));
            let mut shape = m.shape[1..n - 1].to_vec();
            shape.push(len);
            let model = m.mapped(&shape, |index| {
                let i = index[n - 2];
                let mut from = vec![i + column];
                from.extend(&index[..n - 2]);
                from.push(i + row);
                from
            });
            (a.diagonal(*offset, n - 1, 0).unwrap(), model)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chain_of_views_shows_the_right_elements(shape in shapes(), chain in prop::collection::vec(steps(), 0..6)) {
        let mut model = Model::counting(&shape);
        let mut array = model.array();
        for step in &chain {
            (array, model) = apply(step, array, model);
            prop_assert_eq!(&Model::of(&array), &model, "after {:?}", step);
            prop_assert_eq!(array.len(), model.elements.len());
        }
        let view = array.view::<i64>().unwrap();
        prop_assert_eq!(&view.iter().collect::<Vec<_>>(), &model.elements);
        prop_assert_eq!(view.iter().len(), model.elements.len());
        for (flat, &v) in model.elements.iter().enumerate() {
            let index = unravel(flat, &model.shape);
            prop_assert_eq!(view.get(&index).unwrap(), v);
            prop_assert_eq!(array.get(&index).unwrap().item::<i64>().unwrap(), v);
        }
        let copy = array.contiguous();
        prop_assert_eq!(copy.as_slice::<i64>().unwrap(), &model.elements[..]);
        let floats = array.cast(DType::F32).to_vec::<f32>().unwrap();
        prop_assert!(floats.iter().zip(&model.elements).all(|(&f, &i)| f as i64 == i));
        let same = array.reshape(&[model.elements.len()]).unwrap();
        prop_assert_eq!(same.to_vec::<i64>().unwrap(), model.elements);
    }

    #[test]
    fn broadcasting_is_symmetric_and_covers_both(a in shapes(), b in shapes()) {
        let (ab, ba) = (broadcast(&[&a, &b]), broadcast(&[&b, &a]));
        prop_assert_eq!(ab.is_ok(), ba.is_ok());
        if let Ok(both) = ab {
            prop_assert_eq!(&both, &ba.unwrap());
            for part in [&a, &b] {
                let spread = Array::zeros(part, DType::U8).broadcast_to(&both).unwrap();
                prop_assert_eq!(spread.shape(), &*both);
            }
        }
    }

    #[test]
    fn rows_walk_in_c_order(shape in shapes(), seed in any::<u64>()) {
        let (array, model) = apply(&Step::Permute(seed), Model::counting(&shape).array(), Model::counting(&shape));
        let view = array.view::<i64>().unwrap();
        let mut seen = Vec::new();
        for_each_row(view.shape(), [view.strides(), view.strides()], [view.offset(); 2], |[at, too], [step, _], len| {
            assert_eq!(at, too);
            (0..len).for_each(|i| seen.push(view.data()[(at as isize + i as isize * step) as usize]));
        });
        prop_assert_eq!(seen, model.elements);
    }
}

#[test]
fn reshape_copies_only_where_it_must() {
    let a = Array::arange(0.0, 240.0, 1.0, DType::F64).reshape(&[4, 5, 12]).unwrap();
    let start = |a: &Array| a.view::<f64>().unwrap().data().as_ptr();
    for (view, shape) in [
        (a.clone(), vec![20, 12]),
        (a.permute(&[1, 0, 2]).unwrap(), vec![5, 4, 3, 4]),
        (a.slice(&[Slice::ALL, Slice::ALL, Slice::from(..4)]).unwrap(), vec![20, 2, 2]),
        (a.flip(&[0, 1, 2]).unwrap(), vec![240]),
        (a.slice(&[Slice::ALL, Slice::from(2..3)]).unwrap(), vec![4, 2, 6]),
    ] {
        let reshaped = view.reshape(&shape).unwrap();
        assert_eq!(start(&reshaped), start(&a), "{shape:?}");
        assert_eq!(reshaped.to_vec::<f64>().unwrap(), view.to_vec::<f64>().unwrap());
    }
    assert_ne!(start(&a.transpose().reshape(&[240]).unwrap()), start(&a));
}

#[test]
fn rank_zero_is_a_number() {
    let a = Array::from_slice(&[1.5f64, 2.5]);
    for number in [
        a.get(&[1]).unwrap(),
        a.slice(&[Slice::from(1..)]).unwrap().reshape(&[]).unwrap(),
        a.slice(&[Slice::from(1..)]).unwrap().squeeze(0).unwrap(),
        Array::full([], 2.5, DType::F64),
        Array::from_vec(vec![2.5], []).unwrap(),
    ] {
        assert!(matches!(number, Array::F64(v) if v == 2.5));
        assert_eq!((number.ndim(), number.len()), (0, 1));
        assert_eq!(number.as_slice::<f64>().unwrap(), [2.5]);
        assert_eq!(number.expand_dims(0).unwrap().to_vec::<f64>().unwrap(), [2.5]);
        assert_eq!(number.broadcast_to(&[2, 2]).unwrap().to_vec::<f64>().unwrap(), [2.5; 4]);
    }
}

#[test]
fn only_the_sole_holder_may_write() {
    for n in [3, 1000] {
        let mut a = Array::zeros([n], DType::F64);
        a.as_mut_slice::<f64>().unwrap()[2] = 7.0;
        let mut b = a.clone();
        assert!(a.as_mut_slice::<f64>().is_none() && b.as_mut_slice::<f64>().is_none() && !a.is_unique());
        drop(b);
        assert!(a.is_unique() && a.as_mut_slice::<f32>().is_none());
        let mut part = a.slice(&[Slice::from(2..)]).unwrap();
        if n == 1000 {
            assert!(part.as_mut_slice::<f64>().is_none(), "the whole is still held");
        }
        drop(a);
        part.as_mut_slice::<f64>().unwrap()[0] += 1.0;
        assert_eq!(part.get(&[0]).unwrap().to_f64().unwrap(), 8.0);
    }
    let mut spread = Array::from_slice(&[1.0]).broadcast_to(&[5]).unwrap();
    assert!(spread.as_mut_slice::<f64>().is_none());
    let mut number = Array::F64(1.0);
    number.as_mut_slice::<f64>().unwrap()[0] = 2.0;
    assert_eq!(number.to_f64().unwrap(), 2.0);
}

#[test]
fn memory_of_others_is_used_in_place_and_given_back() {
    use std::sync::Arc;
    let owner = Arc::new((0..1000).map(f64::from).collect::<Vec<f64>>());
    let address = owner.as_ptr();
    // SAFETY: the layout stays inside the vector, which the keeper keeps alive and nobody changes.
    let mut a = unsafe {
        Array::from_foreign(address.add(999).cast(), DType::F64, [10, 50], &[-100, -2], Box::new(owner.clone()))
            .unwrap()
    };
    assert_eq!(a.get(&[1, 3]).unwrap().to_f64().unwrap(), 999.0 - 106.0);
    let view = a.transpose();
    drop(a.clone());
    assert_eq!(Arc::strong_count(&owner), 2);
    assert!(a.as_mut_slice::<f64>().is_none());
    drop(a);
    assert_eq!(Arc::strong_count(&owner), 2);
    drop(view);
    assert_eq!(Arc::strong_count(&owner), 1);

    let vec = vec![1.0; 5000];
    let address = vec.as_ptr();
    let mut a = Array::from_vec(vec, [50, 100]).unwrap();
    assert_eq!(a.as_slice::<f64>().unwrap().as_ptr(), address);
    a.as_mut_slice::<f64>().unwrap()[0] = 3.0;
    assert_eq!(a.get(&[0, 0]).unwrap().to_f64().unwrap(), 3.0);
    // SAFETY: nothing is read; the address is refused.
    let unaligned = unsafe { Array::from_foreign(std::ptr::dangling::<u8>(), DType::F64, [3], &[1], Box::new(())) };
    assert!(matches!(unaligned, Err(Error::Argument { .. })));
}

#[test]
fn promotion_is_numpys() {
    use DType::*;
    let table = [
        [Bool, U8, I32, I64, F32, F64],
        [U8, U8, I32, I64, F32, F64],
        [I32, I32, I32, I64, F64, F64],
        [I64, I64, I64, I64, F64, F64],
        [F32, F32, F64, F64, F32, F64],
        [F64, F64, F64, F64, F64, F64],
    ];
    for (i, &a) in DType::ALL.iter().enumerate() {
        for (j, &b) in DType::ALL.iter().enumerate() {
            assert_eq!(promote(a, b), table[i][j], "{a} {b}");
        }
    }
}

#[test]
fn casts_are_numpys() {
    let a = Array::from_slice(&[-1.9, 0.0, 0.5, 255.0, 256.0, f64::NAN]);
    assert_eq!(a.cast(DType::U8).to_vec::<u8>().unwrap(), [255, 0, 0, 255, 0, 0]);
    assert_eq!(a.cast(DType::I32).to_vec::<i32>().unwrap(), [-1, 0, 0, 255, 256, 0]);
    assert_eq!(a.cast(DType::Bool).to_vec::<bool>().unwrap(), [true, false, true, true, true, true]);
    let wide = Array::from_slice(&[i64::MAX, -1, 1 << 40]);
    assert_eq!(wide.cast(DType::I32).to_vec::<i32>().unwrap(), [-1, -1, 0]);
    assert_eq!(wide.cast(DType::I64).to_vec::<i64>().unwrap()[0], i64::MAX);
    assert_eq!(Array::Bool(true).cast(DType::F32).item::<f32>().unwrap(), 1.0);
    fn zero_one<T: Element>() {
        assert_eq!((T::ZERO.to_f64(), T::ONE.to_f64()), (0.0, 1.0));
        assert_eq!(T::from_f64(1.0), T::ONE);
    }
    for dtype in DType::ALL {
        wengert_array::dispatch!(dtype, T => zero_one::<T>());
    }
}

#[test]
fn errors_say_what_to_write() {
    let a = Array::zeros([4, 3], DType::F64);
    let text = |r: Result<Array, Error>| r.err().unwrap().to_string();
    assert!(text(a.reshape(&[5])).contains("shape (4, 3) has 12 elements, shape (5,) needs 5"));
    assert!(text(a.squeeze(2)).contains("axis 2 does not exist: the array has 2 axes: write 0 to 1, or -2 to -1"));
    assert!(text(a.squeeze(0)).contains("has length 4"));
    assert!(text(a.permute(&[0, 0])).contains("name each"));
    assert!(text(a.broadcast_to(&[4, 2])).contains("(4, 3) cannot become (4, 2)"));
    assert!(text(a.slice(&[Slice::new(None, None, 0)])).contains("step is zero"));
    assert!(text(a.slice(&[Slice::ALL; 3])).contains("3 slices"));
    let outside = SliceSpec { start: 2, len: 2, step: 3 };
    assert!(matches!(a.slice_spec(&[outside]), Err(Error::Index { index: 5, axis: 0, len: 4, .. })));
    assert!(text(a.get(&[4, 0])).contains("index 4 is out of range for axis 0, which has 4 elements"));
    assert!(a.item::<f64>().unwrap_err().to_string().contains("12 elements, not one"));
    assert!(a.to_vec::<f32>().unwrap_err().to_string().contains("float64, not float32"));
    assert!(text(Array::try_zeros([1 << 40, 1 << 40], DType::F64)).contains("more elements than fit"));
    assert!(text(Array::from_vec(vec![1.0], [2])).contains("needs 2 elements, 1 were given"));
    assert!(text(Array::try_arange(0.0, 1.0, 0.0, DType::F64)).contains("step"));
    assert!(broadcast(&[&[2, 3], &[4, 3]]).unwrap_err().to_string().contains("axis -2 has lengths 2 and 4"));
}

#[test]
fn shapes_print_as_numpys() {
    assert_eq!(Shape::from([4, 3]).to_string(), "(4, 3)");
    assert_eq!(Shape::from([3]).to_string(), "(3,)");
    assert_eq!(Shape::default().to_string(), "()");
}

#[test]
fn coalescing_joins_what_continues() {
    let (shape, [a, b]) = coalesce(&[2, 1, 3, 4], [&[12, 99, 4, 1], &[0, 5, 4, 1]]);
    assert_eq!((&*shape, &a[..], &b[..]), (&[2, 12][..], &[12, 1][..], &[0, 1][..]));
    let (shape, [a]) = coalesce(&[2, 3], [&[3, 1]]);
    assert_eq!((&*shape, &a[..]), (&[6][..], &[1][..]));
}

#[test]
fn creation() {
    assert_eq!(Array::arange(5.0, 0.0, -2.0, DType::I64).to_vec::<i64>().unwrap(), [5, 3, 1]);
    assert!(Array::arange(0.0, -1.0, 1.0, DType::I64).is_empty());
    assert_eq!(Array::linspace(0.0, 1.0, 3, DType::F32).to_vec::<f32>().unwrap(), [0.0, 0.5, 1.0]);
    assert_eq!(Array::linspace(2.0, 9.0, 1, DType::F64).to_vec::<f64>().unwrap(), [2.0]);
    assert!(Array::linspace(0.0, 1.0, 0, DType::F64).is_empty());
    assert_eq!(Array::eye(2, 3, 1, DType::U8).to_vec::<u8>().unwrap(), [0, 1, 0, 0, 0, 1]);
    assert_eq!(Array::eye(2, 2, -1, DType::F64).to_vec::<f64>().unwrap(), [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(Array::ones([2, 2, 2, 2, 2, 2, 2, 2], DType::Bool).to_vec::<bool>().unwrap(), [true; 256]);
    let empty = Array::zeros([3, 0, 2], DType::F64);
    assert!(empty.is_empty() && empty.transpose().contiguous().to_vec::<f64>().unwrap().is_empty());
    assert_eq!(empty.reshape(&[0, 7]).unwrap().shape(), [0, 7]);
}
