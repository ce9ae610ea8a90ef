"""`tf.keras.optimizers`: rules by which variables follow their gradients.

>>> import wengert.tensorflow as tf
>>> w = tf.Variable(1.0)
>>> SGD(learning_rate=0.1).apply_gradients([(tf.constant(2.0), w)])
>>> w.numpy()
np.float32(0.8)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

from wengert import _wengert as _n
from wengert.tensorflow._convert import as_tensor, plain
from wengert.tensorflow._creation import zeros
from wengert.tensorflow._dtypes import int64
from wengert.tensorflow._reductions import clip_by_global_norm, clip_by_norm
from wengert.tensorflow._tape import GradientTape
from wengert.tensorflow._variable import Variable
from wengert.tensorflow.keras import schedules as schedules


class Optimizer:
    """What optimisers have in common. A subclass says in `update_step` how one variable moves."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        name: str | None = None,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        **kwargs: Any,
    ) -> None:
        if sum(each is not None for each in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: "
                f"clipnorm={clipnorm}, clipvalue={clipvalue}, global_clipnorm={global_clipnorm}"
            )
        if kwargs:
            raise ValueError(f"Argument(s) not recognized: {kwargs}")
        self.name = name or type(self).__name__.lower()
        self.weight_decay, self.clipnorm, self.clipvalue = weight_decay, clipnorm, clipvalue
        self.global_clipnorm = global_clipnorm
        self.iterations = Variable(0, dtype=int64, trainable=False, name="iteration")
        self._schedule: Callable[[Any], Any] | None = None
        self.built = False
        self._slots: dict[Any, dict[str, Variable]] = {}
        self._order: list[Variable] = []
        if callable(learning_rate) and not isinstance(learning_rate, Variable):
            self._schedule = learning_rate
        else:
            self._rate = Variable(float(learning_rate), trainable=False, name="learning_rate")

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a variable, or what the schedule says for the next step."""
        return self._rate if self._schedule is None else self._schedule(self.iterations)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if callable(value) and not isinstance(value, Variable):
            self._schedule = value
        elif self._schedule is not None:
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor "
                "argument, hence its learning rate is not settable. If you need the learning rate to be settable, you "
                "should instantiate the optimizer with a float `learning_rate` argument."
            )
        else:
            self._rate.assign(float(value))

    lr = learning_rate

    @property
    def variables(self) -> list[Variable]:
        """The step, the learning rate and what is remembered of each variable."""
        own = [self.iterations] + ([self._rate] if self._schedule is None else [])
        return own + [slot for v in self._order for slot in self._slots[v._store].values()]

    def build(self, variables: Iterable[Variable]) -> None:
        """Makes what is remembered of each variable. The first step does it by itself."""
        for variable in variables:
            if variable._store not in self._slots:
                self._slots[variable._store] = self._remembered(variable)
                self._order.append(variable)
        self.built = True

    def _remembered(self, variable: Variable) -> dict[str, Variable]:
        return {name: _slot(variable, name, start) for name, start in self._starts().items()}

    def _starts(self) -> dict[str, float]:
        """The names of what is remembered of a variable, and the numbers that it begins with."""
        return {}

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Moves one variable. For rules of one's own."""
        raise NotImplementedError

    def apply_gradients(self, grads_and_vars: Any, name: str | None = None, **kwargs: Any) -> None:
        """One step: each variable moves by its gradient; those without one stay.

        >>> import wengert.tensorflow as tf
        >>> v = tf.Variable([1.0, 2.0])
        >>> Adam(0.5).apply_gradients(zip([tf.ones(2)], [v]))
        >>> v.numpy().round(4)
        array([0.5, 1.5], dtype=float32)
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("`grads_and_vars` argument is empty")
        kept = [(plain(as_tensor(g)), v) for g, v in pairs if g is not None]
        if not kept:
            names = [v.name for _, v in pairs]
            raise ValueError(f"No gradients provided for any variable: {names}.")
        for gradient, variable in kept:
            if tuple(gradient.shape) != tuple(variable.shape):
                raise ValueError(
                    f"a gradient of shape {gradient.shape} for the variable {variable.name} of shape {variable.shape}"
                )
        self._step([g for g, _ in kept], [v for _, v in kept])

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """One step, with gradients and variables in two lists."""
        self.apply_gradients(zip(grads, self._order if trainable_variables is None else trainable_variables))

    def _step(self, gradients: list[Any], variables: list[Variable]) -> None:
        self.build(variables)
        gradients = self._clipped(gradients)
        rate = self._schedule(self.iterations) if self._schedule is not None else self._rate._store.cell
        rate = float(rate)
        if self.weight_decay is not None:
            for variable in variables:
                variable._put(
                    _n.sub(variable._store.cell, _n.mul(variable._store.cell, self.weight_decay * rate)),
                    False,
                )
        count = int(self.iterations._store.cell) + 1
        custom = type(self).update_step is not Optimizer.update_step
        for gradient, variable in zip(gradients, variables):
            if custom:
                self.update_step(gradient, variable, rate)
            else:
                self._move(gradient, variable, self._slots[variable._store], rate, count)
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.read_value()))
        self.iterations.assign_add(1, read_value=False)

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        raise NotImplementedError

    def _clipped(self, gradients: list[Any]) -> list[Any]:
        if self.clipnorm:
            return [clip_by_norm(g, self.clipnorm) for g in gradients]
        if self.global_clipnorm:
            return clip_by_global_norm(gradients, self.global_clipnorm)[0]
        if self.clipvalue:
            return [_n.clamp(g, -self.clipvalue, self.clipvalue) for g in gradients]
        return gradients

    def minimize(
        self, loss: Any, var_list: Any = None, tape: GradientTape | None = None, name: str | None = None
    ) -> None:
        """One step down a loss: a function without arguments, or a tensor and the tape that recorded it."""
        variables = var_list() if callable(var_list) else var_list
        if callable(loss):
            with GradientTape() as tape:
                loss = loss()
            variables = tape.watched_variables() if variables is None else variables
        elif tape is None:
            raise ValueError(
                "`tape` is required when a `Tensor` loss is passed. Received: loss={}".format(loss)
            )
        variables = list(variables) if isinstance(variables, (list, tuple)) else [variables]
        self.apply_gradients(zip(tape.gradient(loss, variables), variables))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        plain_kinds = (int, float, bool, str)
        own = {
            k: v for k, v in vars(self).items() if isinstance(v, plain_kinds) and k != "built" and k[0] != "_"
        }
        return {**own, "learning_rate": float(self.learning_rate)}


def _slot(variable: Variable, name: str, start: float) -> Variable:
    first = zeros(variable.shape, variable.dtype)
    return Variable(
        first if start == 0.0 else _n.add(first, start), trainable=False, name=f"{variable._name}_{name}"
    )


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for.

    >>> import wengert.tensorflow as tf
    >>> w = tf.Variable(1.0)
    >>> sgd = SGD(0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     sgd.apply_gradients([(tf.constant(1.0), w)])
    >>> round(float(w), 4)
    0.71
    """

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        if not isinstance(momentum, float) or not 0 <= momentum <= 1:
            raise ValueError("`momentum` must be a float between [0, 1].")
        self.momentum, self.nesterov = momentum, nesterov

    def _starts(self) -> dict[str, float]:
        return {"momentum": 0.0} if self.momentum else {}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        down = _n.mul(g, rate)
        if not self.momentum:
            v._put(_n.sub(v._store.cell, down), False)
            return
        speed = _n.sub(_n.mul(slots["momentum"]._store.cell, self.momentum), down)
        slots["momentum"]._put(speed, False)
        move = _n.sub(_n.mul(speed, self.momentum), down) if self.nesterov else speed
        v._put(_n.add(v._store.cell, move), False)


