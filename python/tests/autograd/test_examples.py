"""Programs in the style of HIPS Autograd's examples, run under it and under wengert.autograd: the same numbers come out."""

from __future__ import annotations

import importlib
import types

import numpy
import pytest

SCRIPTS = {}


def script(f):
    SCRIPTS[f.__name__] = f
    return f


def library(name):
    modules = types.SimpleNamespace(**vars(importlib.import_module(name)))
    for short, path in {
        "np": "numpy",
        "npr": "numpy.random",
        "norm": "scipy.stats.norm",
        "special": "scipy.special",
        "signal": "scipy.signal",
        "optimizers": "misc.optimizers",
        "misc": "misc",
        "extend": "extend",
        "builtins": "builtins",
    }.items():
        setattr(modules, short, importlib.import_module(f"{name}.{path}"))
    for operator in "grad value_and_grad elementwise_grad jacobian hessian hessian_vector_product make_vjp checkpoint".split():
        setattr(modules, operator, getattr(importlib.import_module(name), operator))
    return modules


@pytest.mark.filterwarnings("ignore:Output seems independent")
@pytest.mark.parametrize("name", [
    "tanh", "logistic_regression", "neural_net", "rnn", "lstm", "black_box_svi", "bayesian_neural_net", "ode_net", "gmm",
    "fluid_step", "rosenbrock_bfgs", "convnet", "hypergradient", "defining_a_gradient", "vae", "newton", "wing", "mixture_em",
    "checkpointed", "kernels", "gan_step", "control_flow", "trees_through_containers", "polynomial_fit",
])  # fmt: skip
def test_example(name):
    pytest.importorskip("autograd")
    pytest.importorskip("scipy")
    results = [numpy.array(SCRIPTS[name](library(package)), dtype=float) for package in ("wengert.autograd", "autograd")]
    assert results[0].shape == results[1].shape and results[0].size
    numpy.testing.assert_allclose(results[0], results[1], rtol=1e-8, atol=1e-10)


@script
def tanh(ag):
    np = ag.np

    def tanh(x):
        return (1.0 - np.exp(-2 * x)) / (1.0 + np.exp(-2 * x))

    x = np.linspace(-3, 3, 50)
    rows, f = [], tanh
    for _ in range(5):
        rows.append(f(x))
        f = ag.elementwise_grad(f)
    return rows


@script
def logistic_regression(ag):
    np = ag.np
    inputs = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
    targets = np.array([True, True, False, True])

    def sigmoid(x):
        return 0.5 * (np.tanh(x / 2.0) + 1)

    def training_loss(weights):
        preds = sigmoid(np.dot(inputs, weights))
        label_probabilities = preds * targets + (1 - preds) * (1 - targets)
        return -np.sum(np.log(label_probabilities))

    gradient = ag.grad(training_loss)
    weights = np.array([0.0, 0.0, 0.0])
    losses = [training_loss(weights)]
    for _ in range(100):
        weights -= gradient(weights) * 0.01
        losses.append(training_loss(weights))
    return losses


@script
def neural_net(ag):
    np, npr = ag.np, ag.npr
    rs = npr.RandomState(0)
    sizes = [6, 8, 3]
    params = [(0.5 * rs.randn(m, n), 0.5 * rs.randn(n)) for m, n in zip(sizes[:-1], sizes[1:])]
    inputs, targets = rs.randn(40, 6), np.eye(3)[rs.randint(0, 3, 40)]

    def predict(params, inputs):
        for W, b in params:
            outputs = np.dot(inputs, W) + b
            inputs = np.tanh(outputs)
        return outputs - ag.special.logsumexp(outputs, axis=1, keepdims=True)

    def l2_norm(params):
        flattened, _ = ag.misc.flatten(params)
        return np.dot(flattened, flattened)

    def objective(params, i):
        batch = slice(8 * (i % 5), 8 * (i % 5 + 1))
        log_lik = np.sum(predict(params, inputs[batch]) * targets[batch])
        return -(-0.1 * l2_norm(params) + log_lik)

    seen = []
    callback = lambda params, i, g: seen.append(objective(params, i))
    optimized = ag.optimizers.adam(ag.grad(objective), params, step_size=0.05, num_iters=30, callback=callback)
    accuracy = np.mean(np.argmax(predict(optimized, inputs), axis=1) == np.argmax(targets, axis=1))
    return [*seen, accuracy, *optimized[0][0].ravel(), *optimized[1][1]]


