//! The graph belongs to its tensors: deep ones, many threads, no leaks.

use std::sync::Arc;
use std::thread;

use wengert::prelude::*;

#[test]
fn a_chain_of_a_million_operations() {
    let x = Tensor::from(0.5).requires_grad();
    let mut y = x.clone();
    for _ in 0..1_000_000 {
        y = &y * 1.000_000_1;
    }
    y.backward().unwrap();
    let expected = 1.000_000_1f64.powi(1_000_000);
    assert!((x.grad().unwrap().item() - expected).abs() < 1e-9);
    drop(y);
}

#[test]
fn a_deep_chain_dropped_without_backward() {
    let x = Tensor::from([0.5, 0.25]).requires_grad();
    let mut y = x.clone();
    for _ in 0..300_000 {
        y = y.sin();
    }
    drop(y);
    // And on a thread with a small stack.
    thread::Builder::new()
        .stack_size(64 * 1024)
        .spawn(|| {
            let x = Tensor::from(0.5).requires_grad();
            let mut y = x.clone();
            for _ in 0..100_000 {
                y = y.sin();
            }
            y.backward().unwrap();
            assert!(x.grad().unwrap().item() > 0.0);
        })
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_deep_chain_with_both_operands_the_same() {
    let x = Tensor::from(1.0).requires_grad();
    let mut y = x.clone();
    for _ in 0..300_000 {
        y = &y * &y;
    }
    drop(y);
}

#[test]
fn a_deep_graph_of_a_graph() {
    // The residuals of the outer level hold nodes of the inner one.
    let f = |x: &Tensor| {
        let mut y = x.clone();
        for _ in 0..2_000 {
            y = &y * x;
        }
        y
    };
    let second = grad(grad(f))(&Tensor::from(1.0));
    assert_eq!(second.item(), 2001.0 * 2000.0);
}

#[test]
fn wide_graphs() {
    let x = Tensor::from(2.0).requires_grad();
    let terms: Vec<Tensor> = (0..10_000).map(|i| &x * f64::from(i)).collect();
    terms.iter().sum::<Tensor>().backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 49_995_000.0);
}

#[test]
fn a_node_is_visited_once() {
    // Each level doubles the number of paths: 2^60 of them.
    let x = Tensor::from(1.0).requires_grad();
    let mut y = x.clone();
    for _ in 0..60 {
        y = &y + &y;
    }
    y.backward().unwrap();
    assert_eq!(x.grad().unwrap().item(), 2f64.powi(60));
}

#[test]
fn tensors_move_across_threads() {
    let x = Tensor::from([1.0, 2.0]).requires_grad();
    let y = thread::spawn({
        let x = x.clone();
        move || x.square().sum()
    })
    .join()
    .unwrap();
    thread::spawn(move || y.backward().unwrap()).join().unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [2.0, 4.0]);
}

#[test]
fn backward_passes_on_several_threads() {
    let shared = Arc::new(Tensor::from([1.0, 2.0, 3.0]));
    let workers: Vec<_> = (0..8)
        .map(|worker| {
            let shared = shared.clone();
            thread::spawn(move || {
                for round in 0..200 {
                    let x = shared.requires_grad();
                    let scale = f64::from(worker * 1000 + round);
                    (x.square() * scale).sum().backward().unwrap();
                    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [2.0 * scale, 4.0 * scale, 6.0 * scale]);
                    let g = grad(|x: &Tensor| grad(|y: &Tensor| (y.powi(3) * scale).sum())(x).sum())(&shared);
                    assert_eq!(g.to_vec::<f64>(), [6.0 * scale, 12.0 * scale, 18.0 * scale]);
                }
            })
        })
        .collect();
    workers.into_iter().for_each(|worker| worker.join().unwrap());
}

#[test]
fn one_retained_graph_swept_by_several_threads() {
    let x = Tensor::from([1.0, 2.0]);
    let leaf = x.requires_grad();
    let y = leaf.powi(3).sum();
    let gradients: Vec<Vec<f64>> = thread::scope(|scope| {
        let passes: Vec<_> = (0..8)
            .map(|_| {
                scope
                    .spawn(|| wengert::autograd::Grad::new().retain_graph(true).run(&y, &leaf).unwrap().to_vec::<f64>())
            })
            .collect();
        passes.into_iter().map(|pass| pass.join().unwrap()).collect()
    });
    assert!(gradients.iter().all(|g| g == &[3.0, 12.0]));
}

