//! Products of vectors, matrices and tensors.

use wengert_array::{Shape, promote};

use super::arguments::{IntoShape, misfit, resolve_axes};
use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::Prim;
use crate::primitives::cast::cast;
use crate::primitives::matmul::MATMUL;
use crate::primitives::reduce::{Over, Sum};
use crate::primitives::shape::{Diagonal, permute, reshape};
use crate::tensor::Tensor;
use crate::twins::twins;

/// Both factors in their common dtype.
#[track_caller]
fn common(a: &Tensor, b: &Tensor) -> Result<(Tensor, Tensor)> {
    let dtype = promote(a.dtype(), b.dtype());
    Ok((cast(a, dtype)?, cast(b, dtype)?))
}

#[track_caller]
fn product(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if a.dtype() == b.dtype() {
        return apply_one(&MATMUL, &[a, b]);
    }
    let (a, b) = common(a, b)?;
    apply_one(&MATMUL, &[&a, &b])
}

/// Complains unless the factors have these numbers of axes.
#[track_caller]
fn ranks(op: &'static str, a: &Tensor, b: &Tensor, wanted: (usize, usize), hint: &'static str) -> Result<()> {
    if (a.ndim(), b.ndim()) == wanted {
        return Ok(());
    }
    let name = |n| match n {
        1 => "a vector",
        2 => "a matrix",
        _ => "a stack of matrices (3 axes)",
    };
    let detail = format!(
        "takes {} and {}, got shapes {} and {}",
        name(wanted.0),
        name(wanted.1),
        Shape::from(a.shape()),
        Shape::from(b.shape())
    );
    Err(misfit(op, detail, hint))
}

impl Tensor {
    twins! {
        /// The matrix product by NumPy's rules: a vector counts as one row on the left and as one column on the right, axes
        /// in front of the last two are a stack of matrices and broadcast.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        /// assert_eq!(a.matmul(&a).to_vec::<f64>(), [7.0, 10.0, 15.0, 22.0]);
        /// assert_eq!(a.matmul(&Tensor::from([1.0, 1.0])).to_vec::<f64>(), [3.0, 7.0]);
        /// ```
        pub fn matmul / try_matmul(&self, other: &Tensor) -> Tensor {
            product(self, other)
        }

        /// The product of two matrices; neither vectors nor stacks.
        pub fn mm / try_mm(&self, other: &Tensor) -> Tensor {
            ranks("mm", self, other, (2, 2), "use matmul for vectors and for stacks of matrices")?;
            product(self, other)
        }

        /// The product of a matrix and a vector.
        pub fn mv / try_mv(&self, vector: &Tensor) -> Tensor {
            ranks("mv", self, vector, (2, 1), "use matmul for other shapes")?;
            product(self, vector)
        }

        /// The products of two stacks of as many matrices.
        pub fn bmm / try_bmm(&self, other: &Tensor) -> Tensor {
            ranks("bmm", self, other, (3, 3), "use matmul for other shapes")?;
            if self.shape()[0] != other.shape()[0] {
                let detail = format!(
                    "shapes {} and {} are stacks of different heights",
                    Shape::from(self.shape()),
                    Shape::from(other.shape())
                );
                return Err(misfit("bmm", detail, "use matmul to broadcast a stack of height 1"));
            }
            product(self, other)
        }

        /// The scalar product of two vectors.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([1.0, 2.0]).dot(&Tensor::from([3.0, 4.0])).item(), 11.0);
        /// ```
        pub fn dot / try_dot(&self, other: &Tensor) -> Tensor {
            ranks("dot", self, other, (1, 1), "use matmul for matrices, (a * b).sum() for the sum of all products")?;
            product(self, other)
        }

        /// The matrix of all products of an element of this vector and one of `other`.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let x = Tensor::from([1.0, 2.0]).outer(&Tensor::from([3.0, 4.0]));
        /// assert_eq!(x.to_vec::<f64>(), [3.0, 4.0, 6.0, 8.0]);
        /// ```
        pub fn outer / try_outer(&self, other: &Tensor) -> Tensor {
            ranks("outer", self, other, (1, 1), "flatten other shapes with reshape(-1) first")?;
            reshape(self, &[self.len(), 1])?.try_mul(other)
        }

        /// The sum of products over pairs of axes: axis `left[i]` of this with axis `right[i]` of `other`. The other axes of
        /// this, then those of `other`, stay in their order.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (a, b) = (Tensor::ones([2, 3, 4]), Tensor::ones([4, 3, 5]));
        /// assert_eq!(a.tensordot(&b, [1, 2], [1, 0]).shape(), [2, 5]);
        /// ```
        pub fn tensordot / try_tensordot(&self, other: &Tensor, left: impl IntoShape, right: impl IntoShape) -> Tensor {
            let (left, right) = (left.into_lengths(), right.into_lengths());
            let left = resolve_axes("tensordot", &left, self.ndim())?;
            let right = resolve_axes("tensordot", &right, other.ndim())?;
            let (mine, theirs) = (self.shape(), other.shape());
            let fits = left.len() == right.len() && left.iter().zip(&right).all(|(&l, &r)| mine[l] == theirs[r]);
            if !fits {
                let detail = format!(
                    "axes {:?} of shape {} and axes {:?} of shape {} are not of the same lengths",
                    &left[..],
                    Shape::from(mine),
                    &right[..],
                    Shape::from(theirs)
                );
                return Err(misfit("tensordot", detail, "pair axes of equal length, one of each tensor"));
            }
            let (a, b) = common(self, other)?;
            let (mut order_a, mut order_b): (Vec<usize>, Vec<usize>) = (
                (0..mine.len()).filter(|axis| !left.contains(axis)).collect(),
                (0..theirs.len()).filter(|axis| !right.contains(axis)).collect(),
            );
            let free: Shape = order_a.iter().map(|&i| mine[i]).chain(order_b.iter().map(|&i| theirs[i])).collect();
            let rows: usize = order_a.iter().map(|&axis| mine[axis]).product();
            let columns: usize = order_b.iter().map(|&axis| theirs[axis]).product();
            let inner: usize = left.iter().map(|&axis| mine[axis]).product();
            order_a.extend(&left);
            order_b.splice(0..0, right.iter().copied());
            let a = reshape(&permute(&a, order_a)?, &[rows, inner])?;
            let b = reshape(&permute(&b, order_b)?, &[inner, columns])?;
            reshape(&apply_one(&MATMUL, &[&a, &b])?, &free)
        }

        /// The sum of the main diagonal of a matrix.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// assert_eq!(Tensor::from([[1.0, 2.0], [3.0, 4.0]]).trace().item(), 5.0);
        /// ```
        pub fn trace / try_trace(&self) -> Tensor {
            if self.ndim() != 2 {
                let detail = format!("takes a matrix, got shape {}", Shape::from(self.shape()));
                return Err(misfit("trace", detail, "use diagonal(0, -2, -1).sum_axes(-1, false) for a stack of matrices"));
            }
            let diagonal = apply_one(&Prim::new(Diagonal { offset: 0 }), &[self])?;
            let over = Over { axes: smallvec::SmallVec::from_slice(&[0]), keepdims: false };
            apply_one(&Prim::new(Sum(over)), &[&diagonal])
        }
    }

