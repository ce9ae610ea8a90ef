"""The exceptions of `tf.errors`.

>>> issubclass(InvalidArgumentError, OpError)
True
"""

from __future__ import annotations

from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15


class OpError(Exception):
    """What all errors of operations have in common: a message and a code.

    Takes either the message alone, or TensorFlow's `(node_def, op, message)`.
    """

    _code = UNKNOWN

    def __init__(self, *args: Any) -> None:
        if len(args) >= 3:
            self.node_def, self.op, self.message = args[:3]
        else:
            self.node_def = self.op = None
            self.message = args[0] if args else ""
        super().__init__(self.message)

    @property
    def error_code(self) -> int:
        """The number of the kind of error."""
        return self._code

    @property
    def experimental_payloads(self) -> dict[str, bytes]:
        """Nothing: there is no further information."""
        return {}


class CancelledError(OpError):
    """An operation was cancelled."""

    _code = CANCELLED


class UnknownError(OpError):
    """An error of no known kind."""

    _code = UNKNOWN


class InvalidArgumentError(OpError):
    """Shapes, dtypes or values that do not go together."""

    _code = INVALID_ARGUMENT


class NotFoundError(OpError):
    """Something asked for is not there."""

    _code = NOT_FOUND


class AlreadyExistsError(OpError):
    """Something to be made is there already."""

    _code = ALREADY_EXISTS


class ResourceExhaustedError(OpError):
    """Memory, or another resource, has run out."""

    _code = RESOURCE_EXHAUSTED


class FailedPreconditionError(OpError):
    """The state does not allow the operation."""

    _code = FAILED_PRECONDITION


class OutOfRangeError(OpError):
    """An iteration has come to its end."""

    _code = OUT_OF_RANGE


class UnimplementedError(OpError):
    """The operation is not provided."""

    _code = UNIMPLEMENTED


class InternalError(OpError):
    """An invariant is broken."""

    _code = INTERNAL


class DataLossError(OpError):
    """Data cannot be read any more."""

    _code = DATA_LOSS
