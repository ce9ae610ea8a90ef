//! The handwritten digits.

use wengert::{Array, Error, Result, Tensor};

/// The file, as it lies in the repository.
const CSV: &str = include_str!("../../../../data/digits.csv");
const SIDE: usize = 8;
/// The value of a white pixel in the file.
const WHITE: f32 = 16.0;

/// Images of handwritten digits, and which digits they are.
#[derive(Clone, Debug)]
pub struct Digits {
    /// The images, `float32` of shape (1797, 8, 8), from 0 (paper) to 1 (ink).
    pub images: Tensor,
    /// The digits, `int64` of shape (1797,).
    pub labels: Tensor,
}

/// The 1,797 images of the test set of *Optical Recognition of Handwritten Digits* (Alpaydin and Kaynak, 1998, UCI Machine Learning
/// Repository, CC BY 4.0), which are part of this crate: nothing is downloaded.
///
/// # Errors
/// If the file that the crate was built with is damaged.
///
/// ```
/// let digits = wengert_nn::data::digits()?;
/// assert_eq!(digits.images.shape(), [1797, 8, 8]);
/// assert_eq!(digits.labels.to_vec::<i64>()[..5], [0, 1, 2, 3, 4]);
/// # Ok::<(), wengert::Error>(())
/// ```
pub fn digits() -> Result<Digits> {
    let mut pixels: Vec<f32> = Vec::with_capacity(1797 * SIDE * SIDE);
    let mut labels: Vec<i64> = Vec::with_capacity(1797);
    for (i, line) in CSV.lines().enumerate() {
        let damaged = || Error::from(wengert_array::Error::format("digits file", format!("line {} is damaged", i + 1)));
        let before = pixels.len();
        let (image, label) = line.rsplit_once(',').ok_or_else(damaged)?;
        for pixel in image.split(',') {
            pixels.push(f32::from(pixel.parse::<u8>().map_err(|_| damaged())?) / WHITE);
        }
        labels.push(label.parse().map_err(|_| damaged())?);
        if pixels.len() != before + SIDE * SIDE {
            return Err(damaged());
        }
    }
    let count = labels.len();
    Ok(Digits {
        images: Tensor::from(Array::from_vec(pixels, [count, SIDE, SIDE])?),
        labels: Tensor::from(Array::from_vec(labels, [count])?),
    })
}