#[test]
fn memory_of_arrays_is_given_back() {
    // Held by the graph and by nothing else: once the result is dropped, so is every residual.
    let before = wengert::memory::in_use();
    for _ in 0..50 {
        let x = Tensor::ones([1 << 16]).requires_grad();
        let y = x.sin().exp().tanh().sum();
        y.backward().unwrap();
        drop((x, y));
    }
    let x = Tensor::ones([1 << 16]).requires_grad();
    let y = x.sin().exp().tanh().sum();
    drop(y);
    drop(x);
    assert!(wengert::memory::in_use() <= before + (4 << 20), "{} after {before}", wengert::memory::in_use());
}

#[cfg(target_os = "linux")]
#[test]
fn resident_memory_is_flat_over_ten_thousand_steps() {
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap();
        status.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 4096
    };
    let data = Tensor::linspace(-1.0, 1.0, 256).reshape([64, 4]);
    let mut w = Tensor::zeros([4, 8]).requires_grad();
    let mut step = || {
        let loss = (data.matmul(&w).tanh() - 0.5).square().mean();
        loss.backward().unwrap();
        let g = w.grad().unwrap();
        no_grad(|| w -= g * 0.01);
        w.zero_grad();
    };
    (0..1_000).for_each(|_| step());
    let before = resident();
    (0..10_000).for_each(|_| step());
    let after = resident();
    assert!(after <= before + (8 << 20), "{before} bytes before, {after} after");
}

#[test]
fn hooks_of_a_node_see_and_replace_cotangents() {
    let x = Tensor::from([1.0, 2.0]).requires_grad();
    let y = &x * &x;
    let node = y.grad_fn().unwrap();
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = seen.clone();
    let after = node.register_hook(move |inputs, outputs| {
        log.lock().unwrap().push((inputs.len(), outputs[0].as_ref().unwrap().to_vec::<f64>()));
        Ok(Some(vec![inputs[0].clone(), None]))
    });
    let before =
        node.register_prehook(|outputs| Ok(Some(outputs.iter().map(|g| g.as_ref().map(|g| g * 10.0)).collect())));
    Backward::new().retain_graph(true).run(&y.sum()).unwrap();
    assert_eq!(*seen.lock().unwrap(), [(2, vec![10.0, 10.0])]);
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [10.0, 20.0]);
    after.remove();
    before.remove();
    x.zero_grad();
    Backward::new().retain_graph(true).run(&y.sum()).unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f64>(), [2.0, 4.0]);
    node.register_hook(|_, _| Err(wengert::Error::argument("hook", "no")));
    assert!(y.sum().backward().unwrap_err().to_string().contains("no"));
}

#[test]
fn a_hook_of_a_leaf_runs_when_its_gradient_has_been_added() {
    let x = Tensor::from(3.0).requires_grad();
    let leaf = x.square().grad_fn().unwrap().next_functions()[0].clone().unwrap();
    let (handle, seen) = (x.clone(), Arc::new(std::sync::Mutex::new(0.0)));
    let log = seen.clone();
    let hook = leaf.register_hook(move |inputs, _| {
        assert!(inputs.is_empty());
        *log.lock().unwrap() = handle.grad().unwrap().item();
        Ok(None)
    });
    x.square().backward().unwrap();
    assert_eq!(*seen.lock().unwrap(), 6.0);
    hook.remove();
}

#[test]
fn labels_and_companions_stay_with_their_nodes() {
    let x = Tensor::from([3.0, 4.0]).requires_grad();
    x.set_companion(Arc::new("x"));
    let y = x.square().sum().sqrt();
    y.set_label("length", &[&x]);
    let (name, inputs) = y.grad_fn().unwrap().label().unwrap();
    assert_eq!(name, "length");
    let leaf = inputs[0].clone().unwrap();
    assert_eq!(leaf.companion().unwrap().downcast_ref::<&str>(), Some(&"x"));
    // What is made from nothing since the inputs is not renamed, nor is a leaf.
    let z = y.clone();
    z.set_label("other", &[&y]);
    x.set_label("leaf", &[]);
    assert_eq!(y.grad_fn().unwrap().label().unwrap().0, "length");
    assert!(leaf.label().is_none());
    // A long chain of labels is dropped without recursion.
    let mut chain = x.sum();
    for _ in 0..200_000 {
        let next = &chain * 1.0;
        next.set_label("step", &[&chain]);
        chain = next;
    }
    drop(chain);
}
