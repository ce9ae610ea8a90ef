//! The plain forms panic with the text of the error, at the caller's line.

use std::cell::RefCell;
use std::panic::{catch_unwind, set_hook, take_hook};

use wengert::prelude::*;

thread_local! {
    static SEEN: RefCell<Option<(String, String, u32)>> = const { RefCell::new(None) };
}

/// The line of the call, the plain form, the error of the other.
type Sample = (u32, fn(), fn() -> Error);

/// The plain form and the fallible one, on the line of the macro's caller.
macro_rules! sample {
    ($plain:expr, $fallible:expr) => {
        (
            line!(),
            || {
                let _ = $plain;
            },
            || $fallible.map(drop).expect_err("bad input"),
        )
    };
}

#[test]
fn plain_methods_panic_with_the_same_text_at_the_callers_line() {
    let samples: [Sample; 12] = [
        sample!(Tensor::zeros([2, 3]).matmul(&Tensor::zeros([2, 3])), Tensor::zeros([2, 3]).try_matmul(&Tensor::zeros([2, 3]))),
        sample!(Tensor::zeros([2, 3]).reshape([4]), Tensor::zeros([2, 3]).try_reshape([4])),
        sample!(Tensor::zeros([2, 3]).sum_axes(2, false), Tensor::zeros([2, 3]).try_sum_axes(2, false)),
        sample!(Tensor::zeros([2]).i(2), Tensor::zeros([2]).try_i(2)),
        sample!(Tensor::zeros([0]).max(), Tensor::zeros([0]).try_max()),
        sample!(Tensor::arange(0.0, 1.0, 0.0), Tensor::try_arange(0.0, 1.0, 0.0)),
        sample!(Tensor::concatenate(&[], 0), Tensor::try_concatenate(&[], 0)),
        sample!(Tensor::einsum("ij->ik", &[&Tensor::zeros([2, 2])]), Tensor::try_einsum("ij->ik", &[&Tensor::zeros([2, 2])])),
        sample!(Tensor::from([1, 2]).softmax(0), Tensor::from([1, 2]).try_softmax(0)),
        sample!(Tensor::from([1, 2]).requires_grad(), Tensor::from([1, 2]).try_requires_grad()),
        sample!(Tensor::zeros([2]).item(), Tensor::zeros([2]).try_item()),
        sample!(&Tensor::zeros([2]) + &Tensor::zeros([3]), Tensor::zeros([2]).try_add(&Tensor::zeros([3]))),
    ];
    let before = take_hook();
    set_hook(Box::new(move |info| {
        let text = info.payload_as_str().unwrap_or_default().to_string();
        let at = info.location().map(|at| (at.file().to_string(), at.line())).unwrap_or_default();
        SEEN.set(Some((text, at.0, at.1)));
    }));
    let seen: Vec<_> = samples
        .iter()
        .map(|(_, plain, _)| {
            let panicked = catch_unwind(plain).is_err();
            SEEN.take().filter(|_| panicked)
        })
        .collect();
    set_hook(before);
    for ((line, _, fallible), seen) in samples.iter().zip(seen) {
        let (text, file, at) = seen.expect("a panic");
        let error = fallible();
        assert_eq!(text.lines().next(), error.to_string().lines().next());
        assert!(file.ends_with("panics.rs"), "{file}: {text}");
        assert_eq!(at, *line, "{text}");
        // The text names the same line.
        let named = format!("panics.rs:{line}:");
        assert!(text.contains(&named), "{named} is not in: {text}");
        assert!(error.to_string().contains(&named), "{named} is not in: {error}");
    }
}
