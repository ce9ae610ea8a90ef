"""More programs in the style of TensorFlow's guides and core tutorials."""

import numpy as np


def tensors(tf):
    """Tensors and their parts."""
    found = []
    rank_0 = tf.constant(4)
    rank_1 = tf.constant([2.0, 3.0, 4.0])
    rank_2 = tf.constant([[1, 2], [3, 4], [5, 6]], dtype=tf.float32)
    rank_3 = tf.constant([[[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]], [[10, 11, 12, 13, 14], [15, 16, 17, 18, 19]]])
    found += [repr(rank_0), str(rank_1), str(rank_2), str(rank_3), np.array(rank_2), rank_2.numpy()]
    a, b = tf.constant([[1, 2], [3, 4]]), tf.constant([[1, 1], [1, 1]])
    found += [str(tf.add(a, b)), str(tf.multiply(a, b)), str(tf.matmul(a, b)), str(a + b), str(a * b), str(a @ b)]
    c = tf.constant([[4.0, 5.0], [10.0, 1.0]])
    found += [tf.reduce_max(c), tf.math.argmax(c), tf.nn.softmax(c), tf.convert_to_tensor([1, 2, 3])]
    found += [tf.reduce_max([1, 2, 3]), tf.reduce_max(np.array([1, 2, 3]))]
    z = tf.zeros([3, 2, 4, 5])
    found += [repr(z.dtype), z.ndim, str(z.shape), z.shape[0], z.shape[-1], tf.size(z).numpy(), tf.rank(z), tf.shape(z)]
    r = tf.constant([0, 1, 1, 2, 3, 5, 8, 13, 21, 34])
    found += [r[0].numpy(), r[-1].numpy(), r[:].numpy(), r[:4].numpy(), r[4:].numpy(), r[2:7].numpy(), r[::2].numpy()]
    found += [r[::-1].numpy(), rank_2[1, 1].numpy(), rank_2[1, :].numpy(), rank_2[:, 1].numpy(), rank_2[0:1, 0:-1].numpy()]
    found += [str(rank_3[:, :, 4]), rank_3[0, ..., 1:3]]
    x = tf.constant([[1], [2], [3]])
    found += [x.shape.as_list(), tf.reshape(x, [1, 3]).shape, str(tf.reshape(rank_3, [-1]))]
    d = tf.constant([2.2, 3.3, 4.4], dtype=tf.float64)
    found += [tf.cast(tf.cast(d, dtype=tf.float32), dtype=tf.uint8)]
    x, y = tf.constant([1, 2, 3]), tf.constant(2)
    found += [str(tf.multiply(x, 2)), str(x * y), str(x * tf.constant([2, 2, 2]))]
    x, y = tf.reshape(tf.constant([1, 2, 3]), [3, 1]), tf.range(1, 5)
    found += [str(x), str(y), str(tf.multiply(x, y)), str(tf.broadcast_to(tf.constant([1, 2, 3]), [3, 3]))]
    return found


def variable_guide(tf):
    """Variables, copies, names."""
    found = []
    my_tensor = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    my_variable = tf.Variable(my_tensor)
    bool_variable = tf.Variable([False, False, False, True])
    found += [str(my_variable.shape), repr(my_variable.dtype), my_variable.numpy(), str(my_variable), str(bool_variable)]
    found += [str(tf.convert_to_tensor(my_variable)), tf.math.argmax(my_variable), str(tf.reshape(my_variable, [1, 4]))]
    a = tf.Variable([2.0, 3.0])
    a.assign([1, 2])
    try:
        a.assign([1.0, 2.0, 3.0])
    except Exception as e:
        found.append(f"{type(e).__name__}: {e}")
    b = tf.Variable(a)
    a.assign([5, 6])
    found += [a.numpy(), b.numpy(), a.assign_add([2, 3]).numpy(), a.assign_sub([7, 9]).numpy()]
    a, b = tf.Variable(my_tensor, name="Mark"), tf.Variable(my_tensor + 1, name="Mark")
    found += [str(a == b), tf.Variable(1, trainable=False).trainable, a.name]
    with tf.device("CPU:0"):
        a = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        b = tf.Variable([[1.0, 2.0, 3.0]])
        k = a * b
    found.append(str(k))
    return found


