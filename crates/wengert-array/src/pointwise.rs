//! Functions applied element by element.
