"""The target that the model of a run was fitted on, found by repeating its step without the fitting.

Every ``fit`` that the pipeline's own code calls on something that predicts is noted instead of
done. The object that the step then returns as the model tells which of them was the model's.
Where the step cannot go on without a fitted model, what was noted until there counts only if
nothing else can have been fitted. What is not certain is refused with the reason.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

OURS = str(Path(__file__).resolve().parent)
LOOPS = (
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


class NoTarget(Exception):
    """It cannot be told what the model was fitted on, with the reason."""


class Fit(NamedTuple):
    """A call of ``fit`` by the pipeline's own code."""

    estimator: Any
    target: Any
    weights: Any
    file: str
    line: int
    is_direct: bool
    """Whether the step's function itself called it, not a function that may be called again."""


def training_target(
    call: Callable[[], Any], model: Any, place: int | None, folders: list[Path]
) -> Fit:
    """The fit of the model that ``call``, a step without its arguments, makes.

    ``model`` is what it made in the run, and ``place`` where among what it returns, or ``None``
    when it returns the model alone. ``folders`` hold the pipeline's own code.
    """
    with _noted_fits(model, folders) as fits:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - the step may need what was not fitted
            return _of_broken_step(fits, model, error, folders)
    made = result if place is None else result[place]
    own = [fit for fit in fits if fit.estimator is made]
    if not own:
        raise NoTarget(
            f"the step that makes the model does not call fit of the {type(made).__name__} it returns"
        )
    return _checked(own[-1])


def _checked(fit: Fit) -> Fit:
    if fit.target is None:
        raise NoTarget(f"{type(fit.estimator).__name__} was fitted without a target")
    if not hasattr(fit.target, "__len__"):
        raise NoTarget(f"the training target is a {type(fit.target).__name__}")
    return fit


def _of_broken_step(fits: list[Fit], model: Any, error: Exception, folders: list[Path]) -> Fit:
    own = [fit for fit in fits if _makes(fit.estimator, model)]
    if len(own) != 1:
        raise NoTarget(
            "the step that makes the model cannot be followed without fitting "
            f"({type(error).__name__}: {error})"
        )
    (fit,) = own
    lines = [
        frame.lineno or 0
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == fit.file and _is_own(frame.filename, folders)
    ]
    if not (fit.is_direct and lines and _is_last_fit(fit, max(lines))):
        raise NoTarget("the step that makes the model fits several, or fits it several times")
    return _checked(fit)


def _makes(estimator: Any, model: Any) -> bool:
    """Whether fitting the estimator gives such a model: itself, or the best of a search."""
    if type(estimator) is type(model):
        return True
    return type(getattr(estimator, "estimator", None)) is type(model)


def _is_last_fit(fit: Fit, line: int) -> bool:
    """Whether the text calls ``fit`` in this place only once, and nowhere below what raised."""
    tree = ast.parse(Path(fit.file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        loops = isinstance(node, LOOPS)
        last = getattr(node, "end_lineno", None)
        if loops and last is not None and getattr(node, "lineno", 0) <= fit.line <= last:
            return False
        is_fit = isinstance(node, ast.Call) and getattr(node.func, "attr", "").startswith("fit")
        if is_fit and getattr(node, "lineno", 0) > line:
            return False
    return True


@contextlib.contextmanager
def _noted_fits(model: Any, folders: list[Path]) -> Iterator[list[Fit]]:
    fits: list[Fit] = []
    changed = [(owner, owner.__dict__["fit"]) for owner in _fitting_classes(model, folders)]
    try:
        for owner, fit in changed:
            type.__setattr__(owner, "fit", _noting(fit, fits, folders))
        yield fits
    finally:
        for owner, fit in changed:
            type.__setattr__(owner, "fit", fit)


def _fitting_classes(model: Any, folders: list[Path]) -> list[type]:
    """Classes that define ``fit``: scikit-learn's and its like, and the pipeline's own."""
    found: dict[type, None] = {}
    waiting = [owner for owner in type(model).__mro__ if owner is not object]
    base = sys.modules.get("sklearn.base")
    if base is not None:
        waiting.append(base.BaseEstimator)
    for module in list(sys.modules.values()):
        if _is_own(getattr(module, "__file__", None) or "", folders):
            waiting += [each for each in vars(module).values() if isinstance(each, type)]
    seen: set[type] = set()
    while waiting:
        owner = waiting.pop()
        if owner in seen:
            continue
        seen.add(owner)
        waiting += type.__subclasses__(owner)
        if callable(owner.__dict__.get("fit")):
            found[owner] = None
    return list(found)


def _noting(fit: Any, fits: list[Fit], folders: list[Path]) -> Any:
    signature = inspect.signature(fit)

    @functools.wraps(fit)
    def noting(*arguments: Any, **named: Any) -> Any:
        # What does not predict is fitted: the step goes on with what it makes.
        frame = sys._getframe(1)
        predicts = hasattr(type(arguments[0]), "predict")
        if not (predicts and _is_own(frame.f_code.co_filename, folders)):
            return fit(*arguments, **named)
        target, weights = _target_in(signature, arguments, named)
        back = frame.f_back
        is_direct = back is None or not _is_own(back.f_code.co_filename, folders)
        # A copy: what follows may change it in place.
        noted = (copy.copy(target), copy.copy(weights))
        fits.append(Fit(arguments[0], *noted, frame.f_code.co_filename, frame.f_lineno, is_direct))
        return arguments[0]

    return noting


def _target_in(
    signature: inspect.Signature, arguments: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, Any]:
    try:
        bound = signature.bind(*arguments, **named)
    except TypeError:
        return None, None
    bound.apply_defaults()
    values = {**bound.arguments, **bound.arguments.get("kwargs", {})}
    weights = values.get("sample_weight")
    if "y" in values:
        return values["y"], weights
    positional = [
        value
        for (name, value) in bound.arguments.items()
        if signature.parameters[name].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    return (positional[2] if len(positional) > 2 else None), weights


def _is_own(filename: str, folders: list[Path]) -> bool:
    # The cheapest question first: it is asked for every module there is.
    if not any(filename.startswith(f"{folder}{os.sep}") for folder in folders):
        return False
    is_library = {"site-packages", "dist-packages"} & set(Path(filename).parts)
    return not is_library and not filename.startswith(OURS)
