//! Reduction modulo π/2 of arguments of any size.

/// 2/π, 1280 bits after the point.
const TWO_OVER_PI: [u64; 20] = [
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
];

/// 64 bits of 2/π starting at bit `at` after the point; bits before the point are zero.
fn window(at: i32) -> u64 {
    let word = |i: i32| if i < 0 { 0 } else { TWO_OVER_PI.get(i as usize).copied().unwrap_or(0) };
    let (i, shift) = (at.div_euclid(64), at.rem_euclid(64) as u32);
    if shift == 0 { word(i) } else { (word(i) << shift) | (word(i + 1) >> (64 - shift)) }
}

/// x less the nearest multiple of π/2 as hi + lo, and that multiple modulo 4. NaN for what is not finite.
#[inline(never)]
pub(super) fn reduce(x: f64) -> (f64, f64, u32) {
    if !x.is_finite() {
        return (f64::NAN, f64::NAN, 0);
    }
    let bits = x.to_bits();
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1075;
    // x = mantissa·2^exponent. Bits of 2/π worth more than 4 in the product drop out: start two integer bits up.
    let start = exponent - 2;
    // fraction = mantissa·(256 bits of 2/π from `start`) modulo 2^256, whose top two bits are the quadrant.
    let words = [window(start + 192), window(start + 128), window(start + 64), window(start)];
    let mut product = [0u64; 4];
    let mut carry = 0u128;
    for (p, w) in product.iter_mut().zip(words) {
        let t = u128::from(mantissa) * u128::from(w) + carry;
        *p = t as u64;
        carry = t >> 64;
    }
    let top = product[3];
    let mut quadrant = (top >> 62) as u32;
    // Shift the quadrant out; the rest is a fraction of 2^256, rounded to the nearest quadrant by its sign.
    let mut fraction = [
        product[0] << 2,
        product[1] << 2 | product[0] >> 62,
        product[2] << 2 | product[1] >> 62,
        top << 2 | product[2] >> 62,
    ];
    let above = fraction[3] >> 63 == 1;
    if above {
        quadrant = quadrant.wrapping_add(1);
        let mut carry = true;
        for f in &mut fraction {
            let (value, over) = (!*f).overflowing_add(u64::from(carry));
            *f = value;
            carry = over;
        }
    }
    // Normalise to 106 leading bits as two doubles.
    let mut zeros = 0;
    while fraction[3] >> 63 == 0 && zeros < 192 {
        fraction = [
            fraction[0] << 1,
            fraction[1] << 1 | fraction[0] >> 63,
            fraction[2] << 1 | fraction[1] >> 63,
            fraction[3] << 1 | fraction[2] >> 63,
        ];
        zeros += 1;
    }
    let hi = (fraction[3] >> 11) as f64;
    let lo = ((fraction[3] & 0x7ff) << 42 | fraction[2] >> 22) as f64;
    let unit = f64::from_bits(((1023 - 53 - zeros) as u64) << 52);
    let (hi, lo) = (hi * unit, lo * unit * f64::from_bits((1023 - 53) << 52));
    // Times π/2.
    let (p, q) = (core::f64::consts::FRAC_PI_2, 6.123233995736766e-17);
    let product = hi * p;
    let split = |a: f64| {
        let t = a * 134217729.0;
        let h = t - (t - a);
        (h, a - h)
    };
    let ((ah, al), (bh, bl)) = (split(hi), split(p));
    let error = ((ah * bh - product) + ah * bl + al * bh) + al * bl;
    let rest = error + (hi * q + lo * p);
    let (r, s) = (product + rest, rest - ((product + rest) - product));
    let negative = above != x.is_sign_negative();
    let quadrant = if x.is_sign_negative() { 0u32.wrapping_sub(quadrant) } else { quadrant };
    (if negative { -r } else { r }, if negative { -s } else { s }, quadrant & 3)
}