def slicing(tf):
    """Slices, gathers and scatters."""
    t1 = tf.constant([0, 1, 2, 3, 4, 5, 6, 7])
    found = [tf.slice(t1, begin=[1], size=[3]), t1[1:4], t1[-3:]]
    t2 = tf.constant([[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14], [15, 16, 17, 18, 19]])
    found += [t2[:-1, 1:3], tf.gather(t1, indices=[0, 3, 6]), t1[::3], tf.gather_nd(t2, indices=[[2], [3], [0]])]
    t4 = np.arange(18).reshape(2, 3, 3)
    found += [tf.gather_nd(t4, indices=[[0, 0, 0], [1, 2, 1]]), tf.gather_nd(t4, [[[0, 0], [0, 2]], [[1, 0], [1, 2]]])]
    t6 = tf.constant([10])
    indices = tf.constant([[1], [3], [5], [7], [9]])
    data = tf.constant([2, 4, 6, 8, 10])
    found += [tf.scatter_nd(indices=indices, updates=data, shape=t6)]
    new_indices = tf.constant([[0, 2], [2, 1], [3, 3]])
    t7 = tf.gather_nd(t2, indices=new_indices)
    t8 = tf.scatter_nd(indices=new_indices, updates=t7, shape=tf.constant([4, 5]))
    t9 = tf.tensor_scatter_nd_sub(t2, indices=new_indices, updates=tf.constant([1, 2, 3]))
    found += [t7, t8, t9, tf.tensor_scatter_nd_add(tf.ones_like(t2), new_indices, [1, 2, 3])]
    return found


def modules(tf):
    """Modules by hand, modules in modules, modules that wait for their input."""

    class Dense(tf.Module):
        def __init__(self, out_features, name=None):
            super().__init__(name=name)
            self.is_built, self.out_features = False, out_features

        def __call__(self, x):
            if not self.is_built:
                self.w = tf.Variable(tf.ones([x.shape[-1], self.out_features]), name="w")
                self.b = tf.Variable(tf.zeros([self.out_features]), name="b")
                self.is_built = True
            y = tf.matmul(x, self.w) + self.b
            return tf.nn.relu(y)

    class SequentialModule(tf.Module):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.dense_1 = Dense(out_features=3)
            self.dense_2 = Dense(out_features=2)

        @tf.function
        def __call__(self, x):
            return self.dense_2(self.dense_1(x))

    model = SequentialModule(name="the_model")
    out = model(tf.constant([[2.0, 2.0, 2.0]]))
    found = [out, [m.name for m in model.submodules], [(v.name, str(v.shape)) for v in model.variables]]

    class FlexibleDense(tf.keras.layers.Layer):
        def __init__(self, out_features, **kwargs):
            super().__init__(**kwargs)
            self.out_features = out_features

        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1], self.out_features), initializer="ones", name="w")
            self.b = self.add_weight(shape=(self.out_features,), initializer="zeros", name="b")

        def call(self, inputs, training=False):
            return tf.matmul(inputs, self.w) + self.b if not training else inputs

    layer = FlexibleDense(out_features=3)
    found += [layer(tf.constant([[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]])), [v.name for v in layer.variables]]

    class MySequentialModel(tf.keras.Model):
        def __init__(self, name=None, **kwargs):
            super().__init__(**kwargs)
            self.dense_1 = FlexibleDense(out_features=3)
            self.dense_2 = FlexibleDense(out_features=2)

        def call(self, x):
            return self.dense_2(self.dense_1(x))

    model = MySequentialModel(name="the_model")
    found += [model(tf.constant([[2.0, 2.0, 2.0]])), len(model.variables), len(model.trainable_variables)]
    return found


