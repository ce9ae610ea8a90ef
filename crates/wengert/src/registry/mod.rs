//! The registry: every primitive, checked in every mode, dtype and layout.
//!
//! A [`Case`] is a primitive with inputs it is defined on and an independent reference. From it come,
//! generated, the checks in [`checks`]: values against the reference; `jvp` against central differences;
//! `vjp` against `jvp`; both derivatives of `vjp` against differences and each other; batches against
//! a loop; traced against direct; in f64 and f32; on contiguous, transposed, sliced, reversed and
//! broadcast inputs. A primitive in the sources of any crate without a case, or a row of the table without
//! a reference, fails [`every_primitive_is_registered`].

mod cases;
mod checks;
mod dense;
mod flaws;
mod layouts;
mod rows;
mod table;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dense::Dense;

use crate::error::Result;
use crate::few::Few;
use crate::tensor::Tensor;
use crate::{DType, trace};

/// What an input of a case holds.
#[derive(Clone, Debug)]
enum Values {
    /// Floats in this interval, no two alike.
    Floats(f64, f64),
    /// These floats, of either precision.
    Fixed(Vec<f64>),
    /// These integers.
    Integers(Vec<i64>),
    /// These truth values.
    Bools(Vec<bool>),
}

#[derive(Clone, Debug)]
struct Input {
    shape: Vec<usize>,
    values: Values,
}

type Operation = Arc<dyn Fn(&[Tensor]) -> Result<Few<Tensor>> + Send + Sync>;
type Reference = Arc<dyn Fn(&[Dense]) -> Vec<Dense> + Send + Sync>;

#[derive(Clone)]
struct Case {
    /// The name of the type that implements the primitive.
    primitive: &'static str,
    label: String,
    operation: Operation,
    inputs: Vec<Input>,
    reference: Reference,
    /// Relative error allowed to the value in f64: what the reference itself is good for.
    accuracy: f64,
    /// The function has kinks where elements are equal: they must not be made so.
    distinct: bool,
    /// The dtype of the result does not follow that of the inputs.
    double_only: bool,
}

/// Floats between `low` and `high`.
fn floats(shape: &[usize], low: f64, high: f64) -> Input {
    Input { shape: shape.to_vec(), values: Values::Floats(low, high) }
}

fn fixed(shape: &[usize], values: &[f64]) -> Input {
    Input { shape: shape.to_vec(), values: Values::Fixed(values.to_vec()) }
}

fn integers(shape: &[usize], values: &[i64]) -> Input {
    Input { shape: shape.to_vec(), values: Values::Integers(values.to_vec()) }
}

fn bools(shape: &[usize], values: &[bool]) -> Input {
    Input { shape: shape.to_vec(), values: Values::Bools(values.to_vec()) }
}

impl Case {
    /// A case with one result.
    fn new(
        primitive: &'static str,
        label: impl Into<String>,
        inputs: Vec<Input>,
        operation: impl Fn(&[Tensor]) -> Result<Tensor> + Send + Sync + 'static,
        reference: impl Fn(&[Dense]) -> Dense + Send + Sync + 'static,
    ) -> Case {
        Case {
            primitive,
            label: label.into(),
            operation: Arc::new(move |x| operation(x).map(Few::One)),
            inputs,
            reference: Arc::new(move |x| vec![reference(x)]),
            accuracy: 1e-13,
            distinct: false,
            double_only: false,
        }
    }

    /// A case with several results.
    fn several(
        primitive: &'static str,
        label: impl Into<String>,
        inputs: Vec<Input>,
        operation: impl Fn(&[Tensor]) -> Result<Few<Tensor>> + Send + Sync + 'static,
        reference: impl Fn(&[Dense]) -> Vec<Dense> + Send + Sync + 'static,
    ) -> Case {
        Case {
            primitive,
            label: label.into(),
            operation: Arc::new(operation),
            inputs,
            reference: Arc::new(reference),
            accuracy: 1e-13,
            distinct: false,
            double_only: false,
        }
    }

    fn accuracy(mut self, accuracy: f64) -> Case {
        self.accuracy = accuracy;
        self
    }

    fn distinct(mut self) -> Case {
        self.distinct = true;
        self
    }

    fn double_only(mut self) -> Case {
        self.double_only = true;
        self
    }

    fn tensors(&self, dtype: DType) -> Vec<Tensor> {
        self.inputs.iter().enumerate().map(|(i, input)| input.tensor(dtype, i)).collect()
    }