def _average(slot: Variable, new: Any, keep: float) -> Any:
    """The running average, moved towards a new value."""
    old = slot._store.cell
    average = _n.add(old, _n.mul(_n.sub(new, old), 1 - keep))
    slot._put(average, False)
    return average


class Adam(Optimizer):
    """Steps by running averages of the gradient and of its square."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2, self.epsilon, self.amsgrad = beta_1, beta_2, epsilon, amsgrad

    def _starts(self) -> dict[str, float]:
        return {"momentum": 0.0, "velocity": 0.0, **({"velocity_hat": 0.0} if self.amsgrad else {})}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        rate *= sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        first = _average(slots["momentum"], g, self.beta_1)
        second = _average(slots["velocity"], _n.square(g), self.beta_2)
        if self.amsgrad:
            second = _n.maximum(slots["velocity_hat"]._store.cell, second)
            slots["velocity_hat"]._put(second, False)
        move = _n.div(_n.mul(first, rate), _n.add(_n.sqrt(second), self.epsilon))
        v._put(_n.sub(v._store.cell, move), False)


class AdamW(Adam):
    """Adam with weights that decay by themselves."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **kwargs)


class Adamax(Optimizer):
    """Adam by the largest gradient in place of the mean square."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def _starts(self) -> dict[str, float]:
        return {"momentum": 0.0, "norm": 0.0}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        first = _average(slots["momentum"], g, self.beta_1)
        largest = _n.maximum(_n.mul(slots["norm"]._store.cell, self.beta_2), _n.abs(g))
        slots["norm"]._put(largest, False)
        rate /= 1 - self.beta_1**step
        v._put(_n.sub(v._store.cell, _n.div(_n.mul(first, rate), _n.add(largest, self.epsilon))), False)


class Nadam(Optimizer):
    """Adam that looks ahead along the momentum."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self._product = 1.0
        self._at = 0

    def _starts(self) -> dict[str, float]:
        return {"momentum": 0.0, "velocity": 0.0}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        now = self.beta_1 * (1 - 0.5 * 0.96**step)
        after = self.beta_1 * (1 - 0.5 * 0.96 ** (step + 1))
        if step != self._at:
            self._at, self._product = step, self._product * now
        first = _average(slots["momentum"], g, self.beta_1)
        second = _average(slots["velocity"], _n.square(g), self.beta_2)
        ahead = _n.add(
            _n.mul(first, after / (1 - self._product * after)), _n.mul(g, (1 - now) / (1 - self._product))
        )
        size = _n.add(_n.sqrt(_n.div(second, 1 - self.beta_2**step)), self.epsilon)
        v._put(_n.sub(v._store.cell, _n.div(_n.mul(ahead, rate), size)), False)