def mlp_core(tf):
    """A perceptron, an Adam and a training loop, all by hand."""
    rng = np.random.default_rng(8)
    x_data, y_data = rng.normal(size=(96, 6)).astype("float32"), rng.integers(0, 3, 96)
    starts = [rng.uniform(-0.5, 0.5, size=s).astype("float32") for s in ((6, 8), (8, 3))]

    class DenseLayer(tf.Module):
        def __init__(self, start, activation=tf.identity):
            super().__init__()
            self.start, self.activation, self.built = start, activation, False

        def __call__(self, x):
            if not self.built:
                self.w = tf.Variable(self.start)
                self.b = tf.Variable(tf.zeros(shape=(self.start.shape[1],)))
                self.built = True
            return self.activation(tf.add(tf.matmul(x, self.w), self.b))

    class MLP(tf.Module):
        def __init__(self, layers):
            super().__init__()
            self.layers = layers

        @tf.function
        def __call__(self, x, preds=False):
            for layer in self.layers:
                x = layer(x)
            return x

    class Adam:
        def __init__(self, learning_rate=1e-2, beta_1=0.9, beta_2=0.999, ep=1e-7):
            self.beta_1, self.beta_2, self.learning_rate, self.ep, self.t = beta_1, beta_2, learning_rate, ep, 1.0
            self.v_dvar, self.s_dvar, self.built = [], [], False

        def apply_gradients(self, grads, vars):
            if not self.built:
                for var in vars:
                    self.v_dvar.append(tf.Variable(tf.zeros(shape=var.shape)))
                    self.s_dvar.append(tf.Variable(tf.zeros(shape=var.shape)))
                self.built = True
            for i, (d_var, var) in enumerate(zip(grads, vars)):
                self.v_dvar[i].assign(self.beta_1 * self.v_dvar[i] + (1 - self.beta_1) * d_var)
                self.s_dvar[i].assign(self.beta_2 * self.s_dvar[i] + (1 - self.beta_2) * tf.square(d_var))
                v_bc = self.v_dvar[i] / (1 - (self.beta_1**self.t))
                s_bc = self.s_dvar[i] / (1 - (self.beta_2**self.t))
                var.assign_sub(self.learning_rate * (v_bc / (tf.sqrt(s_bc) + self.ep)))
            self.t += 1.0

    def cross_entropy_loss(y_pred, y):
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=y_pred))

    def accuracy(y_pred, y):
        class_preds = tf.argmax(tf.nn.softmax(y_pred), axis=1)
        return tf.reduce_mean(tf.cast(tf.equal(y, class_preds), tf.float32))

    model = MLP([DenseLayer(starts[0], activation=tf.nn.relu), DenseLayer(starts[1])])
    optimizer, losses = Adam(), []
    data = tf.data.Dataset.from_tensor_slices((x_data, y_data)).batch(32).prefetch(tf.data.AUTOTUNE)
    for _ in range(4):
        batch_losses = []
        for x_batch, y_batch in data:
            with tf.GradientTape() as tape:
                y_pred = model(x_batch)
                loss = cross_entropy_loss(y_pred, y_batch)
            grads = tape.gradient(loss, model.variables)
            optimizer.apply_gradients(grads, model.variables)
            batch_losses.append(loss)
        losses.append(tf.reduce_mean(batch_losses))
    return losses, accuracy(model(x_data), y_data), [v.shape for v in model.variables]


def own_momentum(tf):
    """Optimisers of one's own, on a curve with two valleys."""

    class Momentum(tf.Module):
        def __init__(self, learning_rate=1e-3, beta=0.7):
            self.learning_rate, self.beta = learning_rate, beta
            self.change = 0.0

        def apply_gradients(self, grads, variables):
            for grad, var in zip(grads, variables):
                curr_change = self.learning_rate * grad + self.beta * self.change
                var.assign_sub(curr_change)
                self.change = curr_change

    x = tf.Variable(2.0)
    optimizer, path = Momentum(learning_rate=0.02), []
    for _ in range(40):
        with tf.GradientTape() as tape:
            loss = 2 * (x**4) + 3 * (x**3) + 2
        optimizer.apply_gradients([tape.gradient(loss, x)], [x])
        path.append(x.numpy())
    return path


