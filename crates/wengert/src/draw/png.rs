use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use super::{Error, Result};

/// An image may have this many pixels (a quarter of a gigabyte while it is painted).
const MAX_PIXELS: f64 = 64e6;
/// The painter's own limit on either side of an image.
const MAX_SIDE: f64 = 32_000.0;

/// Paints an SVG image, `scale` pixels to a unit.
pub(super) fn render(svg: &str, scale: f32) -> Result<Vec<u8>> {
    if !(scale.is_finite() && scale > 0.0) {
        return Err(Error::Render(format!("the scale must be a positive number, not {scale}")));
    }
    let tree = parse(svg)?;
    let largest = largest_scale(&tree);
    if f64::from(scale) > largest {
        let size = tree.size();
        return Err(Error::TooLarge(format!(
            "an image of {} by {} units at scale {scale} has too many pixels; use a scale of at most {:.3}, or save it as .svg",
            size.width(),
            size.height(),
            (largest * 1000.0).floor() / 1000.0
        )));
    }
    paint(&tree, scale)
}

/// Paints an SVG image at a scale, or at a smaller one where the image would be too large.
pub(super) fn render_to_fit(svg: &str, scale: f32) -> Result<Vec<u8>> {
    let tree = parse(svg)?;
    paint(&tree, scale.min(largest_scale(&tree) as f32))
}

fn largest_scale(tree: &usvg::Tree) -> f64 {
    let (width, height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    (MAX_PIXELS / (width * height)).sqrt().min(MAX_SIDE / width.max(height)) * 0.9999
}

fn parse(svg: &str) -> Result<usvg::Tree> {
    let mut options = usvg::Options { font_family: "DejaVu Sans".into(), ..usvg::Options::default() };
    options.fontdb = Arc::clone(if svg.chars().all(bundled) { own_fonts() } else { all_fonts() });
    usvg::Tree::from_str(svg, &options).map_err(|error| Error::Render(error.to_string()))
}

fn paint(tree: &usvg::Tree, scale: f32) -> Result<Vec<u8>> {
    let side = |units: f32| (units * scale).ceil().max(1.0) as u32;
    let (width, height) = (side(tree.size().width()), side(tree.size().height()));
    let mut pixels = Pixmap::new(width, height)
        .ok_or_else(|| Error::TooLarge(format!("an image of {width} by {height} pixels cannot be allocated")))?;
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| Error::Render(error.to_string()))
}

/// Whether the typefaces that travel with the crate have a character.
fn bundled(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='ÿ' | 'Α'..='Ω' | 'α'..='ω' | 'А'..='я' | '…' | '–' | '—' | '‘'..='”' | '′' | '″'
        | '•' | '⁰'..='₎' | '←'..='↔' | '⇒' | '∂' | '∅'..='∈' | '∏' | '∑' | '−' | '√' | '∞' | '∫' | '≈' | '≠' | '≤' | '≥' | '⊕' | '⊗'
        | '⊙' | '⋅')
        && c != '\u{2072}'
        && c != '\u{2073}'
        && c != '΢'
}

/// The two faces of DejaVu Sans that travel with the crate.
fn own_fonts() -> &'static Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    FONTS.get_or_init(|| Arc::new(with_own_fonts()))
}

/// Those and the system's, for characters that ours lack.
fn all_fonts() -> &'static Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    FONTS.get_or_init(|| {
        let mut fonts = with_own_fonts();
        fonts.load_system_fonts();
        fonts.set_sans_serif_family("DejaVu Sans");
        Arc::new(fonts)
    })
}

fn with_own_fonts() -> fontdb::Database {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("fonts/DejaVuSans.ttf").to_vec());
    fonts.load_font_data(include_bytes!("fonts/DejaVuSans-Bold.ttf").to_vec());
    fonts.set_sans_serif_family("DejaVu Sans");
    fonts
}
