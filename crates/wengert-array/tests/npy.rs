//! NumPy's files: exact bytes out, everything valid in, nothing invalid.

mod layouts;

use layouts::{DTYPES, layouts, same, values};
use proptest::prelude::*;
use wengert_array::npy::*;
use wengert_array::{Array, DType, Error};

/// A file with this header text, padded as the format wants it.
fn file(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut out = b"\x93NUMPY".to_vec();
    out.extend([version, 0]);
    if version == 1 {
        out.extend((header.len() as u16).to_le_bytes());
    } else {
        out.extend((header.len() as u32).to_le_bytes());
    }
    out.extend(header.as_bytes());
    out.extend(data);
    out
}

fn header(descr: &str, fortran: &str, shape: &str) -> String {
    format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n")
}

#[track_caller]
fn refused(bytes: &[u8], says: &str) {
    match from_bytes(bytes) {
        Err(Error::Format { what, detail }) => {
            assert_eq!(what, ".npy file");
            assert!(detail.contains(says), "the message {detail:?} does not mention {says:?}");
        }
        other => panic!("expected a format error that mentions {says:?}, got {other:?}"),
    }
}

#[test]
fn the_bytes_are_those_of_numpy_save() {
    let save = |x: &Array| to_bytes(x).unwrap();
    let expected = |text: &str, data: &[u8]| {
        let mut out = b"\x93NUMPY\x01\x00v\x00".to_vec();
        out.extend(format!("{text:<117}\n").as_bytes());
        assert_eq!(out.len(), 128);
        out.extend(data);
        out
    };
    let matrix = Array::from_vec(vec![1.0, -2.0], [2, 1]).unwrap();
    let data = [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0];
    assert_eq!(save(&matrix), expected("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", &data));
    let number = expected("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", &[0, 0, 0x40, 0x40]);
    assert_eq!(save(&Array::from(3.0f32)), number);
    let row =
        expected("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }", &[1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(save(&Array::from_slice(&[1i32, -1])), row);
    let mask = expected("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", &[1, 0, 1]);
    assert_eq!(save(&Array::from_slice(&[true, false, true])), mask);
    let bytes = expected("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", &[200]);
    assert_eq!(save(&Array::from_slice(&[200u8])), bytes);
    let long = expected("{'descr': '<i8', 'fortran_order': False, 'shape': (0, 7), }", &[]);
    assert_eq!(save(&Array::zeros([0, 7], DType::I64)), long);
    // A header that does not fit 128 bytes grows by 64.
    let deep = save(&Array::zeros([1; 30], DType::U8));
    assert_eq!(deep.len(), 192 + 1);
    assert_eq!(deep[8..10], [182, 0]);
    assert_eq!(deep[191], b'\n');
}

#[test]
fn everything_comes_back() {
    for dtype in DTYPES {
        for shape in [&[][..], &[5], &[2, 3], &[2, 3, 4], &[0, 3], &[1, 1, 1, 1, 1, 1, 1, 2]] {
            for (layout, x) in layouts(shape, dtype) {
                same(layout, &from_bytes(&to_bytes(&x).unwrap()).unwrap(), &x);
            }
        }
    }
    let special = Array::from_slice(&[f64::NAN, f64::INFINITY, -0.0, f64::MIN_POSITIVE / 2.0]);
    let bits = |x: &Array| x.to_vec::<f64>().unwrap().into_iter().map(f64::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(&from_bytes(&to_bytes(&special).unwrap()).unwrap()), bits(&special));
    let long = Array::arange(0.0, 100_000.0, 1.0, DType::I32);
    assert_eq!(from_bytes(&to_bytes(&long).unwrap()).unwrap().to_vec::<i32>().unwrap(), long.to_vec::<i32>().unwrap());
}

#[test]
fn files_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    let x = Array::arange(0.0, 50_000.0, 0.5, DType::F64).reshape(&[100, 1000]).unwrap().transpose();
    write(&path, &x).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), to_bytes(&x).unwrap());
    assert_eq!(read(&path).unwrap().to_vec::<f64>().unwrap(), x.to_vec::<f64>().unwrap());

    let path = folder.path().join("x.npz");
    write_npz(&path, &[("x", &x), ("n", &Array::from(7i64))], Compression::Deflated).unwrap();
    let back = read_npz(&path).unwrap();
    assert_eq!(back[0].1.to_vec::<f64>().unwrap(), x.to_vec::<f64>().unwrap());
    assert_eq!((back[1].0.as_str(), back[1].1.item::<i64>().unwrap()), ("n", 7));

    let missing = folder.path().join("missing.npy");
    assert!(matches!(read(&missing), Err(Error::Io { path, .. }) if path.contains("missing.npy")));
    assert!(matches!(read_npz(&missing), Err(Error::Io { .. })));
    assert!(matches!(write(folder.path(), &x), Err(Error::Io { .. })));
    assert!(matches!(write_npz(folder.path(), &[], Compression::Stored), Err(Error::Io { .. })));
    std::fs::write(&path, b"not an archive").unwrap();
    assert!(matches!(read_npz(&path), Err(Error::Format { .. })));
}

