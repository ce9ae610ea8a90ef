//! The plain forms panic with the text of the error, at the caller's line.

use std::cell::RefCell;
use std::ops::Add;
use std::panic::{catch_unwind, set_hook, take_hook};

use wengert::prelude::*;

thread_local! {
    static SEEN: RefCell<Option<(String, String, u32)>> = const { RefCell::new(None) };
}

/// The line of the call, the plain form, the error of the other.
type Sample = (u32, fn(), fn() -> Error);

/// The plain form and the fallible one, with the line of the macro's caller.
macro_rules! sample {
    (Tensor :: $plain:ident / $fallible:ident ($($argument:expr),*)) => {
        (line!(), || drop(Tensor::$plain($($argument),*)), || Tensor::$fallible($($argument),*).map(drop).expect_err("bad input"))
    };
    ($tensor:expr => $plain:ident / $fallible:ident ($($argument:expr),*)) => {
        (
            line!(),
            || {
                let _ = $tensor.$plain($($argument),*);
            },
            || $tensor.$fallible($($argument),*).map(drop).expect_err("bad input"),
        )
    };
}

fn zeros<const N: usize>(shape: [usize; N]) -> Tensor {
    Tensor::zeros(shape)
}

#[test]
fn plain_methods_panic_with_the_same_text_at_the_callers_line() {
    let samples: [Sample; 14] = [
        sample!(zeros([2, 3]) => matmul / try_matmul(&zeros([2, 3]))),
        sample!(zeros([2, 3]) => reshape / try_reshape([4])),
        sample!(zeros([2, 3]) => sum_axes / try_sum_axes(2, false)),
        sample!(zeros([2]) => i / try_i(2)),
        sample!(zeros([0]) => max / try_max()),
        sample!(zeros([2]) => softmax / try_softmax(1)),
        sample!(zeros([2]) => item / try_item()),
        sample!(zeros([2]) => add / try_add(&zeros([3]))),
        sample!(zeros([2]) => maximum / try_maximum(&zeros([3]))),
        sample!(zeros([2]) => pad / try_pad(&[], 0.0)),
        sample!(Tensor::from([1, 2]) => requires_grad / try_requires_grad()),
        sample!(Tensor::arange / try_arange(0.0, 1.0, 0.0)),
        sample!(Tensor::concatenate / try_concatenate(&[], 0)),
        sample!(Tensor::einsum / try_einsum("ij->ik", &[&zeros([2, 2])])),
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