def newton(tf):
    """Newton's method with the Hessian of a small network."""
    x = tf.constant(np.random.default_rng(9).normal(size=(7, 5)), tf.float32)
    w1 = tf.Variable(np.random.default_rng(10).normal(size=(5, 4)) * 0.3, dtype=tf.float32)
    w2 = tf.Variable(np.random.default_rng(11).normal(size=(4, 2)) * 0.3, dtype=tf.float32)
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            loss = tf.reduce_mean((tf.nn.relu(x @ w1) @ w2) ** 2)
        g = t1.gradient(loss, w1)
    h = t2.jacobian(g, w1)
    n_params = tf.reduce_prod(w1.shape)
    g_vec, h_mat = tf.reshape(g, [n_params, 1]), tf.reshape(h, [n_params, n_params])
    return [h.shape, n_params, g_vec, h_mat, tf.reduce_max(abs(h_mat - tf.transpose(h_mat)))]


def iris_walkthrough(tf):
    """Dictionaries of features, packed into rows, and a model trained on them."""
    rng = np.random.default_rng(12)
    columns = {k: rng.normal(size=40).astype("float32") for k in ("sepal", "petal", "width")}
    labels = (columns["sepal"] + columns["petal"] > 0).astype("int32")

    def pack_features_vector(features, labels):
        return tf.stack(list(features.values()), axis=1), labels

    train = tf.data.Dataset.from_tensor_slices((columns, labels)).batch(10).map(pack_features_vector)
    features, first_labels = next(iter(train))
    kernel = rng.normal(size=(3, 2)).astype("float32")
    model = tf.keras.Sequential([tf.keras.layers.Dense(2, kernel_initializer=lambda s, dtype=None: tf.constant(kernel))])
    loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def loss(model, x, y, training):
        return loss_object(y_true=y, y_pred=model(x, training=training))

    def grad(model, inputs, targets):
        with tf.GradientTape() as tape:
            loss_value = loss(model, inputs, targets, training=True)
        return loss_value, tape.gradient(loss_value, model.trainable_variables)

    optimizer = tf.keras.optimizers.SGD(learning_rate=0.1)
    results = []
    for _ in range(5):
        epoch_loss_avg = tf.keras.metrics.Mean()
        epoch_accuracy = tf.keras.metrics.SparseCategoricalAccuracy()
        for x, y in train:
            loss_value, grads = grad(model, x, y)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            epoch_loss_avg.update_state(loss_value)
            epoch_accuracy.update_state(y, model(x, training=True))
        results.append((epoch_loss_avg.result(), epoch_accuracy.result()))
    predictions = [tf.math.argmax(p).numpy() for p in model(features[:4])]
    return features, first_labels, results, predictions, tf.argmax(model(features), axis=1)


def polynomial_regression(tf):
    """A quadratic fitted in three parameters, with batches, shuffling aside."""
    x = tf.linspace(-2, 2, 201)
    x = tf.cast(x, tf.float32)

    def f(x):
        return x**2 + 2 * x - 5

    y = f(x)

    class Model(tf.Module):
        def __init__(self):
            self.w_q, self.w_l, self.b = (tf.Variable([[v]]) for v in (0.3, -0.2, 0.1))

        @tf.function
        def __call__(self, x):
            return self.w_q * (x**2) + self.w_l * x + self.b

    model = Model()
    dataset = tf.data.Dataset.from_tensor_slices((x[:, tf.newaxis], y[:, tf.newaxis])).batch(50)
    losses = []
    for _ in range(6):
        for x_batch, y_batch in dataset:
            with tf.GradientTape() as tape:
                batch_loss = tf.reduce_mean(tf.math.squared_difference(model(x_batch), y_batch))
            grads = tape.gradient(batch_loss, model.variables)
            for g, v in zip(grads, model.variables):
                v.assign_sub(0.1 * g)
        losses.append(tf.reduce_mean((model(x[:, None]) - y[:, None]) ** 2))
    return losses, [v.numpy() for v in model.variables]


