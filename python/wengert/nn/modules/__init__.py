"""All modules."""

from __future__ import annotations

from wengert._names import missing
from wengert.nn.modules.activation import *
from wengert.nn.modules.batchnorm import *
from wengert.nn.modules.container import *
from wengert.nn.modules.dropout import *
from wengert.nn.modules.linear import *
from wengert.nn.modules.loss import *
from wengert.nn.modules.module import Module
from wengert.nn.modules.normalization import *
from wengert.nn.modules.rnn import *
from wengert.nn.modules.shaping import *
from wengert.nn.modules.sparse import *
from wengert.nn.modules.transformer import *

__all__ = [name for name, value in list(globals().items()) if isinstance(value, type)]
__getattr__ = missing(__name__, __all__)
