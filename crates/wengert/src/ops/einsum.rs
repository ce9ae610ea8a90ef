//! Einstein's summation: products of tensors whose axes are named by letters.

use smallvec::SmallVec;
use wengert_array::{DType, Shape, promote};

use super::arguments::{invalid, misfit};
use crate::apply::apply_one;
use crate::error::Result;
use crate::prim::Prim;
use crate::primitives::cast::cast;
use crate::primitives::matmul::MATMUL;
use crate::primitives::pointwise::row;
use crate::primitives::reduce::{Over, Sum};
use crate::primitives::shape::{Diagonal, permute, reshape};
use crate::tensor::Tensor;
use crate::twins::twins;

/// The name of an axis: a letter, or the place of an axis under an ellipsis, counted from the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Letter(char),
    Ellipsis(usize),
}

type Labels = SmallVec<[Label; 6]>;

/// A tensor whose axes have names, each a different one.
struct Factor {
    tensor: Tensor,
    labels: Labels,
}

/// One side of the equation for one tensor: letters, of which an ellipsis may stand among.
struct Term {
    before: Vec<char>,
    /// The letters after the ellipsis, if there is one.
    after: Option<Vec<char>>,
}

impl Term {
    #[track_caller]
    fn parse(text: &str, equation: &str) -> Result<Term> {
        let (before, after) = match text.split_once("...") {
            None => (text, None),
            Some((before, after)) => (before, Some(after)),
        };
        for part in [before, after.unwrap_or("")] {
            if let Some(c) = part.chars().find(|c| !c.is_ascii_alphabetic()) {
                return Err(invalid(
                    "einsum",
                    format!("`{c}` in {equation:?} does not name an axis: use letters, `...`, commas and one `->`"),
                ));
            }
        }
        Ok(Term { before: before.chars().collect(), after: after.map(|after| after.chars().collect()) })
    }

    fn letters(&self) -> impl Iterator<Item = char> + '_ {
        self.before.iter().chain(self.after.iter().flatten()).copied()
    }

    /// The names of all axes, `hidden` of them under the ellipsis.
    fn labels(&self, hidden: usize) -> Labels {
        let mut labels: Labels = self.before.iter().map(|&c| Label::Letter(c)).collect();
        if let Some(after) = &self.after {
            labels.extend((0..hidden).rev().map(Label::Ellipsis));
            labels.extend(after.iter().map(|&c| Label::Letter(c)));
        }
        labels
    }
}

impl Tensor {
    twins! {
        /// The sum of products that an equation describes: axes are named by letters, an axis named in several tensors is one
        /// axis, and those not named after the arrow are summed over. A letter twice in one tensor is its diagonal; `...`
        /// stands for all axes not named, which broadcast; without an arrow the result has the letters that occur once, in
        /// alphabetical order. Spaces do not matter. Products are formed pair by pair, as matrix products, in an order that
        /// keeps them small.
        ///
        /// ```
        /// use wengert::prelude::*;
        /// let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
        /// assert_eq!(Tensor::einsum("ij, jk -> ik", &[&a, &a]).to_vec::<f64>(), [7.0, 10.0, 15.0, 22.0]);
        /// assert_eq!(Tensor::einsum("ii", &[&a]).item(), 5.0);
        /// assert_eq!(Tensor::einsum("...i, ...i -> ...", &[&a, &a]).to_vec::<f64>(), [5.0, 25.0]);
        /// ```
        pub fn einsum / try_einsum(equation: &str, operands: &[&Tensor]) -> Tensor {
            einsum(equation, operands)
        }
    }
}