def recurrent(tf):
    """A recurrence in a Python loop, in while_loop, and with a TensorArray."""
    found = []
    w = tf.Variable([[0.5, -0.2], [0.1, 0.3]])
    xs = tf.constant(np.random.default_rng(13).normal(size=(5, 2)), tf.float32)
    with tf.GradientTape() as tape:
        state = tf.zeros((1, 2))
        for x in xs:
            state = tf.tanh(state @ w + x)
        loss = tf.reduce_sum(state**2)
    found.append(tape.gradient(loss, w))
    with tf.GradientTape() as tape:
        _, state = tf.while_loop(
            lambda i, s: i < 5, lambda i, s: (i + 1, tf.tanh(s @ w + xs[i])), (tf.constant(0), tf.zeros((1, 2)))
        )
        loss = tf.reduce_sum(state**2)
    found.append(tape.gradient(loss, w))
    with tf.GradientTape() as tape:
        array, state = tf.TensorArray(tf.float32, size=5), tf.zeros((1, 2))
        for i in tf.range(5):
            state = tf.tanh(state @ w + xs[i])
            array = array.write(i, state)
        loss = tf.reduce_sum(array.stack() ** 2)
    found.append(tape.gradient(loss, w))
    with tf.GradientTape() as tape:
        states = tf.scan(lambda s, x: tf.tanh(tf.linalg.matvec(w, s) + x), xs, initializer=tf.zeros(2))
        loss = tf.reduce_sum(states**2)
    found.append(tape.gradient(loss, w))
    return found


def per_example(tf):
    """Gradients of samples, clipped and averaged, and gradients that are weighted."""
    w = tf.Variable([1.0, -2.0, 0.5])
    x = tf.constant(np.random.default_rng(14).normal(size=(6, 3)), tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        losses = tf.square(tf.linalg.matvec(x, w) - 1.0)
    j = tape.jacobian(losses, w)
    clipped = tf.clip_by_norm(j, 1.0, axes=[1])
    weighted = tape.gradient(losses, w, output_gradients=tf.range(6.0))
    grads, norm = tf.clip_by_global_norm([tape.gradient(losses, w)], 5.0)
    return [j, tf.reduce_mean(clipped, 0), weighted, grads, norm]


def gan_step(tf):
    """Two tapes over the same forward pass, two optimisers."""
    rng = np.random.default_rng(15)
    g, d = tf.Variable(rng.normal(size=(2, 3)), dtype=tf.float32), tf.Variable(rng.normal(size=(3, 1)), dtype=tf.float32)
    real = tf.constant(rng.normal(size=(4, 3)), tf.float32)
    noise = tf.constant(rng.normal(size=(4, 2)), tf.float32)
    cross_entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    g_opt, d_opt = tf.keras.optimizers.Adam(1e-2), tf.keras.optimizers.Adam(1e-2)
    history = []
    for _ in range(3):
        with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
            generated = tf.tanh(noise @ g)
            real_output, fake_output = real @ d, generated @ d
            gen_loss = cross_entropy(tf.ones_like(fake_output), fake_output)
            disc_loss = cross_entropy(tf.ones_like(real_output), real_output) + cross_entropy(
                tf.zeros_like(fake_output), fake_output
            )
        g_opt.apply_gradients(zip(gen_tape.gradient(gen_loss, [g]), [g]))
        d_opt.apply_gradients(zip(disc_tape.gradient(disc_loss, [d]), [d]))
        history.append((gen_loss, disc_loss))
    return history, g.numpy(), d.numpy()


def functional_model(tf):
    """A model written down before there is data, with two branches and a skip."""
    k = tf.keras
    inputs = k.Input(shape=(4,), name="x")
    h = k.layers.Dense(3, activation="relu", kernel_initializer="ones")(inputs)
    skip = k.layers.Dense(3, kernel_initializer="ones", use_bias=False)(inputs)
    both = k.layers.Concatenate()([h, skip])
    outputs = k.layers.Dense(1, kernel_initializer="ones")(k.layers.Dropout(0.5)(both))
    model = k.Model(inputs=inputs, outputs=outputs)
    x = tf.constant(np.random.default_rng(16).normal(size=(5, 4)), tf.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x) ** 2)
    grads = tape.gradient(loss, model.trainable_variables)
    inner = k.Model(inputs, h)
    a, b = k.Input((2,)), k.Input((2,))
    summed = k.Model([a, b], k.layers.Add()([a, b]) * 2.0)
    return [
        str(inputs.shape), str(outputs.shape), len(model.weights), model(x), grads, inner(x),
        summed([tf.ones((1, 2)), tf.ones((1, 2))]), len(model.trainable_variables),
    ]