def concat_and_multiply(np, weights, *args):
    cat_state = np.hstack(args + (np.ones((args[0].shape[0], 1)),))
    return np.dot(cat_state, weights)


@script
def rnn(ag):
    np, rs = ag.np, ag.npr.RandomState(1)
    params = {"init hiddens": rs.randn(1, 5), "change": 0.3 * rs.randn(9, 5), "predict": 0.3 * rs.randn(6, 3)}
    inputs, targets = rs.randn(7, 4, 3), rs.randn(7, 4, 3)

    def predict(params):
        hiddens = np.repeat(params["init hiddens"], 4, axis=0)
        output = [concat_and_multiply(np, params["predict"], hiddens)]
        for input in inputs:
            hiddens = np.tanh(concat_and_multiply(np, params["change"], input, hiddens))
            output.append(concat_and_multiply(np, params["predict"], hiddens))
        return output

    def loss(params, t=0):
        logprobs = predict(params)
        total = 0.0
        for t in range(len(targets)):
            total += np.sum((logprobs[t] - targets[t]) ** 2)
        return total / 28

    g = ag.grad(loss)(params)
    end = ag.optimizers.rmsprop(lambda p, i: ag.grad(loss)(p, i), params, num_iters=5)
    end2 = ag.optimizers.sgd(lambda p, i: ag.grad(loss)(p, i), params, num_iters=5, step_size=0.01)
    flat = ag.misc.flatten
    return [loss(params), *flat(g)[0], *flat(end)[0], *flat(end2)[0]]


@script
def lstm(ag):
    np, rs = ag.np, ag.npr.RandomState(2)
    names = ["change", "forget", "ingate", "outgate"]
    params = {name: rs.randn(3 + 4 + 1, 4) * 0.4 for name in names}
    params["init cells"], params["init hiddens"] = rs.randn(1, 4), rs.randn(1, 4)
    inputs = rs.randn(6, 5, 3)

    def sigmoid(x):
        return 0.5 * (np.tanh(x / 2.0) + 1.0)

    def run(params):
        hiddens, cells = np.repeat(params["init hiddens"], 5, axis=0), np.repeat(params["init cells"], 5, axis=0)
        total = 0.0
        for input in inputs:
            change = np.tanh(concat_and_multiply(np, params["change"], input, hiddens))
            forget = sigmoid(concat_and_multiply(np, params["forget"], input, hiddens))
            ingate = sigmoid(concat_and_multiply(np, params["ingate"], input, hiddens))
            outgate = sigmoid(concat_and_multiply(np, params["outgate"], input, hiddens))
            cells = cells * forget + ingate * change
            hiddens = outgate * np.tanh(cells)
            total = total + np.sum(np.log(sigmoid(hiddens)))
        return total

    value, g = ag.value_and_grad(run)(params)
    return [value, *ag.misc.flatten(g)[0]]


@script
def black_box_svi(ag):
    np, npr, norm = ag.np, ag.npr, ag.norm
    rs = npr.RandomState(0)

    def log_density(x, t):
        mu, log_sigma = x[:, 0], x[:, 1]
        sigma_density = norm.logpdf(log_sigma, 0, 1.35)
        mu_density = norm.logpdf(mu, 0, np.exp(log_sigma))
        return sigma_density + mu_density

    def unpack(params):
        return params[:2], params[2:]

    def objective(params, t):
        mean, log_std = unpack(params)
        samples = rs.randn(20, 2) * np.exp(log_std) + mean
        entropy = 0.5 * 2 * (1.0 + np.log(2 * np.pi)) + np.sum(log_std)
        return -(entropy + np.mean(log_density(samples, t)))

    init = np.hstack([-1 * np.ones(2), -5 * np.ones(2)])
    return ag.optimizers.adam(ag.grad(objective), init, step_size=0.1, num_iters=40)