#[track_caller]
fn einsum(equation: &str, operands: &[&Tensor]) -> Result<Tensor> {
    let compact: String = equation.chars().filter(|c| !c.is_whitespace()).collect();
    let (left, right) = match compact.split_once("->") {
        Some((left, right)) => (left, Some(right)),
        None => (compact.as_str(), None),
    };
    let mut terms = Vec::with_capacity(operands.len());
    for text in left.split(',') {
        terms.push(Term::parse(text, equation)?);
    }
    if terms.len() != operands.len() {
        let detail =
            format!("{equation:?} names the axes of {} tensors, but {} were given", terms.len(), operands.len());
        return Err(invalid("einsum", detail));
    }
    let mut named = Vec::with_capacity(operands.len());
    for (number, (term, operand)) in terms.iter().zip(operands).enumerate() {
        named.push(axes_of(number, term, operand, equation)?);
    }
    let output = match right {
        Some(text) => given_output(&Term::parse(text, equation)?, &named, equation)?,
        None => implied_output(&terms, &named),
    };
    let sizes = sizes(&named, operands, equation)?;
    let dtype = operands.iter().map(|operand| operand.dtype()).reduce(promote).unwrap_or(DType::F64);
    let mut factors = Vec::with_capacity(operands.len());
    for (operand, labels) in operands.iter().zip(named) {
        factors.push(Factor::new(&cast(operand, dtype)?, labels, &sizes)?);
    }
    let product = contract(factors, &output)?;
    cast(&product.arranged(&output)?, dtype)
}

/// The names of the axes of one operand.
#[track_caller]
fn axes_of(number: usize, term: &Term, operand: &Tensor, equation: &str) -> Result<Labels> {
    let (ndim, letters) = (operand.ndim(), term.letters().count());
    let fits = if term.after.is_some() { letters <= ndim } else { letters == ndim };
    if fits {
        return Ok(term.labels(ndim - letters));
    }
    let detail = format!(
        "{equation:?} names {letters} axes of operand {number}, which has shape {}",
        Shape::from(operand.shape())
    );
    Err(misfit("einsum", detail, "name every axis, or let `...` stand for the others"))
}

/// The axes named after the arrow.
#[track_caller]
fn given_output(term: &Term, named: &[Labels], equation: &str) -> Result<Labels> {
    let hidden = hidden(named);
    let output = term.labels(hidden);
    for (i, label) in output.iter().enumerate() {
        let Label::Letter(c) = *label else { continue };
        if output[..i].contains(label) {
            return Err(invalid("einsum", format!("`{c}` stands twice after the arrow of {equation:?}")));
        }
        if !named.iter().any(|labels| labels.contains(label)) {
            return Err(invalid(
                "einsum",
                format!("`{c}` after the arrow of {equation:?} names no axis of an operand"),
            ));
        }
    }
    Ok(output)
}

/// How many axes ellipses stand for, at most.
fn hidden(named: &[Labels]) -> usize {
    let all = named.iter().flatten();
    all.filter_map(|label| if let Label::Ellipsis(place) = label { Some(place + 1) } else { None }).max().unwrap_or(0)
}

/// The axes under ellipses, then the letters that occur once, in alphabetical order.
fn implied_output(terms: &[Term], named: &[Labels]) -> Labels {
    let mut letters: Vec<char> = terms.iter().flat_map(Term::letters).collect();
    letters.sort_unstable();
    let mut output: Labels = (0..hidden(named)).rev().map(Label::Ellipsis).collect();
    output.extend(letters.chunk_by(|a, b| a == b).filter(|run| run.len() == 1).map(|run| Label::Letter(run[0])));
    output
}

/// The length of every named axis. An axis of length 1 broadcasts.
#[track_caller]
fn sizes(named: &[Labels], operands: &[&Tensor], equation: &str) -> Result<Vec<(Label, usize)>> {
    let mut sizes: Vec<(Label, usize)> = Vec::new();
    for (labels, operand) in named.iter().zip(operands) {
        for (&label, &len) in labels.iter().zip(operand.shape()) {
            match sizes.iter_mut().find(|(other, _)| *other == label) {
                None => sizes.push((label, len)),
                Some((_, known)) if *known == 1 => *known = len,
                Some((_, known)) if len == *known || len == 1 => {}
                Some((_, known)) => {
                    let name = match label {
                        Label::Letter(c) => format!("`{c}`"),
                        Label::Ellipsis(_) => "an axis under `...`".into(),
                    };
                    let shapes: Vec<String> = operands.iter().map(|o| Shape::from(o.shape()).to_string()).collect();
                    let detail = format!(
                        "{name} in {equation:?} is {known} long in one place and {len} in another: shapes {}",
                        shapes.join(", ")
                    );
                    return Err(misfit(
                        "einsum",
                        detail,
                        "an axis must have one length wherever it is named, or length 1",
                    ));
                }
            }
        }
    }
    Ok(sizes)
}

