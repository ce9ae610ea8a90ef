//! The thread pool: its size, and loops within loops.

use wengert_array::{Array, DType, matmul, reduce, threads};

// One test: the number of threads is the whole process's.
#[test]
fn the_number_of_threads_can_be_set_at_any_time() {
    assert!(threads::threads() >= 1);
    assert!(threads::set_threads(0).unwrap_err().to_string().contains("at least 1"));
    for n in [3, 1, 2] {
        threads::set_threads(n).unwrap();
        assert_eq!(threads::threads(), n);
    }
    let x = Array::ones([400, 1000], DType::F32);
    std::thread::scope(|scope| {
        for i in 0..8 {
            let x = &x;
            scope.spawn(move || {
                for n in 0..5 {
                    threads::set_threads(1 + (i + n) % 4).unwrap();
                    assert_eq!(reduce::sum(x, &[0, 1], false).unwrap().item::<f32>().unwrap(), 400_000.0);
                    let square = matmul::matmul(x, &x.transpose()).unwrap();
                    assert_eq!(square.get(&[399, 7]).unwrap().item::<f32>().unwrap(), 1000.0);
                }
            });
        }
    });
}
