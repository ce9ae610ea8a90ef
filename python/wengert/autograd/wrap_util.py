"""Functions of functions of one argument, made to choose among several."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def get_name(f: Any) -> str:
    """The name of a function, or ``[unknown name]``."""
    return getattr(f, "__name__", "[unknown name]")


def get_doc(f: Any) -> str:
    """The documentation of a function, or nothing."""
    return getattr(f, "__doc__", None) or ""


def wraps(fun: Any, namestr: str = "{fun}", docstr: str = "{doc}", **kwargs: Any) -> Callable[[Any], Any]:
    """Decorator: a name and a documentation made of those of `fun`."""

    def decorate(f: Any) -> Any:
        try:
            f.__name__ = namestr.format(fun=get_name(fun), **kwargs)
            f.__doc__ = docstr.format(fun=get_name(fun), doc=get_doc(fun), **kwargs)
        except (AttributeError, TypeError):  # what has no name that can be set keeps its own
            pass
        return f

    return decorate


def unary_to_nary(unary_operator: Callable[..., Any]) -> Callable[..., Any]:
    """An operator on functions of one argument, for functions of several: ``argnum`` (an int, or a tuple of
    them) says which.

    With a tuple, the operator sees one argument, the tuple of those.
    """

    @functools.wraps(unary_operator)
    def nary_operator(
        fun: Callable[..., Any], argnum: Any = 0, *op_args: Any, **op_kwargs: Any
    ) -> Callable[..., Any]:
        if not isinstance(argnum, (int, tuple, list)):
            raise TypeError(f"argnum must be an int or a tuple of ints, not {argnum!r}")

        def nary(*args: Any, **kwargs: Any) -> Any:
            wanted = [argnum] if isinstance(argnum, int) else list(argnum)
            for number in wanted:
                if not -len(args) <= number < len(args):
                    raise TypeError(
                        f"{get_name(fun)} was given {len(args)} positional arguments; there is no number "
                        f"{number}"
                    )

            def unary(x: Any) -> Any:
                changed = list(args)
                for number, value in zip(wanted, (x,) if isinstance(argnum, int) else x):
                    changed[number] = value
                return fun(*changed, **kwargs)

            unary.__name__ = get_name(fun)
            x = args[argnum] if isinstance(argnum, int) else tuple(args[number] for number in wanted)
            return unary_operator(unary, x, *op_args, **op_kwargs)

        operator = get_name(unary_operator)
        nary.__name__ = nary.__qualname__ = f"{operator}_of_{get_name(fun)}_wrt_argnum_{argnum}"
        nary.__doc__ = (
            f"{operator} of {get_name(fun)} with respect to argument {argnum}; it takes the same arguments."
        )
        return nary

    return nary_operator
