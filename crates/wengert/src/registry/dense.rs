//! The plainest possible array, for references: f64 in row-major order, one index at a time.

use crate::DType;
use crate::tensor::Tensor;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dense {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

impl Dense {
    pub fn of(tensor: &Tensor) -> Dense {
        let values = tensor.array().expect("a plain value").cast(DType::F64).to_vec::<f64>().expect("floats");
        Dense { shape: tensor.shape().to_vec(), values }
    }

    /// The array whose element at each index is `f` of the index.
    pub fn build(shape: &[usize], mut f: impl FnMut(&[usize]) -> f64) -> Dense {
        let count: usize = shape.iter().product();
        let values = (0..count).map(|flat| f(&unravel(flat, shape))).collect();
        Dense { shape: shape.to_vec(), values }
    }

    /// All indices of a shape, in row-major order.
    pub fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> {
        (0..shape.iter().product()).map(|flat| unravel(flat, shape))
    }

    pub fn at(&self, index: &[usize]) -> f64 {
        self.values[self.flat(index)]
    }

    pub fn at_mut(&mut self, index: &[usize]) -> &mut f64 {
        let flat = self.flat(index);
        &mut self.values[flat]
    }

    fn flat(&self, index: &[usize]) -> usize {
        assert_eq!(index.len(), self.shape.len());
        index.iter().zip(&self.shape).fold(0, |flat, (&i, &n)| {
            assert!(i < n);
            flat * n + i
        })
    }

    /// The element of a stack of matrices, which broadcasts, at an index of a larger stack.
    pub fn broadcast_at_last(&self, stack: &[usize], matrix: [usize; 2]) -> f64 {
        let whole: Vec<usize> = stack.iter().chain(&matrix).copied().collect();
        let own = &whole[whole.len() - self.shape.len()..];
        let stacked = self.shape.len() - 2;
        let own: Vec<usize> = own
            .iter()
            .zip(&self.shape)
            .enumerate()
            .map(|(axis, (&i, &n))| if axis < stacked && n == 1 { 0 } else { i })
            .collect();
        self.at(&own)
    }

    /// The element at an index of a larger shape that this one broadcasts to.
    pub fn broadcast_at(&self, index: &[usize]) -> f64 {
        let own: Vec<usize> = index[index.len() - self.shape.len()..]
            .iter()
            .zip(&self.shape)
            .map(|(&i, &n)| if n == 1 { 0 } else { i })
            .collect();
        self.at(&own)
    }
}

/// The index of the element at a position in row-major order.
fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, &n) in index.iter_mut().zip(shape).rev() {
        *i = flat % n;
        flat /= n;
    }
    index
}