def fast_gradient_sign(tf):
    """An adversarial step: the sign of the gradient with respect to the input."""
    kernel = np.random.default_rng(17).normal(size=(6, 3)).astype("float32")
    model = tf.keras.Sequential([tf.keras.layers.Dense(3, kernel_initializer=lambda s, dtype=None: tf.constant(kernel))])
    image = tf.random.stateless_uniform((1, 6), seed=(1, 2)) * 0.0 + tf.constant(np.linspace(-1, 1, 6), tf.float32)[None]
    label = tf.reshape(tf.one_hot(1, 3), (1, 3))
    loss_object = tf.keras.losses.CategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = loss_object(label, model(image))
    signed_grad = tf.sign(tape.gradient(loss, image))
    adv = tf.clip_by_value(image + 0.1 * signed_grad, -1, 1)
    return loss, signed_grad, adv, tf.nn.softmax(model(adv))


def integrated_gradients(tf):
    """Gradients along a straight path, added up by the trapezoidal rule."""
    w = tf.constant(np.random.default_rng(18).normal(size=(4, 2)), tf.float32)
    image, baseline = tf.constant([0.5, -1.0, 2.0, 0.1]), tf.zeros(4)
    alphas = tf.linspace(start=0.0, stop=1.0, num=51)

    def interpolate(baseline, image, alphas):
        alphas_x = alphas[:, tf.newaxis]
        baseline_x, input_x = tf.expand_dims(baseline, axis=0), tf.expand_dims(image, axis=0)
        return baseline_x + alphas_x * (input_x - baseline_x)

    images = interpolate(baseline, image, alphas)
    with tf.GradientTape() as tape:
        tape.watch(images)
        probs = tf.nn.softmax(tf.tanh(images @ w), axis=-1)[:, 1]
    path = tape.gradient(probs, images)
    grads = (path[:-1] + path[1:]) / tf.constant(2.0)
    integrated = tf.math.reduce_mean(grads, axis=0) * (image - baseline)
    return path, integrated, tf.reduce_sum(integrated) - (probs[-1] - probs[0])


def autoencoder_loss(tf):
    """The loss of a variational autoencoder, with its pieces."""
    rng = np.random.default_rng(19)
    x = tf.constant(rng.uniform(size=(8, 6)), tf.float32)
    noise = tf.constant(rng.normal(size=(8, 2)), tf.float32)
    enc = tf.Variable(rng.normal(size=(6, 4)) * 0.3, dtype=tf.float32)
    dec = tf.Variable(rng.normal(size=(2, 6)) * 0.3, dtype=tf.float32)

    def log_normal_pdf(sample, mean, logvar, raxis=1):
        log2pi = tf.math.log(2.0 * np.pi)
        return tf.reduce_sum(-0.5 * ((sample - mean) ** 2.0 * tf.exp(-logvar) + logvar + log2pi), axis=raxis)

    optimizer, losses = tf.keras.optimizers.Adam(1e-2), []
    for _ in range(3):
        with tf.GradientTape() as tape:
            mean, logvar = tf.split(x @ enc, num_or_size_splits=2, axis=1)
            z = noise * tf.exp(logvar * 0.5) + mean
            x_logit = z @ dec
            cross_ent = tf.nn.sigmoid_cross_entropy_with_logits(logits=x_logit, labels=x)
            logpx_z = -tf.reduce_sum(cross_ent, axis=[1])
            logpz, logqz_x = log_normal_pdf(z, 0.0, 0.0), log_normal_pdf(z, mean, logvar)
            loss = -tf.reduce_mean(logpx_z + logpz - logqz_x)
        optimizer.apply_gradients(zip(tape.gradient(loss, [enc, dec]), [enc, dec]))
        losses.append(loss)
    return losses, enc.numpy(), dec.numpy()


