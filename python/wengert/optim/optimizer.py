"""What all optimisers share: groups of parameters, their options, and what is remembered of each parameter."""

from __future__ import annotations

import copy
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from itertools import chain
from typing import Any

import wengert._wengert as _w
from wengert._wengert import Tensor
from wengert.nn.modules.hooks import RemovableHandle
from wengert.nn.modules.module import _type_name

__all__ = ["Optimizer"]


class _Required:
    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()


def called(closure: Callable[[], Any]) -> Any:
    """What a closure gives, with recording on."""
    enabled = _w.is_grad_enabled()
    _w.set_grad_enabled(True)
    try:
        return closure()
    finally:
        _w.set_grad_enabled(enabled)


def check_lr(lr: Any) -> None:
    """An error unless ``lr`` is a learning rate."""
    if isinstance(lr, Tensor) and lr.shape and tuple(lr.shape) != (1,):
        raise ValueError("Tensor lr must be 1-element")
    if float(lr) < 0.0:
        raise ValueError(f"Invalid learning rate: {lr}")


def check(name: str, value: float, valid: bool) -> None:
    """An error unless an option makes sense."""
    if not valid:
        raise ValueError(f"Invalid {name}: {value}")


class Optimizer:
    """The base of all optimisers: ``param_groups`` with options, ``state`` for each parameter."""

    defaults: dict[str, Any]
    state: dict[Any, dict[str, Any]]
    param_groups: list[dict[str, Any]]

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        """Takes tensors, pairs of a name and a tensor, or dictionaries with ``"params"`` and options."""
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + _type_name(params)
            )
        self.defaults = defaults
        self.state = defaultdict(dict)
        self.param_groups = []
        self._pre_hooks: OrderedDict[int, Any] = OrderedDict()
        self._post_hooks: OrderedDict[int, Any] = OrderedDict()
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._pre_hooks = OrderedDict()
        self._post_hooks = OrderedDict()

    def __repr__(self) -> str:
        lines = [type(self).__name__ + " ("]
        for place, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {place}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join(lines) + "\n)"

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds parameters with options of their own."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        param_group = dict(param_group)
        params = param_group["params"]
        if isinstance(params, Tensor):
            params = [params]
        elif isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in "
                "sets will change between runs. Please use a list instead."
            )
        listed, names = [], []
        for param in params:
            if isinstance(param, tuple):
                names.append(param[0])
                param = param[1]
            if not isinstance(param, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {_type_name(param)}")
            if not param.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
            listed.append(param)
        if names and len(names) != len(listed):
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        param_group["params"] = listed
        if names:
            param_group["param_names"] = names
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        if len(set(listed)) != len(listed):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error",
                stacklevel=3,
            )
        earlier = set(chain.from_iterable(group["params"] for group in self.param_groups))
        if not earlier.isdisjoint(listed):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Takes the gradients of all parameters away, or fills them with zeros."""
        for group in self.param_groups:
            if set_to_none:
                _w.zero_grads(group["params"])
                continue
            for param in group["params"]:
                if param.grad is not None:
                    param.grad = _w.zeros_like(param.grad)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Moves the parameters; every optimiser defines it."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """The options and what is remembered, with parameters by their places."""
        places: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            for param in group["params"]:
                places.setdefault(id(param), len(places))
            shown = {key: value for key, value in group.items() if key != "params"}
            shown["params"] = [places[id(param)] for param in group["params"]]
            groups.append(shown)
        state = {places.get(id(key), key) if isinstance(key, Tensor) else key: own for key, own in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes back what ``state_dict`` gave."""
        groups = copy.deepcopy(state_dict["param_groups"])
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(self.param_groups, groups)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        places = dict(
            zip(
                chain.from_iterable(group["params"] for group in groups),
                chain.from_iterable(group["params"] for group in self.param_groups),
            )
        )
        state: dict[Any, dict[str, Any]] = defaultdict(dict)
        for key, own in state_dict["state"].items():
            if key not in places:
                state[key] = own
                continue
            param = places[key]
            state[param] = {name: _remembered(name, value, param) for name, value in own.items()}
        for old, new in zip(self.param_groups, groups):
            new["params"] = old["params"]
            if "param_names" in old:
                new["param_names"] = old["param_names"]
        self.__setstate__({"state": state, "param_groups": groups})

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Calls ``hook(optimizer, args, kwargs)`` before each step."""
        return self._hooked(self._pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Calls ``hook(optimizer, args, kwargs)`` after each step."""
        return self._hooked(self._post_hooks, hook)

    def _hooked(self, hooks: OrderedDict[int, Any], hook: Callable[..., Any]) -> RemovableHandle:
        if "step" not in self.__dict__:
            plain = self.step

            def step(*args: Any, **kwargs: Any) -> Any:
                for before in self._pre_hooks.values():
                    changed = before(self, args, kwargs)
                    if changed is not None:
                        args, kwargs = changed
                result = plain(*args, **kwargs)
                for after in self._post_hooks.values():
                    after(self, args, kwargs)
                return result

            self.step = step  # type: ignore[method-assign]
        handle = RemovableHandle(hooks)
        hooks[handle.id] = hook
        return handle


def _remembered(name: str, value: Any, param: Tensor) -> Any:
    """A copy of a remembered value that fits the parameter's dtype; the count of steps keeps its own."""
    if not isinstance(value, Tensor):
        return copy.deepcopy(value)
    value = _w.clone(value.detach())
    return value if name == "step" or value.dtype == param.dtype else _w.cast(value, param.dtype)


class PerParameter(Optimizer):
    """An optimiser that moves one parameter after the other."""

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Moves the parameters that have a gradient; a ``closure`` computes the loss anew first."""
        loss = None if closure is None else called(closure)
        enabled = _w.is_grad_enabled()
        _w.set_grad_enabled(False)
        try:
            for group in self.param_groups:
                for param in group["params"]:
                    grad = param.grad
                    if grad is not None:
                        self._update(param, -grad if group["maximize"] else grad, self.state[param], group)
        finally:
            _w.set_grad_enabled(enabled)
        return loss

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        """Moves one parameter, without recording."""
        raise NotImplementedError


def counted(state: dict[str, Any]) -> int:
    """Counts a step, and gives the count."""
    state["step"] = state["step"] + 1
    return int(state["step"])


def begin(state: dict[str, Any], param: Tensor, *names: str) -> bool:
    """Whether this is a parameter's first step; then it remembers no steps, and zeros under each name."""
    if state:
        return False
    state["step"] = _w.zeros(Tensor, (), "float32")
    for name in names:
        state[name] = _w.zeros_like(param.detach())
    return True