class RMSprop(Optimizer):
    """Steps divided by the root of a running mean of squares."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.rho, self.momentum, self.epsilon, self.centered = rho, momentum, epsilon, centered

    def _starts(self) -> dict[str, float]:
        more = {"momentum": 0.0} if self.momentum > 0 else {}
        return {"velocity": 0.0, **more, **({"average_gradient": 0.0} if self.centered else {})}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        square = _n.add(_n.mul(slots["velocity"]._store.cell, self.rho), _n.mul(_n.square(g), 1 - self.rho))
        slots["velocity"]._put(square, False)
        if self.centered:
            old = slots["average_gradient"]._store.cell
            mean = _n.add(_n.mul(old, self.rho), _n.mul(g, 1 - self.rho))
            slots["average_gradient"]._put(mean, False)
            square = _n.sub(square, _n.square(mean))
        move = _n.mul(_n.mul(g, rate), _n.rsqrt(_n.add(square, self.epsilon)))
        if self.momentum > 0:
            move = _n.add(_n.mul(slots["momentum"]._store.cell, self.momentum), move)
            slots["momentum"]._put(move, False)
        v._put(_n.sub(v._store.cell, move), False)


class Adagrad(Optimizer):
    """Steps divided by the root of the sum of all squares so far."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def _starts(self) -> dict[str, float]:
        return {"accumulator": self.initial_accumulator_value}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        total = _n.add(slots["accumulator"]._store.cell, _n.square(g))
        slots["accumulator"]._put(total, False)
        v._put(_n.sub(v._store.cell, _n.div(_n.mul(g, rate), _n.sqrt(_n.add(total, self.epsilon)))), False)


class Adadelta(Optimizer):
    """Steps whose size follows the steps before."""

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.rho, self.epsilon = rho, epsilon

    def _starts(self) -> dict[str, float]:
        return {"accumulated_grad": 0.0, "accumulated_delta_var": 0.0}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        gradients = _kept(slots["accumulated_grad"], _n.square(g), self.rho)
        size = _n.sqrt(_n.add(slots["accumulated_delta_var"]._store.cell, self.epsilon))
        move = _n.neg(_n.div(_n.mul(size, g), _n.sqrt(_n.add(gradients, self.epsilon))))
        _kept(slots["accumulated_delta_var"], _n.square(move), self.rho)
        v._put(_n.add(v._store.cell, _n.mul(move, rate)), False)


