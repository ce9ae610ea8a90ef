//! Small products, held in registers: a tile of the result stays in vector registers while it runs over the whole depth.
//!
//! The right operand's rows must lie side by side (it is copied if they do not); the left operand may lie in any way.
//! Nothing is packed, which is what makes it faster than `gemm` on small matrices and slower on large ones.

use super::{Matrix, Size};
use wengert_scalar::kernels::{Isa, isa};

/// Multiplications up to which a product goes this way.
const LIMIT: usize = 64 * 64 * 64;
/// The same where the right operand must be copied: `gemm` transposes faster.
const COPY_LIMIT: usize = 16 * 16 * 16;

macro_rules! entry {
    ($name:ident, $t:ty, $avx512:ident, $avx2:ident) => {
        /// The product into `out` (C-contiguous); false if it is too large or the processor has no loop here.
        pub(super) fn $name(size: Size, a: Matrix<$t>, b: Matrix<$t>, out: &mut [$t]) -> bool {
            #[cfg(target_arch = "x86_64")]
            {
                let level = isa();
                let Size { m, k, n } = size;
                let limit = if b.columns == 1 || n == 1 { LIMIT } else { COPY_LIMIT };
                if size.work() > limit || level == Isa::Portable {
                    return false;
                }
                assert!(
                    a.holds(m, k) && b.holds(k, n) && out.len() == m * n,
                    "matmul: an operand outside of its memory"
                );
                let mut packed = Vec::new();
                let mut b = b;
                if b.columns != 1 && n > 1 {
                    packed.resize(k * n, 0.0);
                    for j in 0..n {
                        for p in 0..k {
                            packed[p * n + j] = b.at(p, j);
                        }
                    }
                    b = Matrix { data: &packed, offset: 0, rows: n as isize, columns: 1 };
                }
                match level {
                    // SAFETY: `isa` names a level only if the processor has its features; both operands hold all elements
                    // that the loops read (asserted above; the copy is k by n), and `out` all that they write.
                    Isa::Avx512 => unsafe { $avx512(size, a, b, out) },
                    // SAFETY: as above.
                    _ => unsafe { $avx2(size, a, b, out) },
                }
                true
            }
            #[cfg(not(target_arch = "x86_64"))]
            {
                let _ = (size, a, b, out);
                false
            }
        }
    };
}

entry!(product_f32, f32, avx512_f32, avx2_f32);
entry!(product_f64, f64, avx512_f64, avx2_f64);

