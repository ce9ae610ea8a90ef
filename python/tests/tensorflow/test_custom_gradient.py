"""`tf.custom_gradient`: its rule against finite differences (a gradcheck by hand), twice, and through nested tapes."""

from __future__ import annotations

import numpy as np

from wengert import tensorflow as tf


@tf.custom_gradient
def log1pexp(x):
    """log(1 + eˣ), with the gradient that does not overflow, as TensorFlow's own example has it."""
    e = tf.exp(x)

    def pull(upstream):
        return upstream * (1 - 1 / (1 + e))

    return tf.math.log(1 + e), pull


def value(x: np.ndarray) -> np.ndarray:
    return log1pexp(tf.constant(x)).numpy()


POINTS = np.linspace(-3.0, 3.0, 7)


def test_the_rule_agrees_with_finite_differences() -> None:
    """gradcheck: central differences of the value."""
    x = tf.constant(POINTS)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = log1pexp(x)
    step = 1e-6
    expected = (value(POINTS + step) - value(POINTS - step)) / (2 * step)
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), expected, rtol=0, atol=1e-8)


def test_the_rule_differentiates_again() -> None:
    """gradcheck of the gradient: the rule's own operations are recorded by an outer tape."""

    def slope(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x = tf.constant(at)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = log1pexp(x)
            first = inner.gradient(y, x)
        return first.numpy(), outer.gradient(first, x).numpy()

    step = 1e-5
    expected = (slope(POINTS + step)[0] - slope(POINTS - step)[0]) / (2 * step)
    np.testing.assert_allclose(slope(POINTS)[1], expected, rtol=0, atol=1e-8)
    sigmoid = 1 / (1 + np.exp(-POINTS))
    np.testing.assert_allclose(slope(POINTS)[1], sigmoid * (1 - sigmoid), rtol=1e-12)
