"""Layers, activations and losses as functions: `wengert.nn.functional`, usually imported as ``F``.

>>> import wengert
>>> from wengert.nn import functional as F
>>> F.softmax(wengert.tensor([0.0, 0.0]), dim=0)
tensor([0.5000, 0.5000])
"""

from __future__ import annotations

from wengert._names import missing
from wengert._wengert import Tensor
from wengert.nn.functional._activation import (
    celu,
    celu_,
    elu,
    elu_,
    gelu,
    glu,
    gumbel_softmax,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    log_softmax,
    logsigmoid,
    mish,
    prelu,
    relu,
    relu6,
    relu_,
    rrelu,
    rrelu_,
    selu,
    selu_,
    sigmoid,
    silu,
    softmax,
    softmin,
    softplus,
    softshrink,
    softsign,
    tanh,
    tanhshrink,
    threshold,
    threshold_,
)
from wengert.nn.functional._attention import multi_head_attention_forward, scaled_dot_product_attention
from wengert.nn.functional._layers import (
    alpha_dropout,
    bilinear,
    channel_shuffle,
    dropout,
    dropout1d,
    dropout2d,
    dropout3d,
    embedding,
    embedding_bag,
    feature_alpha_dropout,
    linear,
    native_channel_shuffle,
    normalize,
    one_hot,
    pad,
    pixel_shuffle,
    pixel_unshuffle,
)
from wengert.nn.functional._loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    gaussian_nll_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
    poisson_nll_loss,
    smooth_l1_loss,
)
from wengert.nn.functional._margin import (
    cosine_embedding_loss,
    cosine_similarity,
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    multilabel_soft_margin_loss,
    pairwise_distance,
    pdist,
    soft_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from wengert.nn.functional._norm import (
    batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    local_response_norm,
    rms_norm,
)

__all__ = [
    name for name in list(globals()) if not name.startswith("_") and name not in ("annotations", "missing", "Tensor")
]

_missing = missing(__name__, __all__)


def __getattr__(name: str) -> object:
    if any(word in name.lower() for word in ("conv", "pool", "fold")):
        raise AttributeError(f"module {__name__!r} has no {name!r}: convolutions and pooling are not provided", name=name)
    return _missing(name)