def _kept(slot: Variable, new: Any, keep: float) -> Any:
    average = _n.add(_n.mul(slot._store.cell, keep), _n.mul(new, 1 - keep))
    slot._put(average, False)
    return average


class Lion(Optimizer):
    """Steps of one size, by the sign of the momentum."""

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.99, **kwargs: Any
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2 = beta_1, beta_2

    def _starts(self) -> dict[str, float]:
        return {"momentum": 0.0}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        old = slots["momentum"]._store.cell
        way = _n.sign(_n.add(_n.mul(old, self.beta_1), _n.mul(g, 1 - self.beta_1)))
        v._put(_n.sub(v._store.cell, _n.mul(way, rate)), False)
        slots["momentum"]._put(_n.add(_n.mul(old, self.beta_2), _n.mul(g, 1 - self.beta_2)), False)


class Ftrl(Optimizer):
    """Follows the regularised leader: weights that matter little become exactly zero."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.power, self.initial_accumulator_value, self.beta = (
            learning_rate_power,
            initial_accumulator_value,
            beta,
        )
        self.l1, self.l2 = l1_regularization_strength, l2_regularization_strength
        self.shrinkage = l2_shrinkage_regularization_strength

    def _starts(self) -> dict[str, float]:
        return {"accumulator": self.initial_accumulator_value, "linear": 0.0}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        w = v._store.cell
        shrunk = _n.add(g, _n.mul(w, 2 * self.shrinkage)) if self.shrinkage else g
        old = slots["accumulator"]._store.cell
        new = _n.add(old, _n.square(g))
        raised, before = _n.pow(new, -self.power), _n.pow(old, -self.power)
        linear = _n.add(
            slots["linear"]._store.cell, _n.sub(shrunk, _n.mul(_n.div(_n.sub(raised, before), rate), w))
        )
        curve = _n.add(_n.div(raised, rate), 2 * (self.l2 + self.beta / (2 * rate)))
        v._put(_n.div(_n.sub(_n.clamp(linear, -self.l1, self.l1), linear), curve), False)
        slots["accumulator"]._put(new, False)
        slots["linear"]._put(linear, False)


class Lamb(Optimizer):
    """Adam, with steps as long as the weights of each variable."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def _starts(self) -> dict[str, float]:
        return {"momentum": 0.0, "velocity": 0.0}

    def _move(self, g: Any, v: Variable, slots: dict[str, Variable], rate: float, step: int) -> None:
        first = _n.div(_average(slots["momentum"], g, self.beta_1), 1 - self.beta_1**step)
        second = _n.div(_average(slots["velocity"], _n.square(g), self.beta_2), 1 - self.beta_2**step)
        way = _n.div(first, _n.add(_n.sqrt(second), self.epsilon))
        length, reach = float(_n.norm(way)), float(_n.norm(v._store.cell))
        ratio = reach / length if length > 0 and reach > 0 else 1.0
        v._put(_n.sub(v._store.cell, _n.mul(way, ratio * rate)), False)


_NAMED = {
    c.__name__.lower(): c
    for c in (SGD, Adam, AdamW, Adamax, Nadam, RMSprop, Adagrad, Adadelta, Lion, Ftrl, Lamb)
}


def get(identifier: Any) -> Optimizer:
    """The optimizer with a name; others stay what they are."""
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, str) and identifier.lower() in _NAMED:
        return _NAMED[identifier.lower()]()
    raise ValueError(f"Could not interpret optimizer identifier: {identifier}")


class legacy:
    """The same optimisers under the names of old."""

    SGD, Adam, RMSprop, Adagrad, Adadelta, Adamax, Nadam = (
        SGD,
        Adam,
        RMSprop,
        Adagrad,
        Adadelta,
        Adamax,
        Nadam,
    )


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    names = [c.__name__ for c in _NAMED.values()] + ["Optimizer", "get", "schedules", "legacy"]
    return missing("wengert.tensorflow.keras.optimizers", names)(name)