#[cfg(target_arch = "x86_64")]
use x86::{avx2_f32, avx2_f64, avx512_f32, avx512_f64};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Matrix, Size};
    use std::arch::x86_64::*;

    macro_rules! tiles {
        (
            $name:ident, $tile:ident, $features:literal, $t:ty, $vector:ty, $mask:ty, lanes $lanes:literal,
            zero $zero:ident, splat $splat:ident, load $load:ident, store $store:ident, fma $fma:ident,
            masked |$pm:ident, $mm:ident| $load_masked:expr, |$ps:ident, $ms:ident, $vs:ident| $store_masked:expr,
            mask |$count:ident| $make_mask:expr, widest $widest:literal, rows [$($rows:literal)*], widths [$($width:literal)*]
        ) => {
            /// Rows `i..i + R` and `W` vectors of columns of the result; the last vector has only the columns in `mask`.
            ///
            /// # Safety
            /// The processor has the features. `a` points at an element that has `R` rows `rows` apart and `k` columns
            /// `columns` apart, `b` at `k` rows `step` apart and `out` at `R` rows `stride` apart, all with the tile's columns.
            #[target_feature(enable = $features)]
            #[allow(clippy::too_many_arguments)]
            unsafe fn $tile<const R: usize, const W: usize>(
                k: usize,
                a: *const $t,
                rows: isize,
                columns: isize,
                b: *const $t,
                step: isize,
                mask: $mask,
                out: *mut $t,
                stride: usize,
            ) {
                // SAFETY: all pointers stay within what the caller vouches for; masked lanes are not touched.
                unsafe {
                    let mut acc = [[$zero(); W]; R];
                    let (mut a, mut b) = (a, b);
                    for _ in 0..k {
                        let mut row = [$zero(); W];
                        for w in 0..W - 1 {
                            row[w] = $load(b.add(w * $lanes));
                        }
                        row[W - 1] = {
                            let ($pm, $mm) = (b.add((W - 1) * $lanes), mask);
                            $load_masked
                        };
                        for i in 0..R {
                            let x = $splat(*a.offset(i as isize * rows));
                            for w in 0..W {
                                acc[i][w] = $fma(x, row[w], acc[i][w]);
                            }
                        }
                        a = a.wrapping_offset(columns);
                        b = b.wrapping_offset(step);
                    }
                    for i in 0..R {
                        let out = out.add(i * stride);
                        for w in 0..W - 1 {
                            $store(out.add(w * $lanes), acc[i][w]);
                        }
                        let ($ps, $ms, $vs) = (out.add((W - 1) * $lanes), mask, acc[i][W - 1]);
                        $store_masked
                    }
                }
            }

            /// # Safety
            /// The processor has the features; `a`, `b` and `out` hold all elements of matrices of this size, `b` with its
            /// columns side by side.
            #[target_feature(enable = $features)]
            pub(super) unsafe fn $name(size: Size, a: Matrix<$t>, b: Matrix<$t>, out: &mut [$t]) {
                const ROWS: usize = [$($rows),*].len();
                let Size { m, k, n } = size;
                let mut j = 0;
                while j < n {
                    let width = (n - j).min($widest * $lanes);
                    let vectors = width.div_ceil($lanes);
                    let $count = width - (vectors - 1) * $lanes;
                    let mask = $make_mask;
                    let mut i = 0;
                    while i < m {
                        let height = (m - i).min(ROWS);
                        // SAFETY: rows i..i + height and columns j..j + width exist in `a`, `b` and `out`.
                        unsafe {
                            let a_at = a.data.as_ptr().add(a.index(i, 0));
                            let b_at = b.data.as_ptr().add(b.index(0, 0) + j);
                            let out_at = out.as_mut_ptr().add(i * n + j);
                            tiles!(@pick $tile, height, vectors, (k, a_at, a.rows, a.columns, b_at, b.rows, mask, out_at, n),
                                [$($rows)*], [$($width)*]);
                        }
                        i += height;
                    }
                    j += width;
                }
            }
        };
        (@pick $tile:ident, $height:ident, $vectors:ident, $args:tt, [$($rows:literal)*], $widths:tt) => {
            match $height {
                $($rows => tiles!(@width $tile, $rows, $vectors, $args, $widths),)*
                _ => unreachable!("a tile has at most ROWS rows"),
            }
        };
        (@width $tile:ident, $rows:literal, $vectors:ident, $args:tt, [$($width:literal)*]) => {
            match $vectors {
                $($width => tiles!(@call $tile, $rows, $width, $args),)*
                _ => unreachable!("a tile has at most `widest` vectors"),
            }
        };
        (@call $tile:ident, $rows:literal, $width:literal, ($($arg:expr),*)) => { $tile::<$rows, $width>($($arg),*) };
    }

    tiles!(
        avx512_f32, tile_avx512_f32, "avx512f", f32, __m512, __mmask16, lanes 16,
        zero _mm512_setzero_ps, splat _mm512_set1_ps, load _mm512_loadu_ps, store _mm512_storeu_ps, fma _mm512_fmadd_ps,
        masked |p, mask| _mm512_maskz_loadu_ps(mask, p), |p, mask, v| _mm512_mask_storeu_ps(p, mask, v),
        mask |count| ((1u32 << count) - 1) as __mmask16, widest 2, rows [1 2 3 4 5 6 7 8], widths [1 2]
    );
    tiles!(
        avx512_f64, tile_avx512_f64, "avx512f", f64, __m512d, __mmask8, lanes 8,
        zero _mm512_setzero_pd, splat _mm512_set1_pd, load _mm512_loadu_pd, store _mm512_storeu_pd, fma _mm512_fmadd_pd,
        masked |p, mask| _mm512_maskz_loadu_pd(mask, p), |p, mask, v| _mm512_mask_storeu_pd(p, mask, v),
        mask |count| ((1u32 << count) - 1) as __mmask8, widest 2, rows [1 2 3 4 5 6 7 8], widths [1 2]
    );
    tiles!(
        avx2_f32, tile_avx2_f32, "avx2,fma", f32, __m256, __m256i, lanes 8,
        zero _mm256_setzero_ps, splat _mm256_set1_ps, load _mm256_loadu_ps, store _mm256_storeu_ps, fma _mm256_fmadd_ps,
        masked |p, mask| _mm256_maskload_ps(p, mask), |p, mask, v| _mm256_maskstore_ps(p, mask, v),
        mask |count| _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
        widest 2, rows [1 2 3 4 5 6], widths [1 2]
    );
    tiles!(
        avx2_f64, tile_avx2_f64, "avx2,fma", f64, __m256d, __m256i, lanes 4,
        zero _mm256_setzero_pd, splat _mm256_set1_pd, load _mm256_loadu_pd, store _mm256_storeu_pd, fma _mm256_fmadd_pd,
        masked |p, mask| _mm256_maskload_pd(p, mask), |p, mask, v| _mm256_maskstore_pd(p, mask, v),
        mask |count| _mm256_cmpgt_epi64(_mm256_set1_epi64x(count as i64), _mm256_setr_epi64x(0, 1, 2, 3)),
        widest 2, rows [1 2 3 4 5 6], widths [1 2]
    );
}
