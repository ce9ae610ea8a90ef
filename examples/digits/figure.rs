//! The learning curves, and some digits with what was read in them, as one picture.

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Once};

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use resvg::{tiny_skia, usvg};
use wengert_nn::prelude::*;

use crate::Run;
use crate::options::Options;

const SIZE: (u32, u32) = (1200, 860);
const CURVES: i32 = 440;
const INK: RGBColor = RGBColor(31, 41, 55);
const FAINT: RGBColor = RGBColor(107, 114, 128);
const GRID: RGBColor = RGBColor(229, 231, 235);
const RIGHT: RGBColor = RGBColor(21, 128, 61);
const WRONG: RGBColor = RGBColor(200, 30, 30);
const COLOURS: [RGBColor; 2] = [RGBColor(234, 120, 20), RGBColor(37, 99, 235)];
const COLUMNS: usize = 12;
const REGULAR: &[u8] = include_bytes!("../../crates/wengert/src/draw/fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../../crates/wengert/src/draw/fonts/DejaVuSans-Bold.ttf");

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Writes the picture as SVG and as PNG.
pub fn save(options: &Options, runs: &[Run], images: &Tensor, labels: &Tensor) -> Result<Vec<PathBuf>> {
    register_fonts();
    let mut svg = String::new();
    draw(&mut svg, options, runs, &images.try_to_vec::<f32>()?, &labels.try_to_vec::<i64>()?)?;
    let paths = [options.out.join("training.svg"), options.out.join("training.png")];
    let contents = [svg.clone().into_bytes(), png(&svg)?];
    for (path, bytes) in paths.iter().zip(contents) {
        fs::write(path, bytes).map_err(|error| refused(format!("{}: {error}", path.display())))?;
    }
    Ok(paths.into())
}

fn refused(error: impl Display) -> Error {
    Error::argument("figure", error.to_string())
}

/// The typefaces that travel with the library, so that the picture is the same on every machine.
fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A face that cannot be read shows as missing text; the faces are part of the program and are tested there.
        let _ = plotters::style::register_font("sans-serif", FontStyle::Normal, REGULAR);
        let _ = plotters::style::register_font("sans-serif", FontStyle::Bold, BOLD);
    });
}

fn text(size: i32, colour: RGBColor) -> TextStyle<'static> {
    styled(FontStyle::Normal, size, colour)
}

fn bold(size: i32, colour: RGBColor) -> TextStyle<'static> {
    styled(FontStyle::Bold, size, colour)
}

fn styled(style: FontStyle, size: i32, colour: RGBColor) -> TextStyle<'static> {
    let font = ("sans-serif", size).into_font().style(style);
    TextStyle { color: colour.to_backend_color(), ..TextStyle::from(font) }
}

fn draw(svg: &mut String, options: &Options, runs: &[Run], images: &[f32], labels: &[i64]) -> Result<()> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE).map_err(refused)?;
    let (top, rest) = root.split_vertically(72);
    top.draw_text("Reading handwritten digits", &bold(26, INK), (36, 18)).map_err(refused)?;
    let setting = format!(
        "64–{}–10 tanh network, gradient descent at rate {}, {} images a step",
        options.hidden, options.rate, options.batch
    );
    top.draw_text(&setting, &text(15, FAINT), (36, 52)).map_err(refused)?;

    let (curves, samples) = rest.split_vertically(CURVES);
    let (left, right) = curves.split_horizontally(SIZE.0 as i32 / 2);
    let worst = runs.iter().flat_map(|run| &run.losses).copied().filter(|loss| loss.is_finite()).fold(0.0, f64::max);
    let lowest = runs.iter().flat_map(|run| &run.accuracies).copied().fold(1.0, f64::min);
    let losses: Vec<(&Run, &[f64])> = runs.iter().map(|run| (run, &run.losses[..])).collect();
    let accuracies: Vec<(&Run, &[f64])> = runs.iter().map(|run| (run, &run.accuracies[..])).collect();
    curve(&left, "Loss on all images", &losses, 0.0..(worst * 1.08).max(0.1))?;
    curve(&right, "Accuracy on all images", &accuracies, ((lowest - 0.01) * 20.0).floor().max(0.0) / 20.0..1.0)?;
    if let Some(run) = runs.last() {
        digits(&samples, run, images, labels)?;
    }
    root.present().map_err(refused)
}

