"""What section 2 of the acceptance list says, line by line."""

import numpy as np
import pytest

import wengert.tensorflow as tf

LINE_30_DY = [1, .99383351, .90284967, .54030231, -.20550672, -.93454613, -.65364362, .6683999, .67640492, -.91113026]
LINE_30_DX = [
    0, .66255567, 1.20379956, 1.08060461, -.54801792, -3.11515378, -2.61457448, 3.11919955, 3.60749292, -5.46678157,
]
X23 = [[-2.0, 2.0, 2.0, -2.0], [2.1, 1.0, 1.5, -1.0]]
W23 = [[1.016667, -1.033333, 0.016667], [-0.5, 0, 0.5], [-0.416667, -0.166667, 0.583333], [0.5, 0, -0.5]]


def test_line_27_variables_and_constants():
    v = tf.Variable(3.0, trainable=True, name="v")
    assert v.name == "v:0" and v.trainable and v.dtype == tf.float32
    assert not tf.Variable(1.0, trainable=False).trainable
    assert tf.constant(1).dtype == tf.int32 and tf.constant(1.0).dtype == tf.float32
    assert tf.constant(np.array([1.0])).dtype == tf.float64
    assert tf.zeros((2, 3), dtype=tf.float64).dtype == tf.float64
    ends = tf.linspace(0, 3, 10)
    assert ends.dtype == tf.float64
    np.testing.assert_allclose(ends.numpy(), np.linspace(0, 3, 10))
    assert tf.random.normal((4, 3)).shape == (4, 3)


def test_line_27_functions():
    a = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    assert float(tf.reduce_sum(a)) == 10.0
    np.testing.assert_array_equal(tf.reduce_mean(a, axis=0).numpy(), [2.0, 3.0])
    np.testing.assert_array_equal(tf.matmul(a, a).numpy(), [[7, 10], [15, 22]])
    np.testing.assert_array_equal(tf.reshape(a, (4, -1)).numpy(), [[1], [2], [3], [4]])
    np.testing.assert_array_equal(tf.concat([a, a], axis=1).numpy(), [[1, 2, 1, 2], [3, 4, 3, 4]])
    assert tf.stack([a, a]).shape == (2, 2, 2)
    assert tf.cast(a, tf.int32).dtype == tf.int32
    np.testing.assert_allclose(tf.tanh(a).numpy(), np.tanh(a.numpy()), rtol=1e-6)
    np.testing.assert_allclose(tf.exp(a).numpy(), np.exp(a.numpy()), rtol=1e-6)
    np.testing.assert_array_equal(tf.nn.relu([-1.0, 2.0]).numpy(), [0, 2])
    np.testing.assert_allclose(tf.nn.softmax([0.0, 0.0]).numpy(), [0.5, 0.5])


def test_line_27_lists_mix_with_tensors():
    w = tf.Variable([[1.0], [2.0]])
    x = [[1.0, 2.0], [3.0, 4.0]]
    np.testing.assert_array_equal((x @ w).numpy(), [[5.0], [11.0]])
    np.testing.assert_array_equal((x @ tf.constant([[1.0], [2.0]])).numpy(), [[5.0], [11.0]])
    np.testing.assert_array_equal((tf.constant([1.0, 2.0]) + [1.0, 1.0]).numpy(), [2.0, 3.0])


def test_line_27_assignment():
    v = tf.Variable([1.0, 2.0])
    v.assign([3.0, 4.0])
    v.assign_add([1.0, 1.0])
    v.assign_sub([0.5, 0.5])
    np.testing.assert_array_equal(v.numpy(), [3.5, 4.5])


def test_line_27_repr():
    assert repr(tf.constant(6.0)) == "<tf.Tensor: shape=(), dtype=float32, numpy=6.0>"
    assert str(tf.constant(6.0)) == "tf.Tensor(6.0, shape=(), dtype=float32)"
    assert str(tf.zeros((4, 3)).shape) == "(4, 3)"
    assert repr(tf.zeros((4, 3)).shape) == "TensorShape([4, 3])"
    assert repr(tf.Variable(3.0)) == "<tf.Variable 'Variable:0' shape=() dtype=float32, numpy=3.0>"


def test_line_28_gradient():
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x**2
    assert repr(tape.gradient(y, x)) == "<tf.Tensor: shape=(), dtype=float32, numpy=6.0>"


def test_line_28_sources_keep_their_structure():
    w, b, c = tf.Variable(2.0), tf.Variable(1.0), tf.Variable(4.0)
    with tf.GradientTape(persistent=True) as tape:
        y = w * c + b
    nested = tape.gradient(y, {"w": w, "rest": [b, (c,)]})
    assert list(nested) == ["w", "rest"] and isinstance(nested["rest"], list) and isinstance(nested["rest"][1], tuple)
    assert [float(nested["w"]), float(nested["rest"][0]), float(nested["rest"][1][0])] == [4.0, 1.0, 2.0]
    assert [float(g) for g in tape.gradient(y, [w, b])] == [4.0, 1.0]
    assert isinstance(tape.gradient(y, (w, b)), tuple)


def test_line_28_output_gradients():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
    np.testing.assert_array_equal(tape.gradient(y, x, output_gradients=tf.constant([10.0, 1.0])).numpy(), [20.0, 4.0])


