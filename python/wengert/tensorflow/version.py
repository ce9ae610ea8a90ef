"""`tf.version`: which TensorFlow's conventions these are."""

from __future__ import annotations

VERSION = "2.21.0"
GIT_VERSION = "wengert"