    /// The types of the primitives that the operation applies.
    fn applied(&self) -> BTreeSet<String> {
        let inputs = self.tensors(DType::F64);
        let program =
            trace(|x: &Vec<Tensor>| (self.operation)(x).map(|outs| outs.into_iter().collect::<Vec<_>>()), &inputs);
        let program = program.unwrap_or_else(|error| panic!("{}: {error}", self.label));
        program.steps().iter().map(|step| type_of(&format!("{:?}", &**step.prim()))).collect()
    }
}

/// `Sum { axes: … }` is of the type `Sum`.
fn type_of(debug: &str) -> String {
    debug.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_string()
}

impl Input {
    /// The values, the same at every call; `salt` makes the inputs of a case differ.
    fn tensor(&self, dtype: DType, salt: usize) -> Tensor {
        let count: usize = self.shape.iter().product();
        let made = match &self.values {
            Values::Floats(low, high) => {
                // The multiples of the golden ratio, modulo one, are spread evenly and never repeat
                // (Knuth, The Art of Computer Programming, volume 3, 6.4).
                let spread = |i: usize| ((i + 1 + 37 * salt) as f64 * 0.618_033_988_749_894_9).fract();
                let values: Vec<f64> = (0..count).map(|i| low + (high - low) * spread(i)).collect();
                Tensor::from_vec(values, &self.shape[..]).to_dtype(dtype)
            }
            Values::Fixed(values) => Tensor::from_vec(values.clone(), &self.shape[..]).to_dtype(dtype),
            Values::Integers(values) => Tensor::from_vec(values.clone(), &self.shape[..]),
            Values::Bools(values) => Tensor::from_vec(values.clone(), &self.shape[..]),
        };
        assert_eq!(made.len(), count);
        made
    }
}

/// All source files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).expect("the sources").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() && !path.ends_with("registry") {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The names of all types in the sources below a folder that implement `Primitive`.
fn implementors(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in sources(folder) {
        let text = std::fs::read_to_string(path).expect("a source file");
        let heads = text.lines().map(str::trim_start).filter(|line| line.starts_with("impl"));
        found.extend(heads.filter_map(|line| line.split_once("Primitive for ")).map(|(_, name)| type_of(name)));
    }
    found
}

/// The folders of sources of this crate and of those beside it.
fn crates() -> Vec<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of crates");
    let entries = std::fs::read_dir(beside).expect("the crates");
    let folders = entries.map(|entry| entry.expect("an entry").path().join("src"));
    folders.filter(|folder| folder.is_dir()).collect()
}

/// The primitives whose rules are functions of a Python program, which no case written in Rust can have, and the tests in
/// Python that check them against finite differences, batched and to second order.
const OF_PYTHON: [(&str, &str); 3] = [
    ("Function", "python/tests/torch_autograd/test_function.py"),
    ("Given", "python/tests/tensorflow/test_custom_gradient.py"),
    ("PyPrimitive", "python/tests/autograd/test_extend.py"),
];

#[test]
fn primitives_of_python_are_tested_in_python() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent).expect("the workspace");
    if !root.join("python").is_dir() {
        return; // The crate is tested by itself, outside of its workspace.
    }
    for (primitive, tests) in OF_PYTHON {
        let text = std::fs::read_to_string(root.join(tests)).expect("the tests of a primitive");
        assert!(
            text.contains("check_grads") || text.contains("gradcheck"),
            "{tests} does not check {primitive}'s rules"
        );
        let folder = root.join("crates/wengert-python/src");
        assert!(implementors(&folder).contains(primitive), "{primitive} does not exist any more");
    }
}

#[test]
fn every_primitive_is_registered() {
    let crates = crates();
    assert!(crates.iter().any(|folder| folder.ends_with("wengert-nn/src")), "the crates were not found: {crates:?}");
    let implemented: BTreeSet<String> = crates.iter().flat_map(|folder| implementors(folder)).collect();
    assert!(implemented.len() > 20, "the sources were not found: {implemented:?}");
    let cases = all();
    let registered: BTreeSet<String> = cases.iter().map(|case| case.primitive.to_string()).collect();
    let of_python: BTreeSet<String> = OF_PYTHON.iter().map(|(primitive, _)| (*primitive).to_string()).collect();
    let implemented: BTreeSet<String> = implemented.difference(&of_python).cloned().collect();
    let missing: Vec<_> = implemented.difference(&registered).collect();
    assert!(missing.is_empty(), "primitives without a case in src/registry: {missing:?}");
    let unknown: Vec<_> = registered.difference(&implemented).collect();
    assert!(unknown.is_empty(), "cases of primitives that do not exist: {unknown:?}");
    for case in &cases {
        let applied = case.applied();
        assert!(applied.contains(case.primitive), "{}: applies {applied:?} and not {}", case.label, case.primitive);
    }
}

/// Every case.
fn all() -> Vec<Case> {
    let mut all = rows::cases();
    all.extend(cases::all());
    all
}
