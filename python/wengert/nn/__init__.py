"""Modules, losses, and values to begin with: `wengert.nn`.

>>> import wengert
>>> from wengert import nn
>>> model = nn.Sequential(nn.Linear(64, 50), nn.Tanh(), nn.Linear(50, 10))
>>> sum(p.numel() for p in model.parameters())
3760
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wengert._names import missing
from wengert.nn import functional, init, modules, parameter, utils
from wengert.nn.modules import (
    AlphaDropout, BCELoss, BCEWithLogitsLoss, BatchNorm1d, BatchNorm2d, BatchNorm3d, Bilinear, CELU, ChannelShuffle,
    CircularPad1d, CircularPad2d, CircularPad3d, ConstantPad1d, ConstantPad2d, ConstantPad3d, CosineEmbeddingLoss,
    CosineSimilarity, CrossEntropyLoss, Dropout, Dropout1d, Dropout2d, Dropout3d, ELU, Embedding, EmbeddingBag,
    FeatureAlphaDropout, Flatten, GELU, GLU, GRU, GRUCell, GaussianNLLLoss, GroupNorm, Hardshrink, Hardsigmoid,
    Hardswish, Hardtanh, HingeEmbeddingLoss, HuberLoss, Identity, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d,
    KLDivLoss, L1Loss, LSTM, LSTMCell, LayerNorm, LazyLinear, LeakyReLU, Linear, LocalResponseNorm, LogSigmoid,
    LogSoftmax, MSELoss, MarginRankingLoss, Mish, Module, ModuleDict, ModuleList, MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss, MultiMarginLoss, MultiheadAttention, NLLLoss, PReLU, PairwiseDistance, ParameterDict,
    ParameterList, PixelShuffle, PixelUnshuffle, PoissonNLLLoss, RMSNorm, RNN, RNNBase, RNNCell, RNNCellBase, RReLU,
    ReLU, ReLU6, ReflectionPad1d, ReflectionPad2d, ReflectionPad3d, ReplicationPad1d, ReplicationPad2d,
    ReplicationPad3d, SELU, Sequential, SiLU, Sigmoid, SmoothL1Loss, SoftMarginLoss, Softmax, Softmax2d, Softmin,
    Softplus, Softshrink, Softsign, Tanh, Tanhshrink, Threshold, Transformer, TransformerDecoder,
    TransformerDecoderLayer, TransformerEncoder, TransformerEncoderLayer, TripletMarginLoss,
    TripletMarginWithDistanceLoss, Unflatten, Upsample, UpsamplingBilinear2d, UpsamplingNearest2d, ZeroPad1d,
    ZeroPad2d, ZeroPad3d,
)
from wengert.nn.parameter import Buffer, Parameter

__all__ = [
    "functional", "init", "modules", "parameter", "utils", "Buffer", "Parameter", "AlphaDropout", "BCELoss",
    "BCEWithLogitsLoss", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "Bilinear", "CELU", "ChannelShuffle",
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "CosineEmbeddingLoss", "CosineSimilarity", "CrossEntropyLoss", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d",
    "ELU", "Embedding", "EmbeddingBag", "FeatureAlphaDropout", "Flatten", "GELU", "GLU", "GRU", "GRUCell",
    "GaussianNLLLoss", "GroupNorm", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "HingeEmbeddingLoss",
    "HuberLoss", "Identity", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "KLDivLoss", "L1Loss", "LSTM",
    "LSTMCell", "LayerNorm", "LazyLinear", "LeakyReLU", "Linear", "LocalResponseNorm", "LogSigmoid", "LogSoftmax",
    "MSELoss", "MarginRankingLoss", "Mish", "Module", "ModuleDict", "ModuleList", "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss", "MultiMarginLoss", "MultiheadAttention", "NLLLoss", "PReLU", "PairwiseDistance",
    "ParameterDict", "ParameterList", "PixelShuffle", "PixelUnshuffle", "PoissonNLLLoss", "RMSNorm", "RNN",
    "RNNBase", "RNNCell", "RNNCellBase", "RReLU", "ReLU", "ReLU6", "ReflectionPad1d", "ReflectionPad2d",
    "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d", "SELU", "Sequential", "SiLU",
    "Sigmoid", "SmoothL1Loss", "SoftMarginLoss", "Softmax", "Softmax2d", "Softmin", "Softplus", "Softshrink",
    "Softsign", "Tanh", "Tanhshrink", "Threshold", "Transformer", "TransformerDecoder", "TransformerDecoderLayer",
    "TransformerEncoder", "TransformerEncoderLayer", "TripletMarginLoss", "TripletMarginWithDistanceLoss",
    "Unflatten", "Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]
_missing = missing(__name__, __all__)

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if any(word in name.lower() for word in ("conv", "pool", "fold")):
            raise AttributeError(f"module {__name__!r} has no {name!r}: convolutions and pooling are not provided", name=name)
        return _missing(name)