def actor_critic(tf):
    """Returns, advantages and the loss of an actor and a critic."""
    rng = np.random.default_rng(20)
    states, actions = tf.constant(rng.normal(size=(6, 4)), tf.float32), tf.constant([0, 1, 1, 0, 1, 0])
    rewards = tf.constant(rng.uniform(size=6), tf.float32)
    actor, critic = tf.Variable(tf.ones((4, 2)) * 0.1), tf.Variable(tf.ones((4, 1)) * 0.2)
    huber_loss = tf.keras.losses.Huber(reduction="sum")
    eps = np.finfo(np.float32).eps.item()

    def get_expected_return(rewards, gamma=0.99, standardize=True):
        n = tf.shape(rewards)[0]
        returns = tf.TensorArray(dtype=tf.float32, size=n)
        rewards = tf.cast(rewards[::-1], dtype=tf.float32)
        discounted_sum = tf.constant(0.0)
        for i in tf.range(n):
            discounted_sum = rewards[i] + gamma * discounted_sum
            returns = returns.write(i, discounted_sum)
        returns = returns.stack()[::-1]
        if standardize:
            returns = (returns - tf.math.reduce_mean(returns)) / (tf.math.reduce_std(returns) + eps)
        return returns

    with tf.GradientTape() as tape:
        probs = tf.nn.softmax(states @ actor)
        chosen = tf.gather_nd(probs, tf.stack([tf.range(6), actions], axis=1))
        values = tf.squeeze(states @ critic)
        returns = get_expected_return(rewards)
        advantage = returns - values
        actor_loss = -tf.math.reduce_sum(tf.math.log(chosen) * advantage)
        loss = actor_loss + huber_loss(values, returns)
    return returns, loss, tape.gradient(loss, [actor, critic])


def physics_informed(tf):
    """Second derivatives of a network with respect to its input, inside a loss."""
    rng = np.random.default_rng(21)
    w1 = tf.Variable(rng.normal(size=(1, 8)), dtype=tf.float64)
    b1 = tf.Variable(rng.normal(size=8), dtype=tf.float64)
    w2 = tf.Variable(rng.normal(size=(8, 1)), dtype=tf.float64)
    x = tf.constant(np.linspace(0, 1, 5)[:, None])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.GradientTape() as first:
                first.watch(x)
                u = tf.tanh(x @ w1 + b1) @ w2
            du = first.gradient(u, x)
        ddu = second.gradient(du, x)
        loss = tf.reduce_mean((ddu + u) ** 2) + tf.reduce_mean((u[0] - 1.0) ** 2)
    return u, du, ddu, loss, outer.gradient(loss, [w1, b1, w2])


def matrix_factorisation(tf):
    """Embeddings that are looked up, of which most have no gradient."""
    rng = np.random.default_rng(22)
    users = tf.Variable(rng.normal(size=(5, 3)), dtype=tf.float32)
    items = tf.Variable(rng.normal(size=(4, 3)), dtype=tf.float32)
    u, i = tf.constant([0, 2, 2, 4]), tf.constant([1, 1, 3, 0])
    r = tf.constant([1.0, 0.0, 2.0, 3.0])
    losses = []
    for _ in range(3):
        with tf.GradientTape() as tape:
            predicted = tf.reduce_sum(tf.nn.embedding_lookup(users, u) * tf.gather(items, i), axis=1)
            loss = tf.reduce_mean((predicted - r) ** 2)
        du, di = (tf.convert_to_tensor(g) for g in tape.gradient(loss, [users, items]))
        users.assign_sub(0.1 * du)
        items.assign_sub(0.1 * di)
        losses.append(loss)
    return losses, users.numpy(), items.numpy()


