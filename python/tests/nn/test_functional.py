"""`nn.functional` and the losses against PyTorch's: values and gradients, for every reduction and option."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from twins import BOTH, close, ours, seeded, summed, tensors, theirs

X, Y, Z = seeded(4, 3), seeded(4, 3, seed=1), seeded(4, 3, seed=2)
POSITIVE = np.abs(X) + 0.1
SHARES = (np.abs(Y) / np.abs(Y).sum(1, keepdims=True)).astype(np.float32)
UNIT = (1 / (1 + np.exp(-X))).astype(np.float32)
TRUTH = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 1], [0, 1, 0]], np.float32)
SIGNS = (2 * TRUTH - 1).astype(np.float32)
CLASSES = np.array([0, 2, 1, 1])
IGNORED = np.array([0, -100, 1, 1])
WEIGHT = np.array([0.5, 2.0, 1.5], np.float32)
IMAGES, MAPS = seeded(2, 3, 4), np.array([[0, 1, 2, 0], [2, 2, 1, 0]])

# An expression in F and the tensors a, b, c, …; the tensors.
CASES: list[tuple[str, list[np.ndarray]]] = [
    *[
        (expression.replace("R", repr(reduction)), arrays)
        for reduction in ("mean", "sum", "none")
        for expression, arrays in [
            ("F.cross_entropy(a, b, reduction=R)", [X, CLASSES]),
            ("F.cross_entropy(a, b, reduction=R, label_smoothing=0.1)", [X, CLASSES]),
            ("F.cross_entropy(a, b, reduction=R)", [X, SHARES]),
            ("F.cross_entropy(a, b, reduction=R, label_smoothing=0.2)", [X, SHARES]),
            ("F.cross_entropy(a, b, reduction=R)", [X, IGNORED]),
            ("F.cross_entropy(a, b, reduction=R, ignore_index=1)", [X, CLASSES]),
            ("F.cross_entropy(a, b, c.detach(), reduction=R)", [X, CLASSES, WEIGHT]),
            ("F.cross_entropy(a, b, c.detach(), reduction=R)", [X, IGNORED, WEIGHT]),
            ("F.cross_entropy(a, b, c.detach(), reduction=R, label_smoothing=0.1)", [X, IGNORED, WEIGHT]),
            ("F.cross_entropy(a, b, c.detach(), reduction=R)", [X, SHARES, WEIGHT]),
            ("F.cross_entropy(a, b, reduction=R)", [IMAGES, MAPS]),
            ("F.cross_entropy(a, b, c.detach(), reduction=R)", [IMAGES, MAPS, WEIGHT]),
            ("F.nll_loss(F.log_softmax(a, 1), b, reduction=R)", [X, CLASSES]),
            ("F.nll_loss(a, b, reduction=R)", [X, IGNORED]),
            ("F.nll_loss(a, b, c.detach(), reduction=R)", [X, CLASSES, WEIGHT]),
            ("F.nll_loss(a, b, reduction=R)", [IMAGES, MAPS]),
            ("F.mse_loss(a, b, reduction=R)", [X, Y]),
            ("F.mse_loss(a, b, reduction=R, weight=c.detach())", [X, Y, POSITIVE]),
            ("F.l1_loss(a, b, reduction=R)", [X, Y]),
            ("F.l1_loss(a, b, reduction=R, weight=c.detach())", [X, Y, POSITIVE]),
            ("F.smooth_l1_loss(a, b, reduction=R)", [X, Y]),
            ("F.smooth_l1_loss(a, b, reduction=R, beta=0.3)", [X, Y]),
            ("F.smooth_l1_loss(a, b, reduction=R, beta=0)", [X, Y]),
            ("F.huber_loss(a, b, reduction=R)", [X, Y]),
            ("F.huber_loss(a, b, reduction=R, delta=0.4)", [X, Y]),
            ("F.binary_cross_entropy(a, b, reduction=R)", [UNIT, TRUTH]),
            ("F.binary_cross_entropy(a, b.detach(), c.detach(), reduction=R)", [UNIT, TRUTH, WEIGHT]),
            ("F.binary_cross_entropy_with_logits(a, b, reduction=R)", [X, TRUTH]),
            ("F.binary_cross_entropy_with_logits(a, b.detach(), pos_weight=c.detach(), reduction=R)", [X, TRUTH, WEIGHT]),
            ("F.binary_cross_entropy_with_logits(a, b.detach(), c.detach(), reduction=R)", [X, TRUTH, WEIGHT]),
            ("F.kl_div(F.log_softmax(a, 1), b, reduction=R)", [X, SHARES]),
            ("F.kl_div(F.log_softmax(a, 1), b.log(), reduction=R, log_target=True)", [X, SHARES]),
            ("F.poisson_nll_loss(a, b, reduction=R)", [X, POSITIVE]),
            ("F.poisson_nll_loss(a, b.detach(), log_input=False, full=True, reduction=R)", [POSITIVE, POSITIVE * 2]),
            ("F.gaussian_nll_loss(a, b, c, reduction=R)", [X, Y, POSITIVE]),
            ("F.gaussian_nll_loss(a, b, c, full=True, reduction=R)", [X, Y, POSITIVE[:, :1]]),
            ("F.gaussian_nll_loss(a, b, 0.5, reduction=R)", [X, Y]),
            ("F.margin_ranking_loss(a, b, c, 0.3, reduction=R)", [X, Y, SIGNS]),
            ("F.hinge_embedding_loss(a, b.detach(), 0.7, reduction=R)", [X, SIGNS]),
            ("F.soft_margin_loss(a, b.detach(), reduction=R)", [X, SIGNS]),
            ("F.cosine_embedding_loss(a, b, c[:, 0].detach(), 0.1, reduction=R)", [X, Y, SIGNS]),
            ("F.triplet_margin_loss(a, b, c, reduction=R)", [X, Y, Z]),
            ("F.triplet_margin_loss(a, b, c, margin=0.5, p=1, swap=True, reduction=R)", [X, Y, Z]),
            ("F.triplet_margin_with_distance_loss(a, b, c, swap=True, reduction=R)", [X, Y, Z]),
            ("F.triplet_margin_with_distance_loss(a, b, c, reduction=R, margin=2., "
             "distance_function=lambda x, y: (x - y).abs().sum(-1))", [X, Y, Z]),
            ("F.multi_margin_loss(a, b, reduction=R)", [X, CLASSES]),
            ("F.multi_margin_loss(a, b, 2, 0.8, c.detach(), reduction=R)", [X, CLASSES, WEIGHT]),
            ("F.multilabel_soft_margin_loss(a, b, reduction=R)", [X, TRUTH]),
            ("F.multilabel_soft_margin_loss(a, b, c.detach(), reduction=R)", [X, TRUTH, WEIGHT]),
            ("F.multilabel_margin_loss(a, b, reduction=R)", [X, np.array([[0, 2, -1], [1, -1, 0], [-1, 0, 0], [2, 1, 0]])]),
        ]
    ],
    ("F.cross_entropy(a[0], b[0])", [X, CLASSES]),
    ("F.cross_entropy(a, b, size_average=False)", [X, CLASSES]),
    ("F.cross_entropy(a.double(), b)", [X, CLASSES]),
    ("F.kl_div(F.log_softmax(a, 1), b, reduction='batchmean')", [X, SHARES]),
    ("F.multi_margin_loss(a[0], b[0])", [X, CLASSES]),
    ("F.multilabel_margin_loss(a[0], torch.tensor([1, -1, 0]))", [X]),
    ("F.linear(a, b, c[0, :1])", [X, Y, Z]),
    ("F.linear(a[0], b)", [X, Y]),
    ("F.bilinear(a, b, c.reshape(1, 3, 4)[:, :, :3])", [X, Y, Z]),
    ("F.embedding(b, a)", [X, CLASSES]),
    ("F.embedding(b, a, padding_idx=-2)", [X, CLASSES]),
    ("F.embedding(b, a, scale_grad_by_freq=True)", [X, CLASSES]),
    ("F.embedding(b, a.detach() * 1, max_norm=1.0)", [X, CLASSES]),
    ("F.embedding_bag(b, a, torch.tensor([0, 1]), mode='sum', per_sample_weights=c[:, 0])", [X, CLASSES, Y]),
    ("F.one_hot(a)", [CLASSES]),
    ("F.one_hot(a, 5)", [CLASSES]),
    ("F.dropout(a, 0.5, False)", [X]),
    ("F.dropout(a, 0.0)", [X]),
    ("F.normalize(a)", [X]),
    ("F.normalize(a, p=1, dim=0)", [X]),
    ("F.cosine_similarity(a, b)", [X, Y]),
    ("F.cosine_similarity(a, b, dim=0)", [X, Y]),
    ("F.pairwise_distance(a, b, p=3)", [X, Y]),
    ("F.pdist(a)", [X]),
    ("F.pad(a, (1, 2))", [X]),
    ("F.pad(a, (1, 2, 0, 1), value=2.5)", [X]),
    ("F.pad(a, (-1, 2))", [X]),
    ("F.pad(a, (1, 1), mode='reflect')", [X]),
    ("F.pad(a, (2, 0), mode='replicate')", [X]),
    ("F.pad(a, (1, 2), mode='circular')", [X]),
    ("F.layer_norm(a, (3,), b[0], c[0])", [X, Y, Z]),
    ("F.layer_norm(a, [4, 3])", [X]),
    ("F.rms_norm(a, (3,), b[0], 1e-3)", [X, Y]),
    ("F.batch_norm(a, None, None, b[0], c[0], training=True)", [X, Y, Z]),
    ("F.batch_norm(a, b[0].detach(), c[0].detach().abs())", [X, Y, Z]),
    ("F.instance_norm(a)", [IMAGES]),
    ("F.group_norm(a, 3)", [IMAGES]),
    ("F.scaled_dot_product_attention(a, b, c)", [X, Y, Z]),
    ("F.scaled_dot_product_attention(a, b, c, is_causal=True, scale=0.3)", [IMAGES, IMAGES * 2, IMAGES + 1]),
    ("F.scaled_dot_product_attention(a, b, c, attn_mask=torch.tensor([[True, False, True, True]] * 4))", [X, Y, Z]),
    ("F.softmax(a, dim=1, dtype=torch.float64)", [X]),
    ("F.softmax(a)", [X]),
    ("F.log_softmax(a)", [IMAGES]),
    ("F.softmin(a, 0)", [X]),
    ("F.gumbel_softmax(a, hard=True).sum(1)", [X]),
    ("F.gelu(a, approximate='tanh')", [X]),
    ("F.glu(a, 0)", [X]),
    ("F.prelu(a, b[0, :1])", [X, Y]),
    ("F.rrelu(a)", [X]),
    ("F.softplus(a, 3, 1)", [X]),
    ("F.relu_(a * 1)", [X]),
    ("F.leaky_relu_(a * 1, 0.3)", [X]),
    ("F.elu_(a * 1)", [X]),
    ("F.selu_(a * 1)", [X]),
    ("F.celu_(a * 1, 0.7)", [X]),
    ("F.hardtanh_(a * 1, -0.3, 0.4)", [X]),
    ("F.threshold_(a * 1, 0.1, 3.0)", [X]),
    ("F.rrelu_(a * 1)", [X]),
    ("F.interpolate(a, scale_factor=2)", [IMAGES]),
    ("F.interpolate(a, size=3)", [IMAGES]),
    ("F.interpolate(a, scale_factor=1.7, mode='linear')", [IMAGES]),
    ("F.interpolate(a, size=7, mode='nearest-exact')", [IMAGES]),
    ("F.interpolate(a[None], size=(5, 2), mode='bilinear')", [IMAGES]),
    ("F.interpolate(a[None], scale_factor=(2, 1.5), mode='bilinear', align_corners=True)", [IMAGES]),
    ("F.interpolate(a[None], scale_factor=1.5, mode='bilinear', recompute_scale_factor=True)", [IMAGES]),
    ("F.interpolate(a[None, None], size=(3, 4, 5), mode='trilinear')", [IMAGES]),
    ("F.upsample(a, scale_factor=2)", [IMAGES]),
    ("F.upsample_bilinear(a[None], scale_factor=2)", [IMAGES]),
    ("F.channel_shuffle(a, 3)", [IMAGES]),
    ("F.local_response_norm(a, 2)", [IMAGES]),
    *[
        (f"F.{name}(a)", [X])
        for name in """relu relu6 leaky_relu elu selu celu gelu silu mish softplus logsigmoid sigmoid tanh tanhshrink
        softsign hardsigmoid hardswish hardshrink softshrink hardtanh""".split()
    ],
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression, arrays", CASES, ids=[f"{i}-{text}" for i, (text, _) in enumerate(CASES)])
def test_an_expression_gives_what_it_gives_in_pytorch(expression, arrays):
    results, grads = [], []
    for lib in BOTH:
        xs = tensors(lib, arrays)
        result = eval(expression, {"F": lib.nn.functional, "torch": lib}, dict(zip("abcde", xs)))
        results.append(result)
        if result.requires_grad:
            summed(lib, result).backward()
        grads.append([x.grad for x in xs])
    close(*results, "values")
    close(*grads, "gradients", rtol=1e-3, atol=1e-4)


LOSSES = [
    "nn.L1Loss()", "nn.NLLLoss()", "nn.NLLLoss(ignore_index=1)", "nn.PoissonNLLLoss(full=True)", "nn.KLDivLoss(reduction='batchmean')",
    "nn.MSELoss(reduction='sum')", "nn.MSELoss(size_average=False)", "nn.BCEWithLogitsLoss()", "nn.BCELoss()", "nn.HingeEmbeddingLoss(2.0)",
    "nn.MultiLabelMarginLoss()", "nn.SmoothL1Loss(beta=0.5)", "nn.HuberLoss(delta=0.5)", "nn.SoftMarginLoss()",
    "nn.CrossEntropyLoss(label_smoothing=0.1)", "nn.MultiLabelSoftMarginLoss()", "nn.MultiMarginLoss(p=2)",
    "nn.CrossEntropyLoss(torch.tensor([0.5, 2.0, 1.5]))", "nn.CosineEmbeddingLoss()", "nn.MarginRankingLoss(0.1)",
    "nn.TripletMarginLoss()", "nn.TripletMarginWithDistanceLoss()", "nn.GaussianNLLLoss()",
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", LOSSES)
def test_losses_as_modules(text):
    classes = any(name in text for name in ("NLLLoss()", "NLLLoss(ig", "CrossEntropy", "MultiMargin"))
    target = CLASSES if classes else TRUTH
    if "MultiLabelMargin" in text:
        target = np.array([[0, 2, -1], [1, -1, 0], [-1, 0, 0], [2, 1, 0]])
    if "Hinge" in text or "SoftMarginLoss()" in text and "Label" not in text:
        target = SIGNS
    if "KLDiv" in text:
        target = SHARES
    arrays = [UNIT if "BCELoss" in text else X, target]
    if "Cosine" in text or "Ranking" in text:
        arrays = [X, Y, SIGNS[:, 0] if "Cosine" in text else SIGNS]
    elif "Triplet" in text:
        arrays = [X, Y, Z]
    elif "Gaussian" in text or "Poisson" in text:
        arrays = [X, np.abs(Y) * 3] + ([POSITIVE] if "Gaussian" in text else [])
    results, grads = [], []
    for lib in BOTH:
        loss = eval(text, {"nn": lib.nn, "torch": lib})
        xs = tensors(lib, arrays[:1]) + tensors(lib, arrays[1:], grad=False)
        results.append(loss(*xs))
        results[-1].backward()
        grads.append(xs[0].grad)
        texts = repr(loss), list(loss.state_dict())
        assert texts == (repr(eval(text, {"nn": theirs.nn, "torch": theirs})), texts[1])
    close(*results)
    close(*grads, rtol=1e-3, atol=1e-4)


# Names whose signature has no meaning here.
SKIPPED = {"handle_torch_function", "assert_int_or_pair", "boolean_dispatch"}


def _parameters(function):
    return [(p.name, p.default, p.kind) for p in inspect.signature(function).parameters.values()]


def test_functions_have_pytorchs_parameters_and_defaults():
    seen = 0
    for name in ours.nn.functional.__all__:
        function = getattr(theirs.nn.functional, name)
        try:
            wanted = _parameters(function)
        except ValueError:
            continue
        assert _parameters(getattr(ours.nn.functional, name)) == wanted or name in ("sigmoid", "tanh"), name
        seen += 1
    assert seen >= 55


def test_modules_have_pytorchs_parameters_and_defaults():
    seen = 0
    for name in ours.nn.__all__:
        kind = getattr(ours.nn, name)
        if not isinstance(kind, type) or name in ("Parameter", "Buffer"):
            continue
        wanted = [(n, d) for n, d, _ in _parameters(getattr(theirs.nn, name)) if not callable(d) or d is inspect._empty]
        given = [(n, d) for n, d, _ in _parameters(kind) if not callable(d) or d is inspect._empty]
        assert given == wanted, name
        seen += 1
    assert seen >= 90


NAMED = """relu(a) relu6(a) leaky_relu(a) elu(a) selu(a) celu(a) gelu(a) silu(a) mish(a) softplus(a) logsigmoid(a) sigmoid(a)
tanh(a) hardsigmoid(a) hardswish(a) hardshrink(a) softshrink(a) hardtanh(a) threshold(a,0.1,2.0) glu(a[:,:2]) softmax(a,1)
log_softmax(a,1) mse_loss(a,b) l1_loss(a,b) smooth_l1_loss(a,b) huber_loss(a,b) nll_loss(a,c) cross_entropy(a,c)
binary_cross_entropy(a.sigmoid(),b.sigmoid()) binary_cross_entropy_with_logits(a,b) layer_norm(a,(3,)) embedding(c,a)
batch_norm(a,None,None,training=True) pad(a,(1,1)) linear(a,b,b[:,0]) dropout(a,0.5)""".split()


@pytest.mark.parametrize("text", NAMED)
def test_line_6_results_name_the_function_they_come_from(text):
    names = []
    for lib in BOTH:
        a, b, c = (lib.tensor(x) for x in (X, Y, CLASSES))
        a.requires_grad_()
        result = eval("F." + text, {"F": lib.nn.functional, "a": a, "b": b, "c": c})
        names.append(result.grad_fn.name())
    assert names[1] == names[0]
