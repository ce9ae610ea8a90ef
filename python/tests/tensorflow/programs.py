"""Programs as TensorFlow's guides write them: each takes the library and gives what it found."""

import numpy as np


def line_fit(tf):
    """A line through noisy points, by hand."""
    rng = np.random.default_rng(0)
    x = tf.constant(np.linspace(-2, 2, 201), tf.float32)
    y = x * 3.0 + 2.0 + tf.constant(rng.normal(size=201), tf.float32)

    class MyModel(tf.Module):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.w = tf.Variable(5.0)
            self.b = tf.Variable(0.0)

        def __call__(self, x):
            return self.w * x + self.b

    def loss(target_y, predicted_y):
        return tf.reduce_mean(tf.square(target_y - predicted_y))

    def train(model, x, y, learning_rate):
        with tf.GradientTape() as t:
            current_loss = loss(y, model(x))
        dw, db = t.gradient(current_loss, [model.w, model.b])
        model.w.assign_sub(learning_rate * dw)
        model.b.assign_sub(learning_rate * db)

    model = MyModel()
    found = []
    for _ in range(10):
        train(model, x, y, learning_rate=0.1)
        found.append((model.w.numpy(), model.b.numpy(), loss(y, model(x))))
    return found, [v.name for v in model.variables], len(model.trainable_variables)


def keras_line(tf):
    """The same line as a Keras model, trained by compile and fit."""
    x = tf.constant(np.linspace(-2, 2, 201).reshape(-1, 1), tf.float32)
    y = x * 3.0 + 2.0

    class MyModelKeras(tf.keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.w = self.add_weight(shape=(), initializer=tf.keras.initializers.Constant(5.0))
            self.b = self.add_weight(shape=(), initializer="zeros")

        def call(self, x):
            return self.w * x + self.b

    model = MyModelKeras()
    model.compile(
        run_eagerly=False,
        optimizer=tf.keras.optimizers.SGD(learning_rate=0.1),
        loss=tf.keras.losses.MeanSquaredError(),
    )
    history = model.fit(x, y, epochs=10, batch_size=1000, verbose=0)
    return history.history["loss"], model.w.numpy(), model.b.numpy()


def autodiff_guide(tf):
    """The basics of the tape, with a layer."""
    found = []
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x**2
    found.append(tape.gradient(y, x))
    w = tf.Variable(tf.reshape(tf.range(6.0), (3, 2)) / 6.0, name="w")
    b = tf.Variable(tf.zeros(2, dtype=tf.float32), name="b")
    x = [[1.0, 2.0, 3.0]]
    with tf.GradientTape(persistent=True) as tape:
        y = x @ w + b
        loss = tf.reduce_mean(y**2)
    [dl_dw, dl_db] = tape.gradient(loss, [w, b])
    found += [dl_dw, dl_db, dl_dw.shape, tape.gradient(loss, {"w": w, "b": b})["b"]]
    layer = tf.keras.layers.Dense(2, activation="relu", kernel_initializer="ones")
    x = tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as tape:
        y = layer(x)
        loss = tf.reduce_mean(y**2)
    grad = tape.gradient(loss, layer.trainable_variables)
    found += [(var.name, g.shape, g) for var, g in zip(layer.trainable_variables, grad)]
    return found


def targets(tf):
    """Several targets, targets that are not scalars, elementwise derivatives."""
    found = []
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y0 = x**2
        y1 = 1 / x
    found += [tape.gradient(y0, x), tape.gradient(y1, x)]
    with tf.GradientTape() as tape:
        y0 = x**2
        y1 = 1 / x
    found.append(tape.gradient({"y0": y0, "y1": y1}, x))
    with tf.GradientTape() as tape:
        y = x * [3.0, 4.0]
    found.append(tape.gradient(y, x))
    x = tf.linspace(-10.0, 10.0, 200 + 1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.sigmoid(x)
    found.append(tape.gradient(y, x))
    return found


def control_flow(tf):
    """Python branches are differentiated as they ran."""
    x = tf.constant(1.0)
    v0, v1 = tf.Variable(2.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        if x > 0.0:
            result = v0
        else:
            result = v1**2
    dx = tape.gradient(result, x)
    return [tape.gradient(result, [v0, v1])[1], dx]


def nones(tf):
    """Where gradients are None."""
    found = []
    x = tf.Variable(2.0)
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = x + 1
        found.append(tape.gradient(y, x))
        x = x + 1
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]], dtype=tf.float32)
    with tf.GradientTape() as tape:
        x2 = x**2
        y = np.mean(x2, axis=0)
        y = tf.reduce_mean(y, axis=0)
    found.append(tape.gradient(y, x))
    x0, x1 = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape() as tape:
        x1.assign_add(x0)
        y = x1**2
    found.append(tape.gradient(y, x0))
    x = tf.Variable([2.0, 2.0])
    y = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = y**2
    found.append(tape.gradient(z, x, unconnected_gradients=tf.UnconnectedGradients.ZERO))
    return found


