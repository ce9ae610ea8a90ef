"""Attention: weighted means of values, the weights from products of queries and keys."""

from __future__ import annotations

import math
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor


def _is_bool(x: Tensor) -> bool:
    return "bool" in str(x.dtype)


def _additive(mask: Tensor | None, dtype: Any, allowed: bool) -> Tensor | None:
    """A mask to add to scores; of a boolean one, True means ``allowed`` (or forbidden)."""
    if mask is None or not _is_bool(mask):
        return mask
    keep = mask if allowed else _w.logical_not(mask)
    return _w.where(keep, _w.zeros(Tensor, (), dtype), _w.full(Tensor, (), -math.inf, dtype))


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(query·keyᵀ·scale + mask)·value: (…, L, E), (…, S, E) and (…, S, V) give (…, L, V).

    >>> import wengert
    >>> one = wengert.ones(2, 3)
    >>> scaled_dot_product_attention(one, one, one)
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """
    length, source = query.shape[-2], key.shape[-2]
    if is_causal and attn_mask is not None:
        raise RuntimeError("scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if enable_gqa:
        key = _w.repeat_interleave(key, query.shape[-3] // key.shape[-3], -3)
        value = _w.repeat_interleave(value, query.shape[-3] // value.shape[-3], -3)
    if query.shape[-1] != key.shape[-1]:
        raise RuntimeError(f"scaled_dot_product_attention: query {query.shape} and key {key.shape} do not fit")
    scores = _w.matmul(query, _w.transpose(key, -2, -1)) * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    mask = attn_mask
    if is_causal:
        mask = _w.tril(_w.ones(Tensor, (length, source), "float32"), 0) > 0
    mask = _additive(mask, query.dtype, True)
    if mask is not None:
        scores = scores + mask
    weights = _w.softmax(scores, -1)
    if dropout_p > 0.0:
        weights = _w.dropout(weights, dropout_p)
    return _w.matmul(weights, value)


def _projections(
    query: Tensor, key: Tensor, value: Tensor, weight: Any, bias: Tensor | None, size: int
) -> list[Tensor]:
    """Queries, keys and values through their affine maps; ``weight`` is one matrix for all three, or three."""
    weights = _w.split(weight, [size] * 3, 0) if isinstance(weight, Tensor) else weight
    biases = [None] * 3 if bias is None else _w.split(bias, [size] * 3, 0)
    return [_w.linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases)]


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention in several heads: (length, batch, features) or (length, features) of each of query, key and value."""
    if query.ndim not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor")
    single = query.ndim == 2
    if single:
        query, key, value = (_w.expand_dims(x, 1) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else _w.expand_dims(key_padding_mask, 0)
    length, batch, size = query.shape
    if size != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {size}")
    head = size // num_heads
    if head * num_heads != size:
        raise AssertionError(f"embed_dim {size} not divisible by num_heads {num_heads}")
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    if tuple(key.shape[:2]) != tuple(value.shape[:2]):
        raise AssertionError(f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}")
    weight = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else in_proj_weight
    q, k, v = _projections(query, key, value, weight, in_proj_bias, size)

    mask = _additive(attn_mask, q.dtype, False)
    if mask is not None and mask.ndim == 3:
        mask = _w.reshape(mask, (batch, num_heads, mask.shape[1], mask.shape[2]))
    padding = _additive(key_padding_mask, q.dtype, False)
    extra = 0
    if bias_k is not None and bias_v is not None:
        k = _w.concatenate([k, _w.broadcast_to(bias_k, (1, batch, size))], 0)
        v = _w.concatenate([v, _w.broadcast_to(bias_v, (1, batch, size))], 0)
        extra += 1

    def heads(x: Tensor) -> Tensor:
        return _w.permute(_w.reshape(x, (x.shape[0], batch, num_heads, head)), (1, 2, 0, 3))

    q, k, v = heads(q), heads(k), heads(v)
    if static_k is not None:
        k = _w.reshape(static_k, (batch, num_heads, -1, head))
    if static_v is not None:
        v = _w.reshape(static_v, (batch, num_heads, -1, head))
    if add_zero_attn:
        nothing = _w.zeros(Tensor, (batch, num_heads, 1, head), k.dtype)
        k, v = _w.concatenate([k, nothing], 2), _w.concatenate([v, nothing], 2)
        extra += 1
    if extra and mask is not None:
        mask = _w.pad(mask, [(0, 0)] * (mask.ndim - 1) + [(0, extra)], "constant", 0.0)
    if extra and padding is not None:
        padding = _w.pad(padding, [(0, 0), (0, extra)], "constant", 0.0)

    scores = _w.matmul(q, _w.transpose(k, -2, -1)) * (1 / math.sqrt(head))
    if mask is not None:
        scores = scores + mask
    if padding is not None:
        scores = scores + _w.reshape(padding, (batch, 1, 1, -1))
    weights = _w.softmax(scores, -1)
    if training and dropout_p > 0.0:
        weights = _w.dropout(weights, dropout_p)
    mixed = _w.reshape(_w.permute(_w.matmul(weights, v), (2, 0, 1, 3)), (length, batch, size))
    out = _w.linear(mixed, out_proj_weight, out_proj_bias)
    shown = None if not need_weights else _w.mean(weights, 1) if average_attn_weights else weights
    if single:
        out = _w.squeeze(out, 1)
        shown = None if shown is None else _w.squeeze(shown, 0)
    return out, shown
