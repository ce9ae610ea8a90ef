//! Drawing computation graphs: to DOT, SVG and PNG, with no program outside this crate.
//!
//! A [`Diagram`] is the plain list of boxes and arrows. It is laid out in layers from top to bottom: `rank` chooses each
//! box's layer, `order` the order within a layer so that few arrows cross, `place` the coordinates; `layout` routes the
//! arrows. `svg` writes the image, `png` paints it with two typefaces that travel with the crate.

mod diagram;
mod dot;
mod graph;
mod layout;
mod order;
mod place;
mod png;
mod rank;
mod svg;
mod text;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use diagram::{Diagram, Edge, Kind, Node};
pub use graph::{Drawing, draw};

/// What can go wrong when a graph is drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file's extension names no format that can be written.
    #[error("cannot tell the format of the drawing from `{}`: the name must end in .svg, .png or .dot (.gv)", path.display())]
    Extension {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file could not be written.
    #[error("cannot write the drawing to `{}`: {source}", path.display())]
    Io {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The image could not be painted.
    #[error("cannot paint the drawing: {0}")]
    Render(String),
    /// The graph or its image is larger than can be laid out.
    #[error("the drawing is too large: {0}")]
    TooLarge(String),
    /// The diagram is not an acyclic graph over its nodes.
    #[error("not a graph that can be drawn: {0}")]
    Invalid(String),
}

/// The result of drawing.
pub type Result<T> = std::result::Result<T, Error>;
