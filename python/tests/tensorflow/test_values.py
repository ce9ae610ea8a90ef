"""Tensors are values: nothing that happens elsewhere changes them. Names, messages, odd arguments."""

import copy
import pickle

import numpy as np
import pytest

import wengert.tensorflow as tf


def test_arrays_are_copied_in_and_out():
    a = np.ones(3, "float32")
    made = [tf.constant(a), tf.convert_to_tensor(a), tf.constant([a])[0], tf.Variable(a)]
    variable = tf.Variable(np.zeros(3, "float32"))
    variable.assign(a)
    a[:] = 7
    for x in [*made, variable]:
        np.testing.assert_array_equal(x.numpy(), [1, 1, 1])
    out = made[0].numpy()
    out[0] = 9
    np.testing.assert_array_equal(made[0].numpy(), [1, 1, 1])


def test_reads_of_a_variable_keep_their_value():
    v = tf.Variable([1.0, 2.0])
    before = [v.value(), v.read_value(), tf.convert_to_tensor(v), tf.identity(v), v + 0.0, v[:]]
    v.assign_add([1.0, 1.0])
    for x in before:
        np.testing.assert_array_equal(x.numpy(), [1, 2])


def test_augmented_assignment_makes_a_new_tensor():
    x = tf.constant([1.0, 2.0])
    y = x
    y += 1.0
    y *= 2.0
    np.testing.assert_array_equal(x.numpy(), [1, 2])
    np.testing.assert_array_equal(y.numpy(), [4, 6])


def test_items_cannot_be_assigned():
    with pytest.raises(TypeError, match="does not support item assignment"):
        tf.constant([1.0, 2.0])[0] = 3.0


def test_watching_a_read_leaves_the_variable_alone():
    v = tf.Variable(3.0)
    x = v.value()
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = x * x + v
    assert float(tape.gradient(y, x)) == 6.0


def test_copies_and_pickles():
    v = tf.Variable([1.0, 2.0], name="v", trainable=False)
    twin = copy.deepcopy(v)
    twin.assign([5.0, 5.0])
    back = pickle.loads(pickle.dumps(v))
    np.testing.assert_array_equal(v.numpy(), [1, 2])
    assert back.name == "v:0" and not back.trainable
    assert repr(pickle.loads(pickle.dumps(tf.constant(2.5)))) == repr(tf.constant(2.5))
    model = tf.keras.Sequential([tf.keras.layers.Dense(2)])
    model(tf.ones((1, 3)))
    other = copy.deepcopy(model)
    other.weights[0].assign(tf.zeros((3, 2)))
    assert np.abs(model.weights[0].numpy()).max() > 0


def test_references_are_keys():
    x, v = tf.constant(1.0), tf.Variable(1.0)
    table = {x.ref(): "x", v.ref(): "v"}
    assert table[x.ref()] == "x" and table[v.ref()] == "v" and v.ref().deref() is v


@pytest.mark.parametrize(
    ("name", "close"),
    [("reduce_sums", "reduce_sum"), ("nn.sofmax", "softmax"), ("keras.losses.MeanSquareError", "MeanSquaredError")],
)
def test_a_missing_name_says_what_is_close(name, close):
    *modules, last = name.split(".")
    module = tf
    for part in modules:
        module = getattr(module, part)
    with pytest.raises(AttributeError, match=close):
        getattr(module, last)


def test_an_exception_in_a_tape_ends_it():
    v = tf.Variable(2.0)
    with pytest.raises(KeyError):
        with tf.GradientTape():
            raise KeyError("no")
    with tf.GradientTape() as tape:
        y = v * v
    assert float(tape.gradient(y, v)) == 4.0


def test_an_exception_in_a_custom_gradient_arrives():
    @tf.custom_gradient
    def odd(x):
        def grad(upstream):
            raise KeyError("no gradient today")

        return x * 2.0, grad

    v = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = odd(v)
    with pytest.raises(KeyError, match="no gradient today"):
        tape.gradient(y, v)

    @tf.custom_gradient
    def short(x, y):
        return x * y, lambda upstream: (upstream,)

    with tf.GradientTape() as tape:
        y = short(v, v)
    with pytest.raises(ValueError, match="expected to return 2 gradients, but returned 1"):
        tape.gradient(y, v)


def test_tape_misuse_is_said():
    v = tf.Variable(2.0)
    tape = tf.GradientTape()
    with pytest.raises(RuntimeError):
        tape.gradient(v, v)
    with tape:
        with pytest.raises(ValueError, match="still recording"):
            tape.__enter__()
        with pytest.raises(ValueError, match="not tf.Tensor or tf.Variable"):
            tape.watch(3)
    with pytest.raises(ValueError, match="not recording"):
        tape.reset()
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reshape(tf.range(6.0), (2, 3)) * v
    with pytest.raises(ValueError, match="first dimension"):
        tape.batch_jacobian(y, tf.ones((3, 2)))


def test_a_persistent_tape_inside_its_context_gives_second_derivatives():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x**3
        dy = tape.gradient(y, x)
    assert float(tape.gradient(dy, x)) == 18.0


def test_transforms_take_tensors_of_this_convention():
    import wengert

    def f(x):
        return tf.reduce_sum(tf.sin(x) * x)

    g = wengert.grad(f)(tf.constant([1.0, 2.0]))
    assert isinstance(g, tf.Tensor)
    np.testing.assert_allclose(g.numpy(), np.sin([1, 2]) + np.array([1, 2]) * np.cos([1, 2]), rtol=1e-6)
    rows = wengert.vmap(lambda x: tf.reduce_sum(x * x))(tf.ones((3, 2)))
    np.testing.assert_array_equal(rows.numpy(), [2, 2, 2])


def test_print(capsys):
    tf.print("x:", tf.constant([1.0, 2.5]), [tf.constant(1), 2], {"a": tf.constant(0.1)}, tf.range(10), tf.constant(1 / 3))
    assert capsys.readouterr().err == "x: [1 2.5] [1, 2] {'a': 0.1} [0 1 2 ... 7 8 9] 0.333333343\n"
