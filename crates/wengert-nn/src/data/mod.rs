//! Data sets, and batches of them.

mod digits;
mod loader;

pub use digits::{Digits, digits};
pub use loader::{Batches, Loader};