def advanced(tf):
    """Stopping, resetting, custom gradients, several tapes, higher orders."""
    found = []
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        x_sq = x * x
        with tape.stop_recording():
            y_sq = y * y
        z = x_sq + y_sq
    found.append(tape.gradient(z, {"x": x, "y": y}))
    with tf.GradientTape() as tape:
        y_sq = y**2
        z = x**2 + tf.stop_gradient(y_sq)
    found.append(tape.gradient(z, {"x": x, "y": y}))

    @tf.custom_gradient
    def clip_gradients(y):
        def backward(dy):
            return tf.clip_by_norm(dy, 0.5)

        return y, backward

    v = tf.Variable(2.0)
    with tf.GradientTape() as t:
        output = clip_gradients(v * v)
    found.append(t.gradient(output, v))
    x0, x1 = tf.constant(0.0), tf.constant(0.0)
    with tf.GradientTape() as tape0, tf.GradientTape() as tape1:
        tape0.watch(x0)
        tape1.watch(x1)
        y0 = tf.math.sin(x0)
        y1 = tf.nn.sigmoid(x1)
        y = y0 + y1
        ys = tf.reduce_sum(y)
    found += [tape0.gradient(ys, x0), tape1.gradient(ys, x1)]
    x = tf.Variable(1.0)
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            y = x * x * x
        dy_dx = t1.gradient(y, x)
    found += [dy_dx, t2.gradient(dy_dx, x)]
    return found


def input_gradient_regularisation(tf):
    """The gradient of the size of a gradient."""
    x = tf.constant(np.random.default_rng(1).normal(size=(7, 5)), tf.float32)
    layer = tf.keras.layers.Dense(10, activation=tf.nn.relu, kernel_initializer=tf.keras.initializers.Constant(0.3))
    with tf.GradientTape() as t2:
        with tf.GradientTape(watch_accessed_variables=False) as t1:
            t1.watch(x)
            y = layer(x)
            out = tf.reduce_sum(layer(x) ** 2)
        g1 = t1.gradient(out, x)
        g1_mag = tf.norm(g1)
    dg1_mag = t2.gradient(g1_mag, layer.trainable_variables)
    return [y.shape, g1, g1_mag, [var.shape for var in dg1_mag], dg1_mag]