fn size_of(sizes: &[(Label, usize)], label: Label) -> usize {
    sizes.iter().find(|(other, _)| *other == label).map_or(1, |(_, len)| *len)
}

impl Factor {
    /// An operand of which repeated names became diagonals and axes that broadcast are gone.
    #[track_caller]
    fn new(tensor: &Tensor, labels: Labels, sizes: &[(Label, usize)]) -> Result<Factor> {
        let mut factor = Factor { tensor: tensor.clone(), labels };
        let broadcasts = |len: usize, label: Label| len == 1 && size_of(sizes, label) != 1;
        if factor.tensor.shape().iter().zip(&factor.labels).any(|(&len, &label)| broadcasts(len, label)) {
            let (shape, labels): (Vec<usize>, Labels) = (factor.tensor.shape().iter().copied())
                .zip(factor.labels.iter().copied())
                .filter(|&(len, label)| !broadcasts(len, label))
                .unzip();
            factor = Factor { tensor: reshape(&factor.tensor, &shape)?, labels };
        }
        while let Some((i, j)) = repeated(&factor.labels) {
            let mut order: Vec<usize> = (0..factor.labels.len()).filter(|&axis| axis != i && axis != j).collect();
            let mut labels: Labels = order.iter().map(|&axis| factor.labels[axis]).collect();
            labels.push(factor.labels[i]);
            order.extend([i, j]);
            let matrix = permute(&factor.tensor, order)?;
            factor = Factor { tensor: apply_one(&Prim::new(Diagonal { offset: 0 }), &[&matrix])?, labels };
        }
        Ok(factor)
    }

    /// The length of an axis, if there is one of that name.
    fn len(&self, label: Label) -> Option<usize> {
        self.labels.iter().position(|&other| other == label).map(|axis| self.tensor.shape()[axis])
    }

    /// Summed over the axes that nobody else needs.
    #[track_caller]
    fn summed(self, needed: impl Fn(Label) -> bool) -> Result<Factor> {
        let axes: SmallVec<[usize; 6]> = (0..self.labels.len()).filter(|&axis| !needed(self.labels[axis])).collect();
        if axes.is_empty() {
            return Ok(self);
        }
        let labels = self.labels.iter().copied().filter(|&label| needed(label)).collect();
        let tensor = apply_one(&Prim::new(Sum(Over { axes, keepdims: false })), &[&self.tensor])?;
        // Sums of small integers are wider than they are.
        Ok(Factor { tensor: cast(&tensor, self.tensor.dtype())?, labels })
    }

    /// The axes in the order of these groups, each group made one axis.
    #[track_caller]
    fn grouped(&self, groups: [&[Label]; 3]) -> Result<Tensor> {
        let order = groups.iter().flat_map(|group| group.iter());
        let order = order.filter_map(|label| self.labels.iter().position(|other| other == label)).collect();
        let shape = groups.map(|group| group.iter().filter_map(|&label| self.len(label)).product());
        reshape(&permute(&self.tensor, order)?, &shape)
    }

    /// The axes in this order; those that are missing, because all operands broadcast there, get length 1.
    #[track_caller]
    fn arranged(&self, labels: &[Label]) -> Result<Tensor> {
        let order = labels.iter().filter_map(|label| self.labels.iter().position(|other| other == label)).collect();
        let shape: Vec<usize> = labels.iter().map(|&label| self.len(label).unwrap_or(1)).collect();
        reshape(&permute(&self.tensor, order)?, &shape)
    }
}