/// The course of a quantity over the epochs, a line for each run.
fn curve(area: &Area<'_>, title: &str, lines: &[(&Run, &[f64])], range: std::ops::Range<f64>) -> Result<()> {
    let epochs = lines.iter().map(|(_, values)| values.len()).max().unwrap_or(1);
    let mut chart = ChartBuilder::on(area)
        .caption(title, bold(17, INK))
        .margin_left(24)
        .margin_right(36)
        .margin_bottom(8)
        .x_label_area_size(44)
        .y_label_area_size(58)
        .build_cartesian_2d(0.7..epochs as f64 + 0.3, range)
        .map_err(refused)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(FAINT)
        .label_style(text(14, FAINT))
        .x_desc("epoch")
        .axis_desc_style(text(14, FAINT))
        .x_labels(epochs.min(10))
        .x_label_formatter(&|x| if (x - x.round()).abs() < 1e-9 { format!("{x:.0}") } else { String::new() })
        .y_labels(6)
        .y_label_formatter(&|y| format!("{y:.2}"))
        .draw()
        .map_err(refused)?;
    for (k, (run, values)) in lines.iter().enumerate() {
        let colour = COLOURS[k % COLOURS.len()];
        let points: Vec<(f64, f64)> = values.iter().enumerate().map(|(i, value)| (i as f64 + 1.0, *value)).collect();
        let label = format!("{}: {:.3}", run.name, values.last().copied().unwrap_or(f64::NAN));
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(3)))
            .map_err(refused)?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(3)));
        chart.draw_series(points.iter().map(|point| Circle::new(*point, 4, colour.filled()))).map_err(refused)?;
    }
    let falls = lines.first().is_some_and(|(_, values)| values.first() > values.last());
    chart
        .configure_series_labels()
        .position(if falls { SeriesLabelPosition::UpperRight } else { SeriesLabelPosition::LowerRight })
        .margin(12)
        .legend_area_size(34)
        .label_font(text(15, INK))
        .background_style(TRANSPARENT)
        .border_style(TRANSPARENT)
        .draw()
        .map_err(refused)
}

/// Digits with what was read in them: one row of the first, one of those that were misread.
fn digits(area: &Area<'_>, run: &Run, images: &[f32], labels: &[i64]) -> Result<()> {
    let read = |i: &usize| run.predictions.get(*i).copied().unwrap_or(-1);
    let (right, wrong): (Vec<usize>, Vec<usize>) = (0..labels.len()).partition(|i| read(i) == labels[*i]);
    for (row, (what, count, picked)) in
        [("Read", right.len(), &right), ("Misread", wrong.len(), &wrong)].into_iter().enumerate()
    {
        let top = 4 + row as i32 * 172;
        let heading = format!("{what}: {count} of {}", labels.len());
        area.draw_text(&heading, &bold(17, INK), (36, top)).map_err(refused)?;
        for (column, i) in picked.iter().take(COLUMNS).enumerate() {
            let corner = (36 + column as i32 * 95, top + 32);
            image(area, corner, &images[i * 64..(i + 1) * 64])?;
            let (caption, colour) = match (read(i), labels[*i]) {
                (read, truth) if read == truth => (format!("{read}"), RIGHT),
                (read, truth) => (format!("{read}, is {truth}"), WRONG),
            };
            let style = bold(15, colour).pos(Pos::new(HPos::Center, VPos::Top));
            area.draw_text(&caption, &style, (corner.0 + 40, corner.1 + 88)).map_err(refused)?;
        }
    }
    Ok(())
}

/// An image of 8 by 8 pixels, ink on paper.
fn image(area: &Area<'_>, (left, top): (i32, i32), pixels: &[f32]) -> Result<()> {
    const PIXEL: i32 = 10;
    for (k, ink) in pixels.iter().enumerate() {
        let (x, y) = (left + (k % 8) as i32 * PIXEL, top + (k / 8) as i32 * PIXEL);
        let shade = |full: u8| (f32::from(full) + (255.0 - f32::from(full)) * (1.0 - ink)) as u8;
        let colour = RGBColor(shade(INK.0), shade(INK.1), shade(INK.2));
        area.draw(&Rectangle::new([(x, y), (x + PIXEL, y + PIXEL)], colour.filled())).map_err(refused)?;
    }
    let frame = [(left - 1, top - 1), (left + 8 * PIXEL, top + 8 * PIXEL)];
    area.draw(&Rectangle::new(frame, GRID.stroke_width(1))).map_err(refused)
}

/// The picture in pixels, two for each unit of the SVG.
fn png(svg: &str) -> Result<Vec<u8>> {
    const SCALE: f32 = 2.0;
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    fonts.set_sans_serif_family("DejaVu Sans");
    let settings = usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &settings).map_err(refused)?;
    let side = |units: u32| (units as f32 * SCALE) as u32;
    let mut pixels =
        tiny_skia::Pixmap::new(side(SIZE.0), side(SIZE.1)).ok_or_else(|| refused("the picture is too large"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(refused)
}
