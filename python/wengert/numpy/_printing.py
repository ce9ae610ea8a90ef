"""How arrays are written, kept in files, and how NumPy is set up: NumPy's own functions."""

from __future__ import annotations

import numpy as np
from numpy import (
    array2string as _array2string,
    base_repr as base_repr,
    binary_repr as binary_repr,
    errstate as errstate,
    format_float_positional as format_float_positional,
    format_float_scientific as format_float_scientific,
    get_printoptions as get_printoptions,
    geterr as geterr,
    iterable as iterable,
    printoptions as printoptions,
    set_printoptions as set_printoptions,
    seterr as seterr,
)

from ._delegate import delegated, discrete

array2string = discrete(_array2string, "array2string", wrap=False)
array_repr = discrete(np.array_repr, "array_repr", wrap=False)
array_str = discrete(np.array_str, "array_str", wrap=False)
save = delegated(np.save, "save", wrap=False)
savez = delegated(np.savez, "savez", wrap=False)
savez_compressed = delegated(np.savez_compressed, "savez_compressed", wrap=False)
savetxt = delegated(np.savetxt, "savetxt", wrap=False)
load = delegated(np.load, "load")
loadtxt = delegated(np.loadtxt, "loadtxt")
genfromtxt = delegated(np.genfromtxt, "genfromtxt")
may_share_memory = delegated(np.may_share_memory, "may_share_memory", wrap=False)
shares_memory = delegated(np.shares_memory, "shares_memory", wrap=False)
packbits = discrete(np.packbits, "packbits")
unpackbits = discrete(np.unpackbits, "unpackbits")