@script
def bayesian_neural_net(ag):
    np, rs = ag.np, ag.npr.RandomState(3)
    layer_sizes = [1, 6, 6, 1]
    shapes = list(zip(layer_sizes[:-1], layer_sizes[1:]))
    num_weights = sum((m + 1) * n for m, n in shapes)

    def unpack_layers(weights):
        num_weight_sets = len(weights)
        for m, n in shapes:
            yield weights[:, : m * n].reshape((num_weight_sets, m, n)), weights[:, m * n : m * n + n].reshape((num_weight_sets, 1, n))
            weights = weights[:, (m + 1) * n :]

    def predictions(weights, inputs):
        inputs = np.expand_dims(inputs, 0)
        for W, b in unpack_layers(weights):
            outputs = np.einsum("mnd,mdo->mno", inputs, W) + b
            inputs = np.exp(-(outputs**2))
        return outputs

    x = np.concatenate([np.linspace(0, 2, num=10), np.linspace(6, 8, num=10)])
    y = np.cos(x) + rs.randn(20) * 0.1
    inputs, targets = ((x - 4.0) / 4.0).reshape((20, 1)), y.reshape((20, 1))

    def logprob(weights):
        log_prior = -0.1 * np.sum(weights**2, axis=1)
        preds = predictions(weights, inputs)
        return log_prior - np.sum((preds - targets) ** 2, axis=1)[:, 0] / 0.01

    def objective(params, t):
        mean, log_std = params[:num_weights], params[num_weights:]
        samples = rs.randn(4, num_weights) * np.exp(log_std) + mean
        return -np.mean(logprob(samples)) - np.sum(log_std)

    init = np.concatenate([rs.randn(num_weights), -5 * np.ones(num_weights)])
    return ag.optimizers.adam(ag.grad(objective), init, step_size=0.01, num_iters=10)


@script
def ode_net(ag):
    np, rs = ag.np, ag.npr.RandomState(4)
    true_A = np.array([[-0.1, 2.0], [-2.0, -0.1]])

    def rk4(f, y, t, h, *args):
        k1 = f(y, t, *args)
        k2 = f(y + h / 2 * k1, t + h / 2, *args)
        k3 = f(y + h / 2 * k2, t + h / 2, *args)
        k4 = f(y + h * k3, t + h, *args)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    def solve(f, y, *args):
        ys = [y]
        for i in range(15):
            ys.append(rk4(f, ys[-1], 0.1 * i, 0.1, *args))
        return np.stack(ys)

    observed = solve(lambda y, t: np.dot(y**3, true_A), np.array([2.0, 0.0]))

    def net(y, t, params):
        for W, b in params:
            out = np.dot(y, W) + b
            y = np.maximum(0, out)
        return out

    params = [(rs.randn(2, 8) * 0.3, np.zeros(8)), (rs.randn(8, 2) * 0.3, np.zeros(2))]
    loss = lambda params, i: np.mean(np.abs(solve(net, np.array([2.0, 0.0]), params) - observed))
    value, g = ag.value_and_grad(loss)(params, 0)
    return [value, *ag.misc.flatten(g)[0]]


@script
def gmm(ag):
    np, rs, norm, logsumexp = ag.np, ag.npr.RandomState(5), ag.norm, ag.special.logsumexp
    data = np.concatenate([rs.randn(20, 2) + 3.0, rs.randn(20, 2) - 3.0])
    params = {"log proportions": rs.randn(3) * 0.1, "means": rs.randn(3, 2), "log stds": rs.randn(3, 2) * 0.1}

    def log_likelihood(params):
        log_proportions = params["log proportions"] - logsumexp(params["log proportions"])
        parts = []
        for p, m, s in zip(log_proportions, params["means"], params["log stds"]):
            parts.append(p + np.sum(norm.logpdf(data, m, np.exp(s)), axis=1))
        return np.sum(logsumexp(np.vstack(parts), axis=0))

    flattened, unflatten = ag.misc.flatten(params)
    objective = lambda flat: -log_likelihood(unflatten(flat))
    v = rs.randn(len(flattened))
    return [objective(flattened), *ag.grad(objective)(flattened), *ag.hessian_vector_product(objective)(flattened, v)]


