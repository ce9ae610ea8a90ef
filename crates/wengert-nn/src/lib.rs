//! Modules, losses, optimisers and data for wengert.
