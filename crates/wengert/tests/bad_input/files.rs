//! Files: NumPy arrays and archives, drawings.

use wengert::npy::{self, Compression};
use wengert::prelude::*;
use wengert::{Array, draw};

use super::{Bad, bad};

fn saved() -> Vec<u8> {
    npy::to_bytes(&Array::from_slice(&[1.0, 2.0, 3.0])).unwrap()
}

/// A file with another header.
fn with_header(header: &str) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend([0; 64]);
    bytes
}

fn header(text: &'static str) -> impl Fn() -> wengert_array::Result<Array> {
    move || npy::from_bytes(&with_header(text))
}

fn archive() -> Vec<u8> {
    npy::npz_to_bytes(&[("x", &Array::from_slice(&[1.0, 2.0]))], Compression::Stored).unwrap()
}

fn figure() -> draw::Drawing {
    draw::draw(&(&Tensor::from(2.0).requires_grad() * 3.0))
}

pub fn table() -> Vec<Bad> {
    vec![
        bad("an empty .npy", || npy::from_bytes(&[]), &[".npy", "ends before"]),
        bad("text instead of .npy", || npy::from_bytes(b"1.0, 2.0, 3.0"), &[".npy", "x93NUMPY"]),
        bad("a .npy cut in its header", || npy::from_bytes(&saved()[..40]), &[".npy", "header", "ends after"]),
        bad(
            "a .npy cut in the length of its header",
            || npy::from_bytes(&saved()[..9]),
            &[".npy", "length of the header"],
        ),
        bad(
            "a .npy cut in its data",
            || npy::from_bytes(&saved()[..saved().len() - 1]),
            &[".npy", "(3,)", "float64", "24 bytes", "23"],
        ),
        bad(
            "a .npy of an unknown version",
            || {
                let mut bytes = saved();
                bytes[6] = 9;
                npy::from_bytes(&bytes)
            },
            &[".npy", "version 9.0", "1.0, 2.0 and 3.0"],
        ),
        bad(
            "a .npy of complex numbers",
            header("{'descr': '<c16', 'fortran_order': False, 'shape': (2,), }"),
            &["c16", "float64"],
        ),
        bad(
            "a .npy of objects",
            header("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }"),
            &["\"|O\"", "Python objects", "float64"],
        ),
        bad(
            "a .npy without shape",
            header("{'descr': '<f8', 'fortran_order': False, }"),
            &[".npy", "no entry", "shape"],
        ),
        bad(
            "a .npy with a negative length",
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }"),
            &[".npy", "negative length"],
        ),
        bad(
            "a .npy with two shapes",
            header("{'shape': (2,), 'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"),
            &["two entries", "shape"],
        ),
        bad(
            "a .npy that claims the world",
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000,), }"),
            &["(4000000000,)", "only 64 follow"],
        ),
        bad(
            "a .npy that claims more than numbers reach",
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 4000000000, 4000000000), }"),
            &[".npy", "4000000000"],
        ),
        bad("a .npy that is not a dict", header("[1, 2, 3]"), &[".npy", "{"]),
        bad("a file that is not there", || npy::read("/nowhere/x.npy"), &["/nowhere/x.npy", "No such file"]),
        bad(
            "a folder that is not there",
            || npy::write("/nowhere/x.npy", &Array::from(1.0)),
            &["/nowhere/x.npy", "No such file"],
        ),
        bad("a .npz that is not there", || npy::read_npz("/nowhere/x.npz"), &["/nowhere/x.npz", "No such file"]),
        bad("text instead of .npz", || npy::npz_from_bytes(b"not an archive at all"), &["not a valid", ".npz"]),
        bad("a .npz cut short", || npy::npz_from_bytes(&archive()[..60]), &["not a valid", ".npz"]),
        bad(
            "a .npz with a damaged array",
            || {
                let mut bytes = archive();
                let at = bytes.windows(6).position(|window| window == b"\x93NUMPY").unwrap();
                bytes[at + 1] = b'X';
                npy::npz_from_bytes(&bytes)
            },
            &[".npz", "\"x\""],
        ),
        bad(
            "two arrays of one name",
            || npy::npz_to_bytes(&[("x", &Array::from(1.0)), ("x", &Array::from(2.0))], Compression::Deflated),
            &["write_npz", "\"x\"", "twice"],
        ),
        bad(
            "an array without name",
            || npy::npz_to_bytes(&[("", &Array::from(1.0))], Compression::Stored),
            &["write_npz", "empty name"],
        ),
        bad("a drawing without extension", || figure().save("graph"), &["`graph`", ".svg", ".png"]),
        bad("a drawing of another format", || figure().save("graph.bmp"), &["graph.bmp", ".svg", ".png"]),
        bad(
            "a drawing in a folder that is not there",
            || figure().save("/nowhere/graph.svg"),
            &["/nowhere/graph.svg", "No such file"],
        ),
        bad("a drawing of negative size", || figure().to_png(-1.0), &["paint", "scale", "positive", "-1"]),
        bad("a drawing of enormous size", || figure().to_png(1e6), &["too large", "pixels"]),
        bad(
            "a diagram with an edge to nowhere",
            || {
                let mut diagram = figure().diagram();
                diagram.edge(0, 999);
                diagram.to_svg()
            },
            &["999", "not there"],
        ),
    ]
}