@script
def fluid_step(ag):
    np, rs = ag.np, ag.npr.RandomState(6)
    rows, cols = 8, 8

    def project(vx, vy):
        p = np.zeros(vx.shape)
        div = -0.5 * (np.roll(vx, -1, axis=1) - np.roll(vx, 1, axis=1) + np.roll(vy, -1, axis=0) - np.roll(vy, 1, axis=0))
        for _ in range(4):
            p = (div + np.roll(p, 1, axis=1) + np.roll(p, -1, axis=1) + np.roll(p, 1, axis=0) + np.roll(p, -1, axis=0)) / 4.0
        return vx - 0.5 * (np.roll(p, -1, axis=1) - np.roll(p, 1, axis=1)), vy - 0.5 * (np.roll(p, -1, axis=0) - np.roll(p, 1, axis=0))

    def advect(f, vx, vy):
        cell_ys, cell_xs = np.meshgrid(np.arange(rows), np.arange(cols))
        center_xs, center_ys = (cell_xs - vx).ravel(), (cell_ys - vy).ravel()
        left_ix = np.floor(center_xs).astype(int)
        top_ix = np.floor(center_ys).astype(int)
        rw, bw = center_xs - left_ix, center_ys - top_ix
        left_ix, right_ix = np.mod(left_ix, rows), np.mod(left_ix + 1, rows)
        top_ix, bot_ix = np.mod(top_ix, cols), np.mod(top_ix + 1, cols)
        flat_f = (1 - rw) * ((1 - bw) * f[left_ix, top_ix] + bw * f[left_ix, bot_ix]) + rw * (
            (1 - bw) * f[right_ix, top_ix] + bw * f[right_ix, bot_ix]
        )
        return np.reshape(flat_f, (rows, cols))

    smoke = rs.rand(rows, cols)

    def distance(params):
        vx, vy = np.reshape(params[: rows * cols], (rows, cols)), np.reshape(params[rows * cols :], (rows, cols))
        current = smoke
        for _ in range(3):
            vx, vy = project(advect(vx, vx, vy), advect(vy, vx, vy))
            current = advect(current, vx, vy)
        return np.mean((current - 0.5) ** 2)

    start = 0.4 * rs.randn(2 * rows * cols)
    value, g = ag.value_and_grad(distance)(start)
    return [value, *g]


@script
def rosenbrock_bfgs(ag):
    from scipy.optimize import minimize

    np = ag.np

    def rosenbrock(x):
        return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

    found = minimize(ag.value_and_grad(rosenbrock), x0=np.array([0.0, 0.0]), jac=True, method="BFGS", options={"gtol": 1e-10})
    newton = minimize(rosenbrock, x0=np.array([0.0, 0.0]), jac=ag.grad(rosenbrock), hess=ag.hessian(rosenbrock), method="Newton-CG")
    return [*numpy.round(found.x, 6), *numpy.round(newton.x, 3), rosenbrock(np.array([0.5, 2.0]))]


@script
def convnet(ag):
    np, rs = ag.np, ag.npr.RandomState(7)
    convolve = ag.signal.convolve
    W1, b1, W2 = rs.randn(1, 2, 3, 3), rs.randn(1, 2, 1, 1), rs.randn(2 * 3 * 3, 4)
    images = rs.randn(3, 1, 8, 8)

    def loss(params):
        W1, b1, W2 = params
        conv = convolve(images, W1, axes=([2, 3], [2, 3]), dot_axes=([1], [0]), mode="valid") + b1
        pooled = np.max(np.max(conv.reshape((3, 2, 3, 2, 3, 2)), axis=3), axis=4)
        out = np.dot(np.tanh(pooled.reshape((3, -1))), W2)
        return -np.sum(out[:, 0] - ag.special.logsumexp(out, axis=1))

    value, g = ag.value_and_grad(loss)((W1, b1, W2))
    signals = [convolve(rs.randn(6), rs.randn(3), mode=mode) for mode in ("full", "valid")]
    return [value, *ag.misc.flatten(g)[0], *np.concatenate(signals)]


@script
def hypergradient(ag):
    np, rs = ag.np, ag.npr.RandomState(8)
    X, y = rs.randn(15, 3), rs.randn(15)

    def train(log_step, init):
        inner = lambda w, i: np.mean((np.dot(X, w) - y) ** 2)
        return ag.optimizers.sgd(ag.grad(inner), init, num_iters=8, step_size=np.exp(log_step))

    def hyperloss(log_step, init):
        return np.sum((np.dot(X, train(log_step, init)) - y) ** 2)

    value, (dstep, dinit) = ag.value_and_grad(hyperloss, (0, 1))(-1.0, rs.randn(3))
    return [value, dstep, *dinit]


@script
def defining_a_gradient(ag):
    np = ag.np

    @ag.extend.primitive
    def logsumexp(x):
        max_x = numpy.max(x)
        return max_x + numpy.log(numpy.sum(numpy.exp(x - max_x)))

    def logsumexp_vjp(ans, x):
        x_shape = x.shape
        return lambda g: np.full(x_shape, g) * np.exp(x - np.full(x_shape, ans))

    ag.extend.defvjp(logsumexp, logsumexp_vjp)

    def f(y):
        z = y**2
        lse = logsumexp(z)
        return np.sum(lse)

    y = np.array([1.5, 6.7, 1e-10])
    return [f(y), *ag.grad(f)(y), *ag.hessian(f)(y).ravel()]