def test_line_28_unconnected_gradients():
    x, y = tf.Variable([2.0, 2.0]), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        z = y * y
    assert tape.gradient(z, x) is None
    zeros = tape.gradient(z, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    np.testing.assert_array_equal(zeros.numpy(), [0.0, 0.0])
    np.testing.assert_array_equal(tape.gradient(z, x, unconnected_gradients="zero").numpy(), [0.0, 0.0])


def test_line_28_jacobian():
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = x**2
    np.testing.assert_array_equal(tape.jacobian(y, x).numpy(), np.diag([2.0, 4.0, 6.0]))


def test_line_28_batch_jacobian():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    j = tape.batch_jacobian(y, x)
    np.testing.assert_array_equal(j.numpy(), [[[2, 0], [0, 4]], [[6, 0], [0, 8]]])


def test_line_28_watch():
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x**2
    assert float(tape.gradient(y, x)) == 6.0
    x0, x1 = tf.Variable(0.0), tf.Variable(10.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x1)
        ys = tf.reduce_sum(tf.nn.softplus(x0 + x1))
    d0, d1 = tape.gradient(ys, [x0, x1])
    assert d0 is None
    assert float(d1) == pytest.approx(0.9999546, abs=1e-6)


def test_line_28_stop_recording():
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        x_sq = x * x
        with tape.stop_recording():
            y_sq = y * y
        z = x_sq + y_sq
    grad = tape.gradient(z, {"x": x, "y": y})
    assert float(grad["x"]) == 4.0 and grad["y"] is None


def test_line_28_reset():
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    reset = True
    with tf.GradientTape() as tape:
        y_sq = y * y
        if reset:
            tape.reset()
        z = x * x + y_sq
    grad = tape.gradient(z, {"x": x, "y": y})
    assert float(grad["x"]) == 4.0 and grad["y"] is None


def test_line_28_watched_variables():
    a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    with tf.GradientTape() as tape:
        _ = b * a
    assert [v.name for v in tape.watched_variables()] == ["b:0", "a:0"]


def test_line_29_a_second_gradient_is_an_error():
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="non-persistent GradientTape can only be used to compute one set"):
        tape.gradient(y, x)


def test_line_29_persistent_tapes_answer_again():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x**2
        z = tf.sin(y)
    for _ in range(3):
        assert float(tape.gradient(z, y)) == pytest.approx(-0.91113025, abs=1e-7)
        assert float(tape.gradient(z, x)) == pytest.approx(-5.4667816, abs=1e-6)


def test_line_30_only_what_ran_inside_counts():
    x = tf.Variable(3.0)
    y = x * x
    with tf.GradientTape(persistent=True) as tape:
        z = y * 2.0
        inside = x * x
    outside = inside * x
    assert tape.gradient(z, x) is None
    assert tape.gradient(outside, x) is None
    assert float(tape.gradient(inside, x)) == 6.0


def test_line_30_constants_and_others_give_none():
    x0 = tf.Variable(3.0, name="x0")
    x1 = tf.Variable(3.0, name="x1", trainable=False)
    x2 = tf.Variable(2.0, name="x2") + 1.0
    x3 = tf.constant(3.0, name="x3")
    with tf.GradientTape() as tape:
        y = (x0**2) + (x1**2) + (x2**2) + x3 * x0
    grads = tape.gradient(y, [x0, x1, x2, x3])
    assert float(grads[0]) == 9.0 and grads[1:] == [None, None, None]


def test_line_30_integers_give_none():
    x = tf.Variable(3)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, x) is None


def test_line_30_non_trainable_ones_can_be_watched():
    x = tf.Variable(3.0, trainable=False)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert float(tape.gradient(y, x)) == 6.0


def test_line_30_targets_are_summed():
    x = tf.linspace(0, 3, 10)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x**2
        z = tf.sin(y)
    np.testing.assert_allclose(tape.gradient(z, y).numpy(), LINE_30_DY, atol=1e-8)
    np.testing.assert_allclose(tape.gradient(z, x).numpy(), LINE_30_DX, atol=1e-8)


def test_line_31_nothing_accumulates():
    x = tf.Variable(2.0)
    for _ in range(3):
        with tf.GradientTape() as tape:
            y = x * x
        assert float(tape.gradient(y, x)) == 4.0


def test_line_31_nested_tapes():
    x = tf.Variable(1.0)
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            y = x * x * x
        dy = t1.gradient(y, x)
    d2y = t2.gradient(dy, x)
    assert float(dy) == 3.0 and float(d2y) == 6.0


def test_line_31_cross_entropy_of_line_23_without_the_mean():
    w, b = tf.Variable(tf.ones((4, 3))), tf.Variable(tf.zeros((3,)))
    labels = tf.one_hot([0, 1], 3)
    with tf.GradientTape(persistent=True) as tape:
        losses = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=X23 @ w + b)
        mean = tf.reduce_mean(losses)
    assert float(mean) == pytest.approx(1.0986, abs=1e-4)
    summed, averaged = tape.gradient(losses, [w, b]), tape.gradient(mean, [w, b])
    np.testing.assert_allclose(averaged[0].numpy(), W23, atol=1e-6)
    np.testing.assert_allclose(averaged[1].numpy(), [-1 / 6, -1 / 6, 1 / 3], atol=1e-6)
    np.testing.assert_allclose(summed[0].numpy(), 2 * np.array(W23), atol=2e-6)
    np.testing.assert_allclose(summed[1].numpy(), [-1 / 3, -1 / 3, 2 / 3], atol=1e-6)
    with tf.GradientTape() as tape:
        sparse = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=X23 @ w + b)
    np.testing.assert_allclose(tape.gradient(sparse, w).numpy(), 2 * np.array(W23), atol=2e-6)
