"""Training, step by step: optimisers by their formulas, models that learn, losses that keep their figures."""

import gc
import pathlib
import runpy
import threading

import numpy as np
import pytest

import wengert.tensorflow as tf

HERE = pathlib.Path(__file__).parent
PROGRAMS = [p for name in ("programs", "guides") for p in runpy.run_path(str(HERE / f"{name}.py"))["PROGRAMS"]]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_programs_run(program):
    assert program(tf)


def stepped(optimizer, steps=4):
    """Where a variable goes from 1 under the gradients 1, -0.5, 2, 0.25, …"""
    w = tf.Variable(1.0, dtype=tf.float64)
    path = []
    for g in [1.0, -0.5, 2.0, 0.25][:steps]:
        optimizer.apply_gradients([(tf.constant(g, tf.float64), w)])
        path.append(float(w))
    return path


def test_sgd_is_its_formula():
    w, path = 1.0, []
    for g in [1.0, -0.5, 2.0, 0.25]:
        w -= 0.1 * g
        path.append(w)
    np.testing.assert_allclose(stepped(tf.keras.optimizers.SGD(0.1)), path, rtol=1e-6)


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_is_its_formula(nesterov):
    w, v, path = 1.0, 0.0, []
    for g in [1.0, -0.5, 2.0, 0.25]:
        v = 0.9 * v - 0.1 * g
        w += 0.9 * v - 0.1 * g if nesterov else v
        path.append(w)
    made = tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=nesterov)
    np.testing.assert_allclose(stepped(made), path, rtol=1e-6)


def test_adam_is_its_formula():
    w, m, v, path = 1.0, 0.0, 0.0, []
    for t, g in enumerate([1.0, -0.5, 2.0, 0.25], start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        w -= 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
        path.append(w)
    np.testing.assert_allclose(stepped(tf.keras.optimizers.Adam(0.1)), path, rtol=1e-6)


def test_rmsprop_is_its_formula():
    w, v, path = 1.0, 0.0, []
    for g in [1.0, -0.5, 2.0, 0.25]:
        v = 0.9 * v + 0.1 * g * g
        w -= 0.1 * g / np.sqrt(v + 1e-7)
        path.append(w)
    np.testing.assert_allclose(stepped(tf.keras.optimizers.RMSprop(0.1)), path, rtol=1e-6)


def test_adagrad_is_its_formula():
    w, v, path = 1.0, 0.1, []
    for g in [1.0, -0.5, 2.0, 0.25]:
        v += g * g
        w -= 0.1 * g / np.sqrt(v + 1e-7)
        path.append(w)
    np.testing.assert_allclose(stepped(tf.keras.optimizers.Adagrad(0.1)), path, rtol=1e-6)


def test_learning_rate_can_be_set_and_follows_a_schedule():
    optimizer = tf.keras.optimizers.SGD(0.1)
    assert float(optimizer.learning_rate) == pytest.approx(0.1)
    optimizer.learning_rate = 0.5
    assert stepped(optimizer, 1) == [0.5]
    optimizer.learning_rate.assign(0.25)
    assert float(optimizer.learning_rate) == 0.25
    scheduled = tf.keras.optimizers.SGD(tf.keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.5, 0.0]))
    assert stepped(scheduled, 3)[0] == 0.5
    with pytest.raises(TypeError, match="LearningRateSchedule"):
        scheduled.learning_rate = 0.1


def test_minimize():
    x = tf.Variable(10.0)
    optimizer = tf.keras.optimizers.SGD(0.1)
    for _ in range(100):
        optimizer.minimize(lambda: (x - 3.0) ** 2, [x])
    assert float(x) == pytest.approx(3.0, abs=1e-4)
    with tf.GradientTape() as tape:
        loss = (x - 3.0) ** 2
    optimizer.minimize(loss, [x], tape=tape)
    assert int(optimizer.iterations) == 101


def test_missing_gradients_are_said():
    x = tf.Variable(1.0)
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        tf.keras.optimizers.SGD(0.1).apply_gradients([(None, x)])


def test_a_subclass_of_optimizer_says_how_a_variable_moves():
    class Plain(tf.keras.optimizers.Optimizer):
        def update_step(self, gradient, variable, learning_rate):
            variable.assign_sub(gradient * learning_rate)

    assert stepped(Plain(learning_rate=0.5), 1) == [0.5]


def test_descent_of_line_19_with_a_tape():
    a, b = tf.Variable(0.5), tf.Variable(-0.5)
    for _ in range(100):
        with tf.GradientTape() as tape:
            f = (a - 1.0) ** 2 + (b + 1.0) ** 2 + (a - b) ** 2
        da, db = tape.gradient(f, [a, b])
        a.assign_sub(0.1 * da)
        b.assign_sub(0.1 * db)
    assert float(a) == pytest.approx(1 / 3, abs=1e-6)
    assert float(b) == pytest.approx(-1 / 3, abs=1e-6)


