"""`tf.train`: variables written to files and read from them.

>>> import tempfile, wengert.tensorflow as tf
>>> v = tf.Variable(1.0)
>>> path = tf.train.Checkpoint(v=v).save(tempfile.mkdtemp() + "/ckpt")
>>> v.assign(5.0).numpy(), tf.train.Checkpoint(v=v).restore(path) is not None, v.numpy()
(np.float32(5.0), True, np.float32(1.0))
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from wengert.tensorflow._module import Module
from wengert.tensorflow._variable import Variable
from wengert.tensorflow.errors import NotFoundError


def _found(prefix: str, value: Any, into: dict[str, Variable]) -> None:
    """The variables in an object, by the way to them."""
    if isinstance(value, Variable):
        into[prefix] = value
    elif isinstance(value, (list, tuple)):
        for i, each in enumerate(value):
            _found(f"{prefix}/{i}", each, into)
    elif isinstance(value, dict):
        for key, each in value.items():
            _found(f"{prefix}/{key}", each, into)
    elif isinstance(value, Module):
        for i, each in enumerate(value.variables):
            _found(f"{prefix}/{i}", each, into)
    elif isinstance(getattr(value, "variables", None), (list, tuple)):
        _found(prefix, list(value.variables), into)


class Status:
    """What `restore` gives: which variables were there."""

    def __init__(self, missed: list[str]) -> None:
        self._missed = missed

    def assert_consumed(self) -> Status:
        """Raises AssertionError if something was not found."""
        if self._missed:
            raise AssertionError(f"not found in the checkpoint: {self._missed}")
        return self

    assert_existing_objects_matched = assert_consumed

    def expect_partial(self) -> Status:
        """Itself."""
        return self


class Checkpoint:
    """Variables, modules, models and optimisers under names, that can be saved and restored together."""

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        self._objects = ({"root": root} if root is not None else {}) | kwargs
        self.save_counter = Variable(0, trainable=False, name="save_counter")
        for name, value in kwargs.items():
            setattr(self, name, value)

    def _variables(self) -> dict[str, Variable]:
        found: dict[str, Variable] = {}
        for name, value in self._objects.items():
            _found(name, value, found)
        return found

    def write(self, file_prefix: Any, options: Any = None) -> str:
        """Writes the variables; gives the path."""
        path = os.fspath(file_prefix)
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(f"{path}.npz", "wb") as file:
            np.savez(file, **{name: variable.numpy() for name, variable in self._variables().items()})
        return path

    def save(self, file_prefix: Any, options: Any = None) -> str:
        """Writes the variables under a path with a number that grows; gives the path."""
        self.save_counter.assign_add(1)
        path = self.write(f"{os.fspath(file_prefix)}-{int(self.save_counter)}")
        with open(os.path.join(os.path.dirname(path) or ".", "checkpoint"), "w", encoding="utf-8") as file:
            json.dump({"latest": os.path.basename(path)}, file)
        return path

    def restore(self, save_path: Any, options: Any = None) -> Status:
        """Gives the variables the values of a file."""
        if save_path is None:
            return Status([])
        path = f"{os.fspath(save_path)}.npz"
        if not os.path.exists(path):
            raise NotFoundError(
                f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {save_path}"
            )
        missed = []
        with np.load(path) as stored:
            for name, variable in self._variables().items():
                if name in stored.files:
                    variable.assign(stored[name])
                else:
                    missed.append(name)
        return Status(missed)

    read = restore


class CheckpointManager:
    """Saves checkpoints in a folder and keeps the last ones."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: Any,
        max_to_keep: int | None = 5,
        checkpoint_name: str = "ckpt",
    ) -> None:
        self.checkpoint, self.directory = checkpoint, os.fspath(directory)
        self._kept, self._name, self.checkpoints = max_to_keep, checkpoint_name, list[str]()

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the last one."""
        return latest_checkpoint(self.directory)

    def save(self, checkpoint_number: Any = None, check_interval: bool = True, options: Any = None) -> str:
        """Saves one more."""
        self.checkpoints.append(self.checkpoint.save(os.path.join(self.directory, self._name)))
        while self._kept and len(self.checkpoints) > self._kept:
            os.remove(f"{self.checkpoints.pop(0)}.npz")
        return self.checkpoints[-1]


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """The path of the last checkpoint in a folder, or None."""
    try:
        with open(
            os.path.join(os.fspath(checkpoint_dir), latest_filename or "checkpoint"), encoding="utf-8"
        ) as file:
            return os.path.join(os.fspath(checkpoint_dir), json.load(file)["latest"])
    except FileNotFoundError:
        return None


def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """The names and shapes of what a checkpoint holds."""
    path = os.fspath(ckpt_dir_or_file)
    with np.load(f"{latest_checkpoint(path) if os.path.isdir(path) else path}.npz") as stored:
        return [(name, list(stored[name].shape)) for name in stored.files]


def __getattr__(name: str) -> Any:
    from wengert._names import missing

    provided = ["Checkpoint", "CheckpointManager", "latest_checkpoint", "list_variables"]
    return missing("wengert.tensorflow.train", provided)(name)