def jacobians(tf):
    """Scalar sources, tensor sources, batches, Hessians."""
    found = []
    x = tf.linspace(-10.0, 10.0, 21)
    delta = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        y = tf.nn.sigmoid(x + delta)
    found.append(tape.jacobian(y, delta))
    x = tf.constant(np.random.default_rng(2).normal(size=(7, 5)), tf.float32)
    layer = tf.keras.layers.Dense(10, activation=tf.nn.relu, kernel_initializer=tf.keras.initializers.Constant(0.2))
    with tf.GradientTape(persistent=True) as tape:
        y = layer(x)
    j = tape.jacobian(y, layer.kernel)
    found += [j.shape, j, tape.gradient(y, layer.kernel) - tf.reduce_sum(j, axis=[0, 1])]
    x = tf.constant(np.random.default_rng(3).normal(size=(7, 5)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.elu(x @ tf.ones((5, 6)))
    jb = tape.batch_jacobian(y, x)
    found += [jb.shape, jb]
    w = tf.Variable(np.random.default_rng(4).normal(size=(4, 2)), dtype=tf.float32)
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            loss = tf.reduce_mean(tf.tanh(tf.ones((3, 4)) @ w) ** 2)
        g = t1.gradient(loss, w)
    h = t2.jacobian(g, w)
    found += [h.shape, h]
    n = tf.Variable([1.0, 2.0])
    m = tf.Variable([3.0])
    with tf.GradientTape() as tape:
        y = n * n
    found.append(tape.jacobian(y, [n, m]))
    with tf.GradientTape() as tape:
        y = n * n
    found.append(tape.jacobian(y, [n, m], unconnected_gradients="zero"))
    return found


def custom_gradients(tf):
    """Own gradients, with second derivatives, several arguments, keyword arguments and variables."""
    found = []

    @tf.custom_gradient
    def log1pexp(x):
        e = tf.exp(x)

        def grad(upstream):
            return upstream * (1 - 1 / (1 + e))

        return tf.math.log(1 + e), grad

    x = tf.constant(100.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = log1pexp(x)
    found.append(tape.gradient(y, x))
    x = tf.Variable(0.5)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = log1pexp(x) * x
        first = inner.gradient(y, x)
    found += [first, outer.gradient(first, x)]

    @tf.custom_gradient
    def op(x, y):
        def grad(dz):
            return dz * y * 10.0, dz * x * 100.0

        return x * y, grad

    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = op(a, b)
    found.append(tape.gradient(z, [a, b]))

    @tf.custom_gradient
    def two(x):
        def grad(d1, d2):
            return d1 * 2.0 + d2 * 5.0

        return (x * 1.0, x * 2.0), grad

    with tf.GradientTape() as tape:
        p, q = two(a)
        z = p * p + q
    found.append(tape.gradient(z, a))

    w = tf.Variable(4.0)

    @tf.custom_gradient
    def linear(x):
        out = x * w

        def grad(up, variables=None):
            return up * 7.0, [up * 11.0 for _ in variables]

        return out, grad

    with tf.GradientTape() as tape:
        z = linear(a)
    found.append(tape.gradient(z, [a, w]))
    return found


def logistic_regression(tf):
    """Logistic regression on made-up data, in batches."""
    rng = np.random.default_rng(5)
    features = rng.normal(size=(64, 3)).astype(np.float32)
    labels = (features @ np.array([1.0, -2.0, 0.5]) > 0).astype(np.float32)

    class LogisticRegression(tf.Module):
        def __init__(self):
            self.built = False

        def __call__(self, x, train=True):
            if not self.built:
                self.w = tf.Variable(tf.ones((x.shape[-1], 1)) * 0.1)
                self.b = tf.Variable(0.0)
                self.built = True
            z = tf.add(tf.matmul(x, self.w), self.b)
            z = tf.squeeze(z, axis=1)
            return z if train else tf.sigmoid(z)

    def log_loss(y_pred, y):
        ce = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=y_pred)
        return tf.reduce_mean(ce)

    def accuracy(y_pred, y_class):
        return tf.reduce_mean(tf.cast(tf.equal(tf.cast(y_pred > 0.5, tf.float32), y_class), tf.float32))

    dataset = tf.data.Dataset.from_tensor_slices((features, labels)).batch(16)
    log_reg = LogisticRegression()
    losses = []
    for _ in range(5):
        for x_batch, y_batch in dataset:
            with tf.GradientTape() as tape:
                y_pred_batch = log_reg(x_batch)
                batch_loss = log_loss(y_pred_batch, y_batch)
            grads = tape.gradient(batch_loss, log_reg.variables)
            for g, v in zip(grads, log_reg.variables):
                v.assign_sub(0.5 * g)
        losses.append(log_loss(log_reg(tf.constant(features)), labels))
    return losses, accuracy(log_reg(tf.constant(features), train=False), labels), [v.numpy() for v in log_reg.variables]


def mlp(tf):
    """A multilayer perceptron with Keras's layers, loss, optimiser and metrics in a loop of one's own."""
    rng = np.random.default_rng(6)
    x_train = rng.normal(size=(60, 4)).astype("float32")
    y_train = (x_train[:, 0] > 0).astype("int32") + (x_train[:, 1] > 0)
    start = [rng.normal(size=s).astype("float32") * 0.5 for s in ((4, 8), (8, 3))]
    model = tf.keras.Sequential([
        tf.keras.layers.Dense(8, activation="tanh", kernel_initializer=lambda shape, dtype=None: tf.constant(start[0])),
        tf.keras.layers.Dense(3, kernel_initializer=lambda shape, dtype=None: tf.constant(start[1])),
    ])
    loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = tf.keras.optimizers.Adam(learning_rate=0.01)
    train_loss = tf.keras.metrics.Mean(name="train_loss")
    train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")

    @tf.function
    def train_step(features, labels):
        with tf.GradientTape() as tape:
            predictions = model(features, training=True)
            loss = loss_object(labels, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        train_loss(loss)
        train_accuracy(labels, predictions)

    train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(20)
    history = []
    for _ in range(6):
        train_loss.reset_state()
        train_accuracy.reset_state()
        for features, labels in train_ds:
            train_step(features, labels)
        history.append((train_loss.result(), train_accuracy.result()))
    return history, [v.numpy() for v in model.trainable_variables], int(optimizer.iterations.numpy())


def optimisers(tf):
    """Three steps of each optimiser."""
    found = {}
    k = tf.keras.optimizers
    made = {
        "sgd": lambda: k.SGD(0.1),
        "momentum": lambda: k.SGD(learning_rate=0.1, momentum=0.9),
        "nesterov": lambda: k.SGD(0.1, momentum=0.9, nesterov=True),
        "adam": lambda: k.Adam(0.1),
        "adam_options": lambda: k.Adam(learning_rate=0.1, beta_1=0.8, beta_2=0.9, epsilon=1e-4, amsgrad=True),
        "adamw": lambda: k.AdamW(0.1, weight_decay=0.01),
        "adamax": lambda: k.Adamax(0.1),
        "nadam": lambda: k.Nadam(0.1),
        "rmsprop": lambda: k.RMSprop(0.1),
        "rmsprop_options": lambda: k.RMSprop(0.1, rho=0.8, momentum=0.5, centered=True),
        "adagrad": lambda: k.Adagrad(0.1),
        "adadelta": lambda: k.Adadelta(1.0),
        "lion": lambda: k.Lion(0.1),
        "ftrl": lambda: k.Ftrl(0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.02),
        "lamb": lambda: k.Lamb(0.1),
        "clipnorm": lambda: k.SGD(0.1, clipnorm=0.5),
        "clipvalue": lambda: k.SGD(0.1, clipvalue=0.5),
        "global_clipnorm": lambda: k.SGD(0.1, global_clipnorm=0.5),
        "schedule": lambda: k.SGD(k.schedules.ExponentialDecay(0.1, 1, 0.5)),
    }
    for name, make in made.items():
        a, b = tf.Variable([1.0, -2.0, 3.0]), tf.Variable(0.5)
        optimizer = make()
        path = []
        for _ in range(3):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(a * a * [1.0, 2.0, 3.0]) * b + tf.sin(b)
            optimizer.apply_gradients(zip(tape.gradient(loss, [a, b]), [a, b]))
            path += [a.numpy(), b.numpy()]
        found[name] = path
    return found


def forward_accumulator(tf):
    """Forward derivatives."""
    found = []
    x = tf.constant([[2.0, 3.0], [1.0, 4.0]])
    targets = tf.constant([[1.0], [-1.0]])
    kernel = tf.Variable([[1.0], [1.0]])
    with tf.autodiff.ForwardAccumulator(primals=kernel, tangents=tf.constant([[1.0], [0.0]])) as acc:
        loss = tf.reduce_sum((x @ kernel - targets) ** 2.0)
    found.append(acc.jvp(loss))
    v = tf.Variable(2.0)
    with tf.autodiff.ForwardAccumulator(v, tf.constant(3.0)) as acc:
        y = v * v * v
    found.append(acc.jvp(y))
    with tf.autodiff.ForwardAccumulator(v, tf.constant(3.0)) as acc:
        y = tf.constant(1.0) * 2.0
    found.append(acc.jvp(y))
    return found


def functions(tf):
    """Gradients of many functions at ordinary points."""
    found = {}
    rng = np.random.default_rng(7)
    p = tf.constant(rng.uniform(0.2, 0.8, size=(3, 4)), tf.float64)
    q = tf.constant(rng.uniform(0.2, 0.8, size=(3, 4)), tf.float64)
    m = tf.constant(rng.uniform(0.2, 0.8, size=(4, 3)), tf.float64)
    cases = {
        "unary": [
            tf.exp, tf.math.log, tf.math.log1p, tf.math.expm1, tf.sqrt, tf.math.rsqrt, tf.square, tf.abs, tf.sin,
            tf.cos, tf.tan, tf.asin, tf.acos, tf.atan, tf.sinh, tf.cosh, tf.tanh, tf.asinh, tf.atanh, tf.sigmoid,
            tf.math.log_sigmoid, tf.math.softplus, tf.math.erf, tf.math.erfc, tf.math.erfinv, tf.math.lgamma,
            tf.math.digamma, tf.math.reciprocal, tf.floor, tf.round, tf.nn.relu, tf.nn.relu6, tf.nn.leaky_relu, tf.nn.elu,
            tf.nn.selu, tf.nn.silu, tf.nn.softmax, tf.nn.log_softmax, tf.nn.l2_loss,
            tf.nn.l2_normalize, tf.reduce_sum, tf.reduce_mean, tf.reduce_prod, tf.reduce_max, tf.reduce_min,
            tf.reduce_logsumexp, tf.math.reduce_std, tf.math.reduce_variance, tf.math.reduce_euclidean_norm, tf.norm,
            tf.cumsum, tf.math.cumprod, tf.transpose, tf.sort, tf.linalg.diag, tf.math.cumulative_logsumexp,
            lambda x: tf.cumsum(x, axis=1, exclusive=True, reverse=True),
            lambda x: tf.math.cumprod(x, axis=1, exclusive=True),
            lambda x: tf.reshape(x, (2, 6)), lambda x: tf.gather(x, [2, 0, 0]), lambda x: tf.gather(x, [[1, 0]], axis=1),
            lambda x: tf.gather_nd(x, [[0, 1], [2, 3], [0, 1]]), lambda x: x[1:, ::2], lambda x: x[0], lambda x: x[..., -1],
            lambda x: tf.boolean_mask(x, x > 0.5), lambda x: x[x > 0.5], lambda x: tf.pad(x, [[1, 0], [0, 2]]),
            lambda x: tf.pad(x, [[1, 0], [0, 2]], "REFLECT"), lambda x: tf.tile(x, [2, 1]), lambda x: tf.reverse(x, [1]),
            lambda x: tf.roll(x, 1, 0), lambda x: tf.repeat(x, 2, axis=0), lambda x: tf.concat([x, x * 2.0], 1),
            lambda x: tf.stack([x, x * 2.0], 1), lambda x: tf.unstack(x)[1], lambda x: tf.split(x, 2, 1)[0],
            lambda x: tf.clip_by_value(x, 0.3, 0.6), lambda x: tf.clip_by_norm(x, 0.5), lambda x: tf.pow(x, 2.5),
            lambda x: 2.0**x, lambda x: tf.where(x > 0.5, x * 2.0, x * 3.0), lambda x: tf.math.top_k(x, 2).values,
            lambda x: tf.tensor_scatter_nd_update(x, [[0, 1]], [9.0]), lambda x: tf.scatter_nd([[1], [1], [0]], x, [4, 4]),
            lambda x: tf.math.segment_sum(x, [0, 0, 1]), lambda x: tf.math.unsorted_segment_mean(x, [1, 0, 1], 2),
            lambda x: tf.nn.softmax_cross_entropy_with_logits(tf.one_hot([0, 1, 2], 4, dtype=tf.float64), x),
            lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits([0, 1, 2], x),
            lambda x: tf.nn.sigmoid_cross_entropy_with_logits(labels=q, logits=x), lambda x: tf.einsum("ij->j", x),
            lambda x: tf.nn.moments(x, [0])[1], lambda x: tf.linalg.band_part(x, 0, -1), lambda x: tf.broadcast_to(x, (2, 3, 4)),
            lambda x: tf.cast(tf.cast(x, tf.float32), tf.float64), lambda x: tf.map_fn(lambda r: r * r, x),
            lambda x: tf.scan(lambda a, r: a * r, x), lambda x: tf.squeeze(tf.expand_dims(x, 0)),
            lambda x: tf.keras.losses.mse(q, x), lambda x: tf.keras.losses.binary_crossentropy(q, x),
            lambda x: tf.keras.losses.huber(q, x, delta=0.1), lambda x: tf.keras.losses.kld(q, x),
            lambda x: tf.keras.losses.categorical_crossentropy(tf.constant(np.eye(4)[:3]), x),
            lambda x: tf.keras.losses.sparse_categorical_crossentropy(tf.constant([0, 1, 2]), x),
            lambda x: tf.keras.losses.cosine_similarity(q, x),
        ],
        "binary": [
            tf.add, tf.subtract, tf.multiply, tf.divide, tf.pow, tf.maximum, tf.minimum, tf.atan2, tf.math.xlogy,
            tf.math.squared_difference, tf.math.floormod, tf.math.divide_no_nan, lambda x, y: tf.matmul(x, y, transpose_b=True),
            lambda x, y: x @ tf.transpose(y), lambda x, y: tf.tensordot(x, y, [[1], [1]]), lambda x, y: tf.einsum("ij,ij->i", x, y),
            lambda x, y: tf.linalg.matvec(x, y[0]), lambda x, y: x * y[0], lambda x, y: tf.where(x > y, x, y),
        ],
    }
    for arity, listed in cases.items():
        for number, f in enumerate(listed):
            inputs = [p, q][: 1 if arity == "unary" else 2]
            with tf.GradientTape(persistent=True) as tape:
                for each in inputs:
                    tape.watch(each)
                with tf.GradientTape() as inner:
                    for each in inputs:
                        inner.watch(each)
                    out = f(*inputs)
                    weights = tf.cast(tf.reshape(tf.range(1, tf.size(out) + 1), tf.shape(out)), tf.float64)
                    scalar = tf.reduce_sum(tf.sin(out) * weights)
                first = [g if g is None else tf.convert_to_tensor(g) for g in inner.gradient(scalar, inputs)]
                square = tf.add_n([tf.reduce_sum(g * g) for g in first if g is not None] or [tf.constant(0.0, tf.float64)])
            second = tape.gradient(square, inputs, unconnected_gradients="zero")
            found[f"{arity} {number}"] = [out, first, [tf.convert_to_tensor(g) for g in second]]
    found["m"] = m
    return found


def variables(tf):
    """What variables do inside and outside of tapes."""
    found = []
    v = tf.Variable([1.0, 2.0], name="v")
    with tf.GradientTape() as tape:
        a = v * 2.0
        v.assign([3.0, 4.0])
        b = v * v
        out = tf.reduce_sum(a) + tf.reduce_sum(b)
    found += [tape.gradient(out, v), v.numpy()]
    with tf.GradientTape() as tape:
        out = v[0] * v[1] + tf.reduce_sum(v.value())
    found.append(tape.gradient(out, v))
    with tf.GradientTape() as tape:
        out = tf.reduce_sum(tf.stack([v, v * 2.0]) * tf.convert_to_tensor(v) + tf.concat([v], 0))
    found.append(tape.gradient(out, v))
    s, t = tf.Variable(1.5), tf.Variable(2.5)
    with tf.GradientTape() as tape:
        out = tf.reduce_sum(tf.convert_to_tensor([s, t * t, 3.0]))
    found.append(tape.gradient(out, [s, t]))
    with tf.GradientTape() as tape:
        out = v
    found.append(tape.gradient(out, v))
    frozen = tf.Variable(1.0, trainable=False)
    with tf.GradientTape() as tape:
        out = frozen * s
    found += [tape.gradient(out, [frozen, s]), [x.name for x in tape.watched_variables()]]
    n = tf.Variable(3)
    n.assign_add(2)
    found += [n.numpy(), np.sin(s), np.array([1.0, 2.0]) * v, v + np.array([1.0, 2.0])]
    return found


def reentered(tf):
    """A persistent tape that is entered a second time goes on."""
    x = tf.constant(3.0)
    tape = tf.GradientTape(persistent=True)
    with tape:
        tape.watch(x)
        y = x * x
    with tape:
        z = y * x
    return tape.gradient(z, x)


def module_parts(tf):
    """Modules in modules, lists and dictionaries."""

    class Inner(tf.Module):
        def __init__(self, n, name=None):
            super().__init__(name=name)
            self.w = tf.Variable(float(n), name="w")
            self.k = tf.Variable(1.0, trainable=False, name="k")

    class Outer(tf.Module):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.z = Inner(1)
            self.a = [Inner(2), Inner(3, name="third")]
            self.d = {"x": tf.Variable(7.0, name="in_dict")}
            self.first = tf.Variable(0.0, name="first")

    outer = Outer()
    return [
        [v.name for v in outer.variables], [float(v.numpy()) for v in outer.trainable_variables],
        [m.name for m in outer.submodules], outer.name, len(outer.non_trainable_variables),
    ]


PROGRAMS = [
    line_fit, keras_line, autodiff_guide, targets, control_flow, nones, advanced, input_gradient_regularisation, jacobians,
    custom_gradients, logistic_regression, mlp, optimisers, forward_accumulator, functions, variables, reentered,
    module_parts,
]
