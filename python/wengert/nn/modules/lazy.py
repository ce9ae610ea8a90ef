"""Layers that learn their sizes from their first input."""

from __future__ import annotations

from typing import Any

from wengert._wengert import Tensor
from wengert.nn.modules.linear import Linear, new_parameter

__all__ = ["LazyLinear"]


class LazyLinear(Linear):
    """A :class:`Linear` whose ``in_features`` is the size of the last axis of its first input.

    Until then it has no parameters; hand them to an optimiser after the first call.

    >>> import wengert
    >>> from wengert import nn
    >>> layer = nn.LazyLinear(3)
    >>> layer(wengert.zeros(2, 5)).shape, layer
    (torch.Size([2, 3]), Linear(in_features=5, out_features=3, bias=True))
    """

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False, device, dtype)
        self.register_parameter("weight", None)
        self.out_features = out_features
        self._made = {"bias": bias, "device": device, "dtype": dtype}

    def reset_parameters(self) -> None:
        """Draws the parameters anew, once there are any."""
        if self.in_features:
            super().reset_parameters()

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any) -> None:
        if prefix + "weight" in state_dict:
            self._become(state_dict[prefix + "weight"].shape[1])
        Linear._load_from_state_dict(self, state_dict, prefix, *args)

    def _become(self, in_features: int) -> None:
        """Turns the layer into one of this size."""
        made = self.__dict__.pop("_made")
        self.in_features = in_features
        self.weight = new_parameter((self.out_features, in_features), made["device"], made["dtype"])
        if made["bias"]:
            self.bias = new_parameter((self.out_features,), made["device"], made["dtype"])
        self.__class__ = Linear  # type: ignore[assignment]
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        """Makes the layer, and calls it."""
        self._become(input.shape[-1])
        return Linear.forward(self, input)

    def extra_repr(self) -> str:
        """Sizes, as far as they are known."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self._made['bias']}"