#[test]
fn every_version_order_and_dtype() {
    let two = [0, 0, 0, 1, 0, 0, 0, 2];
    for version in [1, 2, 3] {
        let x = from_bytes(&file(version, &header(">i4", "False", "(2,)"), &two)).unwrap();
        assert_eq!(x.to_vec::<i32>().unwrap(), [1, 2]);
    }
    let half = 0.5f64.to_be_bytes();
    assert_eq!(from_bytes(&file(1, &header(">f8", "False", "()"), &half)).unwrap().item::<f64>().unwrap(), 0.5);
    let half = 0.5f32.to_be_bytes();
    assert_eq!(from_bytes(&file(1, &header(">f4", "True", "(1,)"), &half)).unwrap().to_vec::<f32>().unwrap(), [0.5]);
    let many = (-3i64).to_be_bytes();
    assert_eq!(from_bytes(&file(1, &header(">i8", "False", "(1, 1)"), &many)).unwrap().to_vec::<i64>().unwrap(), [-3]);
    assert_eq!(
        from_bytes(&file(1, &header("|u1", "False", "(2,)"), &[1, 255])).unwrap().to_vec::<u8>().unwrap(),
        [1, 255]
    );
    // Any byte but zero is true.
    let mask = from_bytes(&file(1, &header("|b1", "False", "(3,)"), &[0, 1, 2])).unwrap();
    assert_eq!(mask.to_vec::<bool>().unwrap(), [false, true, true]);

    let fortran = from_bytes(&file(1, &header("|u1", "True", "(2, 3)"), &[0, 1, 2, 3, 4, 5])).unwrap();
    assert_eq!(fortran.shape(), [2, 3]);
    assert_eq!(values(&fortran), [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
}

#[test]
fn headers_written_by_other_hands() {
    let data = [1, 0, 0, 0, 0, 0, 0, 0];
    for text in [
        r#"{"shape":(1,),"fortran_order":False,"descr":"<i8"}"#,
        "  { 'shape' : ( 1 , ) , 'fortran_order' : False , 'descr' : '=i8' , }  \n",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (1L,)}",
        "{'descr': '<i8', 'fortran_order': True, 'shape': (1, 1L, 1), }",
    ] {
        assert_eq!(values(&from_bytes(&file(1, text, &data)).unwrap()), [1.0], "{text}");
    }
    // Data after the array belong to somebody else, as when several arrays are saved to one file.
    assert_eq!(
        values(&from_bytes(&file(1, &header("<i8", "False", "(1,)"), &[&data[..], b"more"].concat())).unwrap()),
        [1.0]
    );
}

#[test]
fn what_is_not_supported_is_named() {
    for (descr, name) in [
        ("<f2", "float16"),
        ("|i1", "int8"),
        ("<i2", "int16"),
        ("<u2", "uint16"),
        (">u4", "uint32"),
        ("<u8", "uint64"),
        ("<c8", "complex64"),
        ("<c16", "complex128"),
        ("<f16", "long double"),
        ("|O", "Python objects"),
        ("<U5", "<U5"),
        ("|S3", "|S3"),
        ("<M8[ns]", "<M8[ns]"),
    ] {
        refused(&file(1, &header(descr, "False", "(0,)"), &[]), name);
    }
    let records = "{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (1,), }";
    refused(&file(1, records, &[0; 8]), "records");
    refused(&file(4, &header("<f8", "False", "()"), &[0; 8]), "version 4.0");
    refused(&file(1, &header("?f8", "False", "()"), &[0; 8]), "byte order");
    refused(&file(1, &header("", "False", "()"), &[0; 8]), "dtype");
    refused(&file(1, &header("é8", "False", "()"), &[0; 8]), "dtype");
}

#[test]
fn damaged_headers() {
    refused(b"", "ends before");
    refused(b"\x93NUMP", "ends before");
    refused(b"PK\x03\x04 an archive", "\\x93NUMPY");
    refused(b"\x93NUMPY\x01\x00v", "length of the header");
    refused(b"\x93NUMPY\x01\x00\x10\x00{'descr'", "ends after 8");
    refused(b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "4294967295 bytes");
    for (text, says) in [
        ("", "'{'"),
        ("{", "quoted string"),
        ("{}", "no entry \"descr\""),
        ("{'descr': '<f8'}", "no entry \"shape\""),
        ("{'descr': '<f8', 'shape': ()}", "no entry \"fortran_order\""),
        ("{'descr': '<f8', 'descr': '<f8'}", "two entries"),
        ("{'colour': 'red'}", "unknown entry \"colour\""),
        ("{'descr", "no end"),
        ("{'descr' '<f8'}", "':'"),
        ("{'descr': <f8}", "quoted string"),
        ("{'fortran_order': 0}", "True or False"),
        ("{'fortran_order': False 'shape': ()}", "'}'"),
        ("{'shape': 3}", "'('"),
        ("{'shape': (3)}", "comma"),
        ("{'shape': (3,,)}", "a length"),
        ("{'shape': (-3,)}", "negative"),
        ("{'shape': (1.5,)}", "')'"),
        ("{'shape': (x,)}", "a length"),
        ("{'shape': (3,", "a length"),
        ("{'shape': (99999999999999999999999,)}", "23 digits"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': ()} + 1", "the end"),
    ] {
        refused(&file(1, text, &[0; 8]), says);
    }
    refused(&file(1, &header("<f8", "False", &format!("({})", "1, ".repeat(65))), &[0; 8]), "64 axes");
}

#[test]
fn sizes_that_lie() {
    refused(&file(1, &header("<f8", "False", "(3,)"), &[0; 23]), "take 24 bytes, but only 23 follow");
    refused(&file(1, &header("<f8", "False", "(1000000, 100000)"), &[0; 8]), "only 8 follow");
    refused(&file(1, &header("|u1", "False", "(1000000000000000000,)"), &[0; 8]), "larger than any memory");
    refused(
        &file(1, &header("<f8", "False", "(9223372036854775807, 9223372036854775807)"), &[]),
        "larger than any memory",
    );
    refused(
        &file(1, &header("<f8", "True", "(0, 9223372036854775807, 9223372036854775807)"), &[]),
        "larger than any memory",
    );
    let empty = from_bytes(&file(1, &header("<f8", "False", "(0, 1000000)"), &[])).unwrap();
    assert_eq!(empty.shape(), [0, 1_000_000]);
}

#[test]
fn archives() {
    let (a, b) = (layouts(&[3, 4], DType::F32).swap_remove(1).1, Array::from(true));
    for compression in [Compression::Stored, Compression::Deflated] {
        let bytes = npz_to_bytes(&[("a", &a), ("deep/name b", &b)], compression).unwrap();
        assert!(bytes.starts_with(b"PK\x03\x04"));
        let back = npz_from_bytes(&bytes).unwrap();
        assert_eq!(back.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["a", "deep/name b"]);
        same("a", &back[0].1, &a);
        same("b", &back[1].1, &b);
    }
    let zeros = Array::zeros([100_000], DType::F64);
    assert!(npz_to_bytes(&[("z", &zeros)], Compression::Deflated).unwrap().len() < 10_000);
    assert!(npz_from_bytes(&npz_to_bytes(&[], Compression::Stored).unwrap()).unwrap().is_empty());
    assert!(matches!(npz_to_bytes(&[("", &a)], Compression::Stored), Err(Error::Argument { .. })));
    assert!(matches!(npz_to_bytes(&[("a", &a), ("a", &b)], Compression::Stored), Err(Error::Argument { .. })));
}

/// An archive with one stored entry of this name.
fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    out.write_all(content).unwrap();
    out.finish().unwrap().into_inner()
}

#[test]
fn damaged_archives() {
    let says = |bytes: &[u8], what: &str| match npz_from_bytes(bytes) {
        Err(Error::Format { detail, .. }) => assert!(detail.contains(what), "{detail}"),
        other => panic!("expected a format error, got {other:?}"),
    };
    says(b"", "");
    says(b"PK", "");
    says(&archive("notes.txt", b"hello"), "notes.txt");
    says(&archive("w.npy", b"hello"), "\"w\"");
    // The entry's data end before the array does: no memory for the claimed 8 TB is taken.
    says(&archive("w.npy", &file(1, &header("<f8", "False", "(1000000, 1000000)"), &[0; 80])), "element 0");
    // One flipped bit in the data is found by the checksum.
    let mut bytes = npz_to_bytes(&[("w", &Array::from_slice(&[1.0, 2.0]))], Compression::Stored).unwrap();
    let at = bytes.windows(8).position(|w| w == 2.0f64.to_le_bytes()).unwrap();
    bytes[at + 1] ^= 1;
    says(&bytes, "\"w\"");
}

/// Replaces, removes and inserts bytes.
fn mutate(bytes: &mut Vec<u8>, changes: &[(usize, u8, u8)]) {
    for &(at, kind, value) in changes {
        let at = at % bytes.len().max(1);
        match kind % 4 {
            _ if bytes.is_empty() => bytes.push(value),
            0 => bytes[at] = value,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, value),
            _ => bytes.truncate(at),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn mutated_files_never_panic(changes in prop::collection::vec((0usize..200, any::<u8>(), any::<u8>()), 1..6), fortran in any::<bool>()) {
        let data: Vec<u8> = (0..48).collect();
        let mut bytes = file(1, &header("<f8", if fortran { "True" } else { "False" }, "(2, 3)"), &data);
        mutate(&mut bytes, &changes);
        match from_bytes(&bytes) {
            Ok(x) => prop_assert!(x.len() <= bytes.len()),
            Err(e) => prop_assert!(matches!(e, Error::Format { .. }), "{e:?}"),
        }
    }

    #[test]
    fn mutated_header_text_never_panics(changes in prop::collection::vec((0usize..60, any::<u8>(), prop::sample::select(&b"{}()[],:'\"-0123456789LTF<>|=fiub \n\\"[..])), 1..8)) {
        let mut text = header("<i4", "False", "(2, 3)").into_bytes();
        mutate(&mut text, &changes);
        let mut bytes = file(1, "", &[]);
        bytes[8..10].copy_from_slice(&(text.len() as u16).to_le_bytes());
        bytes.extend(&text);
        bytes.extend([0; 24]);
        if let Err(e) = from_bytes(&bytes) {
            prop_assert!(matches!(e, Error::Format { .. }), "{e:?}");
        }
    }

    #[test]
    fn mutated_archives_never_panic(changes in prop::collection::vec((0usize..700, any::<u8>(), any::<u8>()), 1..6), deflate in any::<bool>()) {
        let compression = if deflate { Compression::Deflated } else { Compression::Stored };
        let x = Array::arange(0.0, 6.0, 1.0, DType::F64);
        let mut bytes = npz_to_bytes(&[("a", &x), ("b", &Array::from(1u8))], compression).unwrap();
        mutate(&mut bytes, &changes);
        if let Err(e) = npz_from_bytes(&bytes) {
            prop_assert!(matches!(e, Error::Format { .. }), "{e:?}");
        }
    }

    #[test]
    fn noise_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(matches!(from_bytes(&bytes), Err(Error::Format { .. })), "read as an array");
        prop_assert!(npz_from_bytes(&bytes).is_err());
    }
}