/// Two axes of one name.
fn repeated(labels: &[Label]) -> Option<(usize, usize)> {
    (0..labels.len()).find_map(|j| labels[..j].iter().position(|label| *label == labels[j]).map(|i| (i, j)))
}

/// Multiplies the factors pair by pair until one is left with the axes of the result.
#[track_caller]
fn contract(mut factors: Vec<Factor>, output: &[Label]) -> Result<Factor> {
    for i in 0..factors.len() {
        let elsewhere = |label: Label| {
            output.contains(&label)
                || factors.iter().enumerate().any(|(j, other)| j != i && other.labels.contains(&label))
        };
        let needed: Labels = factors[i].labels.iter().copied().filter(|&label| elsewhere(label)).collect();
        let whole = Factor { tensor: factors[i].tensor.clone(), labels: factors[i].labels.clone() };
        factors[i] = whole.summed(|label| needed.contains(&label))?;
    }
    while factors.len() > 1 {
        let (i, j) = next_pair(&factors, output);
        let second = factors.remove(j);
        let first = factors.remove(i);
        let needed: Labels =
            output.iter().copied().chain(factors.iter().flat_map(|factor| factor.labels.iter().copied())).collect();
        factors.insert(i, pair(&first, &second, &needed)?);
    }
    factors.pop().ok_or_else(|| invalid("einsum", "needs at least one tensor"))
}

/// The pair whose product is smallest beside what it replaces.
fn next_pair(factors: &[Factor], output: &[Label]) -> (usize, usize) {
    let mut best = ((0, 1), f64::INFINITY);
    for i in 0..factors.len() {
        for j in i + 1..factors.len() {
            let needed = |label: Label| {
                output.contains(&label)
                    || factors.iter().enumerate().any(|(k, other)| k != i && k != j && other.labels.contains(&label))
            };
            let kept = factors[i]
                .labels
                .iter()
                .chain(factors[j].labels.iter().filter(|label| !factors[i].labels.contains(label)));
            let lengths = kept
                .filter(|&&label| needed(label))
                .filter_map(|&label| factors[i].len(label).or(factors[j].len(label)));
            let size: f64 = lengths.map(|len| len as f64).product();
            let growth = size - factors[i].tensor.len() as f64 - factors[j].tensor.len() as f64;
            if growth < best.1 {
                best = ((i, j), growth);
            }
        }
    }
    best.0
}

/// The product of two factors, summed over the axes they share that nobody else needs.
#[track_caller]
fn pair(a: &Factor, b: &Factor, needed: &[Label]) -> Result<Factor> {
    let in_b = |label: &Label| b.labels.contains(label);
    let shared: Labels = a.labels.iter().copied().filter(in_b).collect();
    let (stack, inner): (Labels, Labels) = shared.iter().copied().partition(|label| needed.contains(label));
    let rows: Labels = a.labels.iter().copied().filter(|label| !in_b(label)).collect();
    let columns: Labels = b.labels.iter().copied().filter(|label| !a.labels.contains(label)).collect();
    let labels: Labels = stack.iter().chain(&rows).chain(&columns).copied().collect();
    let product = if inner.is_empty() {
        let left = a.grouped([&stack, &rows, &[]])?;
        let right = b.grouped([&stack, &[], &columns])?;
        apply_one(&row(wengert_scalar::Row::Mul), &[&left, &right])?
    } else {
        let left = a.grouped([&stack, &rows, &inner])?;
        let right = b.grouped([&stack, &inner, &columns])?;
        if stack.is_empty() {
            let (m, k, n) = (left.shape()[1], left.shape()[2], right.shape()[2]);
            apply_one(&MATMUL, &[&reshape(&left, &[m, k])?, &reshape(&right, &[k, n])?])?
        } else {
            apply_one(&MATMUL, &[&left, &right])?
        }
    };
    let shape: Vec<usize> = labels.iter().filter_map(|&label| a.len(label).or(b.len(label))).collect();
    Ok(Factor { tensor: reshape(&product, &shape)?, labels })
}