def optimisation_over_a_function(tf):
    """Rosenbrock's valley by Newton steps from Hessians of nested tapes."""

    def rosenbrock(p):
        return (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2

    p, path = tf.Variable([-1.2, 1.0], dtype=tf.float64), []
    for _ in range(6):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                value = rosenbrock(p)
            g = inner.gradient(value, p)
        h = outer.jacobian(g, p)
        det = h[0, 0] * h[1, 1] - h[0, 1] * h[1, 0]
        inverse = tf.stack([tf.stack([h[1, 1], -h[0, 1]]), tf.stack([-h[1, 0], h[0, 0]])]) / det
        p.assign_sub(tf.linalg.matvec(inverse, g))
        path.append((value, p.numpy()))
    return path


def convolutions(tf):
    """Convolutions, pools and their gradients."""
    rng = np.random.default_rng(23)
    x = tf.constant(rng.normal(size=(2, 6, 6, 2)))
    w = tf.Variable(rng.normal(size=(3, 3, 2, 4)))
    found = []
    for strides, padding in ((1, "SAME"), (2, "VALID"), ([1, 2, 2, 1], "SAME")):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.nn.conv2d(x, w, strides, padding)
            z = tf.nn.max_pool2d(tf.nn.relu(y), 2, 1, "SAME") + tf.nn.avg_pool2d(y, 2, 1, "SAME")
            loss = tf.reduce_sum(z**2)
        found += [y, z, tape.gradient(loss, [x, w])]
    s, k = x[:, 0], w[0]
    t, q = tf.Variable(rng.normal(size=(3, 3, 3, 2))), tf.ones((1, 1, 8, 5), tf.float64)
    for strides, padding in ((1, "SAME"), (2, "VALID"), (2, "SAME")):
        size = {1: 6, 2: 12}[strides] if padding == "SAME" else 13
        with tf.GradientTape() as tape:
            tape.watch([x, s])
            parts = [
                tf.nn.conv1d(s, k, strides, padding),
                tf.nn.depthwise_conv2d(x, w, [1, strides, strides, 1], padding),
                tf.nn.separable_conv2d(x, w, q, [1, strides, strides, 1], padding),
                tf.nn.conv2d_transpose(x, t, [2, size, size, 3], strides, padding),
                tf.nn.max_pool1d(s, 2, strides, padding), tf.nn.avg_pool1d(s, 3, strides, padding),
            ]
            loss = tf.add_n([tf.reduce_sum(part**2) for part in parts])
        found += [parts, tape.gradient(loss, [x, w, s, t])]
    return found


def recurrent_layers(tf):
    """Layers along sequences, with given weights, and their gradients."""
    rng = np.random.default_rng(24)
    x = tf.constant(rng.normal(size=(2, 4, 3)), tf.float32)
    k, found = tf.keras.layers, []
    for layer in (
        k.SimpleRNN(5), k.LSTM(5), k.GRU(5), k.LSTM(5, return_sequences=True, return_state=True),
        k.GRU(5, return_sequences=True, go_backwards=True), k.GRU(5, reset_after=False),
    ):
        layer(x)
        found.append(layer.get_weights()[-1])
        layer.set_weights([rng.normal(size=w.shape).astype("float32") * 0.5 for w in layer.get_weights()])
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = layer(x)
            flat = tf.add_n([tf.reduce_sum(part**2) for part in (list(out) if isinstance(out, (list, tuple)) else [out])])
        found += [out, tape.gradient(flat, [x, *layer.trainable_variables])]
    return found


PROGRAMS = [
    tensors, variable_guide, slicing, modules, mlp_core, own_momentum, newton, iris_walkthrough, polynomial_regression,
    recurrent, per_example, gan_step, functional_model,
    fast_gradient_sign, integrated_gradients, autoencoder_loss, actor_critic, physics_informed, matrix_factorisation,
    optimisation_over_a_function, convolutions, recurrent_layers,
]