@script
def vae(ag):
    np, rs, norm = ag.np, ag.npr.RandomState(9), ag.norm
    enc = [(0.3 * rs.randn(5, 6), np.zeros(6)), (0.3 * rs.randn(6, 4), np.zeros(4))]
    dec = [(0.3 * rs.randn(2, 6), np.zeros(6)), (0.3 * rs.randn(6, 10), np.zeros(10))]
    data, noise = rs.randn(7, 5), rs.randn(7, 2)

    def batch_normalize(activations):
        mbmean = np.mean(activations, axis=0, keepdims=True)
        return (activations - mbmean) / (np.std(activations, axis=0, keepdims=True) + 1)

    def net(params, inputs):
        inpW, inpb = params[0]
        inputs = np.maximum(0.0, np.dot(inputs, inpW) + inpb)
        for W, b in params[1:-1]:
            inputs = np.maximum(0.0, batch_normalize(np.dot(inputs, W) + b))
        outW, outb = params[-1]
        return np.dot(batch_normalize(inputs), outW) + outb

    def bound(params):
        gen, rec = params
        q = net(rec, data)
        means, log_stds = q[:, :2], q[:, 2:]
        latents = noise * np.exp(log_stds) + means
        p = net(gen, latents)
        likelihood = np.sum(norm.logpdf(data, p[:, :5], np.exp(p[:, 5:])), axis=-1)
        prior = np.sum(norm.logpdf(latents, 0, 1), axis=-1)
        entropy = np.sum(log_stds, axis=-1)
        return np.mean(likelihood + prior + entropy)

    value, g = ag.value_and_grad(bound)((dec, enc))
    return [value, *ag.misc.flatten(g)[0]]


@script
def newton(ag):
    np = ag.np
    f = lambda x: np.sum(np.exp(x) - 2.0 * x) + 0.5 * np.dot(x, x) + np.sum(np.cosh(x[1:] - x[:-1]))
    x = np.array([1.0, -2.0, 0.5])
    steps = [f(x)]
    for _ in range(6):
        x = x - np.linalg.solve(ag.hessian(f)(x), ag.grad(f)(x))
        steps.append(f(x))
    return [*steps, *x]


@script
def wing(ag):
    np, rs = ag.np, ag.npr.RandomState(10)

    def occlude(f, occlusion):
        return f * (1 - occlusion)

    def sigmoid(x):
        return 0.5 * (np.tanh(x / 2) + 1.0)

    def drag(vx):
        return np.mean((2 - vx) ** 2)

    def lift(vy):
        return -np.mean(vy[0:-1, :] * vy[1:, :])

    vx, vy = rs.rand(6, 6) + 1.0, rs.randn(6, 6)

    def objective(params):
        occlusion = sigmoid(np.reshape(params, (6, 6)))
        a, b = occlude(vx, occlusion), occlude(vy, occlusion)
        for _ in range(3):
            a, b = 0.5 * (a + np.roll(b, 1, axis=0)), 0.5 * (b - np.roll(a, 1, axis=1))
        return lift(b) / drag(a)

    value, g = ag.value_and_grad(objective)(rs.randn(36))
    return [value, *g]


@script
def mixture_em(ag):
    np, rs, logsumexp = ag.np, ag.npr.RandomState(11), ag.special.logsumexp
    data = rs.binomial(1, 0.4, size=(12, 4))

    def em_step(natural):
        log_pi, logits = natural
        log_p = -np.log1p(np.exp(-logits))
        joint = log_pi - logsumexp(log_pi) + np.dot(data, log_p.T) + np.dot(1 - data, (log_p - logits).T)
        resp = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
        counts = np.sum(resp, axis=0)
        means = np.clip(np.dot(resp.T, data) / counts[:, None], 0.05, 0.95)
        return np.log(counts), np.log(means) - np.log(1 - means)

    def after(logits):
        state = (np.zeros(2), logits)
        for _ in range(4):
            state = em_step(state)
        return np.sum(state[1] ** 2) + np.sum(state[0])

    value, g = ag.value_and_grad(after)(rs.randn(2, 4))
    return [value, *g.ravel()]