def test_digits_of_line_24():
    from wengert import _wengert

    images, labels = (np.asarray(part) for part in _wengert.digits())
    x, y = tf.constant(images / 16.0, tf.float32), tf.constant(labels)
    tf.random.set_seed(0)
    model = tf.keras.Sequential([tf.keras.layers.Dense(50, activation="tanh"), tf.keras.layers.Dense(10)])
    optimizer = tf.keras.optimizers.SGD(0.1)
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
    loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for _ in range(10):
        for images, labels in batches:
            with tf.GradientTape() as tape:
                loss = loss_of(labels, model(images))
            variables = model.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    logits = model(x)
    right = tf.reduce_mean(tf.cast(tf.argmax(logits, 1) == y, tf.float32))
    assert float(loss_of(y, logits)) <= 0.25
    assert float(right) >= 0.94


def test_compile_and_fit():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2)).astype("float32")
    y = (x[:, :1] * 3.0 - x[:, 1:] + 1.0).astype("float32")
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    model.compile(optimizer=tf.keras.optimizers.Adam(0.1), loss="mse", metrics=["mae"])
    history = model.fit(x, y, epochs=30, batch_size=50, verbose=0, validation_split=0.2)
    assert set(history.history) == {"loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"}
    assert history.history["loss"][-1] < 1e-3
    loss, error = model.evaluate(x, y, verbose=0)
    assert loss < 1e-3 and error < 0.05
    assert model.predict(x[:3], verbose=0).shape == (3, 1)


def test_regularised_losses():
    layer = tf.keras.layers.Dense(2, kernel_regularizer=tf.keras.regularizers.L2(0.5), kernel_initializer="ones")
    layer(tf.ones((1, 3)))
    assert [float(loss) for loss in layer.losses] == [3.0]


def test_frozen_layers_are_not_trained():
    model = tf.keras.Sequential([tf.keras.layers.Dense(2), tf.keras.layers.Dense(1)])
    model(tf.ones((1, 3)))
    model.layers[0].trainable = False
    assert len(model.trainable_variables) == 2 and len(model.non_trainable_variables) == 2 and len(model.weights) == 4
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(tf.ones((1, 3))))
    assert all(g is not None for g in tape.gradient(loss, model.trainable_variables))


def test_weights_are_saved_and_loaded(tmp_path):
    made = [tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(3,))]) for _ in range(2)]
    made[0].save_weights(tmp_path / "w.weights.h5")
    made[1].load_weights(tmp_path / "w.weights.h5")
    for a, b in zip(made[0].get_weights(), made[1].get_weights()):
        np.testing.assert_array_equal(a, b)


def test_checkpoints(tmp_path):
    v, optimizer = tf.Variable(1.0), tf.keras.optimizers.Adam(0.1)
    optimizer.apply_gradients([(tf.constant(1.0), v)])
    checkpoint = tf.train.Checkpoint(v=v, optimizer=optimizer)
    manager = tf.train.CheckpointManager(checkpoint, tmp_path, max_to_keep=1)
    manager.save()
    kept = float(v)
    v.assign(7.0)
    checkpoint.restore(manager.latest_checkpoint).assert_consumed()
    assert float(v) == kept


def test_shuffled_batches_hold_every_row_once():
    tf.random.set_seed(1)
    data = tf.data.Dataset.from_tensor_slices((np.arange(50), np.arange(50) * 2)).shuffle(10).batch(8)
    first = [np.concatenate([x.numpy() for x, _ in data]) for _ in range(2)]
    assert sorted(first[0]) == list(range(50)) and not np.array_equal(*first)
    for x, y in data:
        np.testing.assert_array_equal(x.numpy() * 2, y.numpy())


def test_random_numbers_follow_the_seed():
    tf.random.set_seed(3)
    a = tf.random.normal((5,)).numpy()
    tf.random.set_seed(3)
    np.testing.assert_array_equal(a, tf.random.normal((5,)).numpy())
    big = tf.random.normal((20000,), mean=2.0, stddev=3.0).numpy()
    assert abs(big.mean() - 2.0) < 0.1 and abs(big.std() - 3.0) < 0.1
    flat = tf.random.uniform((20000,), -1.0, 3.0).numpy()
    assert flat.min() >= -1.0 and flat.max() < 3.0 and abs(flat.mean() - 1.0) < 0.05
    cut = tf.random.truncated_normal((20000,)).numpy()
    assert abs(cut).max() <= 2.0 and abs(cut.std() - 0.8796) < 0.02


def test_threads_have_their_own_tapes():
    w = tf.Variable([1.0, 2.0, 3.0])
    wrong = []

    def work(scale):
        for _ in range(200):
            with tf.GradientTape() as tape:
                y = tf.reduce_sum(w * w) * scale
            g = tape.gradient(y, w).numpy()
            if not np.allclose(g, 2 * scale * np.array([1.0, 2.0, 3.0])):
                wrong.append(g)

    threads = [threading.Thread(target=work, args=(float(i + 1),)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_memory_does_not_grow():
    from wengert import _wengert

    w = tf.Variable(np.ones((100, 100), "float32"))
    optimizer = tf.keras.optimizers.Adam(1e-3)

    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.tanh(w @ w))
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])

    for _ in range(5):
        step()
    gc.collect()
    before = _wengert.memory_in_use()
    for _ in range(50):
        step()
    gc.collect()
    assert _wengert.memory_in_use() <= before + 100_000