    twins! {
        /// The product of several matrices (the first and last may be vectors), multiplied in the order that takes the fewest
        /// operations.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let (a, b, c) = (Tensor::ones([10, 1]), Tensor::ones([1, 10]), Tensor::ones([10, 1]));
        /// assert_eq!(Tensor::multi_dot(&[&a, &b, &c]).shape(), [10, 1]);
        /// ```
        pub fn multi_dot / try_multi_dot(tensors: &[&Tensor]) -> Tensor {
            let n = tensors.len();
            let middle = |i: usize| i > 0 && i + 1 < n;
            if n < 2 || tensors.iter().enumerate().any(|(i, t)| t.ndim() != 2 && (t.ndim() != 1 || middle(i))) {
                let shapes: Vec<String> = tensors.iter().map(|t| Shape::from(t.shape()).to_string()).collect();
                let detail = format!("takes two or more matrices, got shapes {}", shapes.join(", "));
                return Err(misfit("multi_dot", detail, "only the first and the last may be vectors"));
            }
            // Boundaries between the factors: matrix i is sizes[i] by sizes[i + 1].
            let mut sizes: Vec<f64> = tensors.iter().map(|t| if t.ndim() == 2 { t.shape()[0] } else { t.len() } as f64).collect();
            let (first, last) = (tensors[0], tensors[n - 1]);
            sizes.push(if last.ndim() == 2 { last.shape()[1] as f64 } else { 1.0 });
            if first.ndim() == 1 {
                sizes[0] = 1.0;
            }
            let mut cost = vec![vec![0.0; n]; n];
            let mut split = vec![vec![0; n]; n];
            for span in 1..n {
                for i in 0..n - span {
                    let j = i + span;
                    cost[i][j] = f64::INFINITY;
                    for k in i..j {
                        let total = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1];
                        if total < cost[i][j] {
                            (cost[i][j], split[i][j]) = (total, k);
                        }
                    }
                }
            }
            multiply(tensors, &split, 0, n - 1)
        }
    }
}

#[track_caller]
fn multiply(tensors: &[&Tensor], split: &[Vec<usize>], i: usize, j: usize) -> Result<Tensor> {
    if i == j {
        return Ok(tensors[i].clone());
    }
    let k = split[i][j];
    product(&multiply(tensors, split, i, k)?, &multiply(tensors, split, k + 1, j)?)
}