@script
def checkpointed(ag):
    np = ag.np
    step = ag.checkpoint(lambda x, a: np.tanh(np.dot(a, x)) + x)
    A = numpy.cos(numpy.arange(9.0)).reshape(3, 3)

    def f(x, a):
        for _ in range(5):
            x = step(x, a)
        return np.sum(x**2)

    x = np.array([0.1, 0.2, 0.3])
    return [*ag.grad(f)(x, A), *ag.grad(f, 1)(x, A).ravel()]


@script
def kernels(ag):
    np, rs = ag.np, ag.npr.RandomState(12)
    x, y = rs.randn(6, 2), rs.randn(6)

    def rbf(params, a, b):
        diffs = np.expand_dims(a / np.exp(params[1:]), 1) - np.expand_dims(b / np.exp(params[1:]), 0)
        return np.exp(params[0]) * np.exp(-0.5 * np.sum(diffs**2, axis=2))

    def energy(params):
        K = rbf(params, x, x) + 0.1 * np.eye(6)
        return np.dot(y, np.dot(K, y)) - np.log(np.trace(K)) + np.sum(np.diag(K)) + np.linalg.norm(K)

    p = rs.randn(3)
    return [energy(p), *ag.grad(energy)(p), *ag.hessian(energy)(p).ravel(), *ag.jacobian(lambda p: rbf(p, x, x[:2]))(p).ravel()]


@script
def gan_step(ag):
    np, rs = ag.np, ag.npr.RandomState(13)
    gen = [(rs.randn(2, 4), rs.randn(4)), (rs.randn(4, 3), rs.randn(3))]
    dsc = [(rs.randn(3, 4), rs.randn(4)), (rs.randn(4, 1), rs.randn(1))]
    noise, data = rs.rand(5, 2), rs.rand(5, 3)
    relu = lambda x: np.maximum(0, x)
    logsigmoid = lambda x: x - np.logaddexp(0, x)

    def net(params, inputs):
        for W, b in params[:-1]:
            inputs = relu(np.dot(inputs, W) + b)
        W, b = params[-1]
        return np.dot(inputs, W) + b

    def objective(dsc, gen):
        real, fake = logsigmoid(net(dsc, data)), logsigmoid(net(dsc, np.tanh(net(gen, noise))))
        return np.mean(real) - np.mean(fake)

    g, d = ag.grad(objective, 1)(dsc, gen), ag.grad(objective, 0)(dsc, gen)
    return [*ag.misc.flatten(g)[0], *ag.misc.flatten(d)[0]]


@script
def control_flow(ag):
    np = ag.np

    def f(x, n):
        y = 1.0
        for i in range(int(n)):
            y = y * x + i if x > 0.5 else y - np.abs(x)
        while y > 3.0:
            y = y / 2.0
        assert not np.isnan(y) and np.all(np.isfinite(y))
        return y

    df = ag.grad(f)
    points = [0.1, 0.6, 1.3, 2.5]
    return [[float(f(x, 5)), float(df(x, 5)), float(ag.grad(df)(x, 5))] for x in points]


@script
def trees_through_containers(ag):
    np, isinstance, tuple, list, dict = ag.np, ag.builtins.isinstance, ag.builtins.tuple, ag.builtins.list, ag.builtins.dict

    def total(tree):
        if isinstance(tree, (list, tuple)):
            result = 0.0
            for part in tree:
                result = result + total(part)
            return result
        if isinstance(tree, dict):
            return sum(total(tree[key]) for key in sorted(tree))
        assert isinstance(tree, (np.ndarray, float))
        return np.sum(np.sin(tree) * tree)

    tree = ([numpy.arange(3.0), 2.0], {"a": numpy.ones((2, 2)), "b": (0.5, [1.5])})
    g = ag.grad(total)(tree)
    mid = ag.grad(lambda x: total(tuple((x, list([x * 2, dict(a=x)])))))(0.7)
    return [*ag.misc.flatten(g)[0], mid]


@script
def polynomial_fit(ag):
    np, rs = ag.np, ag.npr.RandomState(14)
    t = np.linspace(-1.0, 1.0, 25)
    y = 3 * t**3 - t + 0.1 * rs.randn(25)

    def loss(c, i=0):
        fit = sum(c[k] * t**k for k in range(4))
        return np.mean((fit - y) ** 2) + 1e-3 * np.sum(np.abs(c))

    c = ag.optimizers.adam(ag.grad(loss), np.zeros(4) + 0.1, step_size=0.05, num_iters=60)
    return [loss(c), *c]
