"""Learns the feature state again as a run of the pipeline learned it, and compares with the matrices of that run.

A notebook may split its rows without a seed of its own; then what is learned depends on the state of the process-wide
generators. A run keeps that state from before each step that draws, so that the same split can be drawn again. Which step
the split stands in needs no guess: under the right state the matrices are those of the run.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

MAX_STATES = 8


class DrawnError(ValueError):
    """What is learned depends on a draw that cannot be repeated here."""


class FeaturesOfRun:
    """The module `features` of a package, which learns with the parameters of a run: what is not given has the notebook's own value."""

    def __init__(self, module: Any, parameters: Mapping[str, Any]) -> None:
        self._module = module
        known = inspect.signature(module.learn).parameters
        self._given = {name: value for name, value in parameters.items() if name in known}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def fit(self, frame: Any) -> Any:
        return self._module.fit(frame, **self._given)

    def learn(self, frame: Any) -> Any:
        return self._module.learn(frame, **self._given)


class Comparison(NamedTuple):
    """A matrix of the run, and where what was learned again differs from it."""

    name: str
    how: str
    difference: str | None


class Learned(NamedTuple):
    """State and matrices as `features.learn` gives them."""

    state: Any
    matrices: dict[str, Any]
    compared: list[Comparison]
    drawn: bool
    """Whether learning draws from the process-wide generators."""
    steady: bool
    """Whether `transform` gives the same for the run's rows whatever is drawn."""
    before: bytes
    """The generators' state under which it was learned."""


def learn_as_run(features: Any, raw: Any, expected: Mapping[str, Any], states: Sequence[bytes], *, runtime: Any, compare: Any) -> Learned:
    """Learns from the run's raw table.

    `expected` holds the run's matrices by their variables' names, `states` the generators' states before its steps that draw;
    `runtime` reads and sets that state, `compare` is the module `compare_matrices`. Raises `DrawnError` where what is learned
    depends on the draw and nothing tells which draw the run's was.
    """
    outside = runtime.random_state()
    try:
        return _learn(features, raw, expected, list(dict.fromkeys(states))[:MAX_STATES], runtime, compare)
    finally:
        runtime.restore_random_state(outside)


def _learn(features: Any, raw: Any, expected: Mapping[str, Any], states: list[bytes], runtime: Any, compare: Any) -> Learned:
    first: Learned | None = None
    for state in states or [runtime.random_state()]:
        runtime.restore_random_state(state)
        learned = _attempt(features, raw, expected, runtime, compare)
        if not learned.drawn or (learned.compared and all(part.difference is None for part in learned.compared)):
            return learned
        first = first or learned
    assert first is not None
    # The generators stand elsewhere now, so that this is another draw.
    other = _attempt(features, raw, {}, runtime, compare)
    if _same_matrices(first, other, compare):
        # The notebook's own lines seed what they draw from.
        return first._replace(drawn=False, steady=True)
    if _gives_the_same(features, raw, first, other, compare):
        return _of_another_draw(features, raw, first, expected, compare)
    if states and first.compared:
        return first
    raise DrawnError(
        "the rows are split without a random_state, what is learned depends on the split, and "
        + ("no matrix of the run is stored that tells which split it was" if states else "the generators' state is not known")
        + "; give the split a random_state"
    )


def _attempt(features: Any, raw: Any, expected: Mapping[str, Any], runtime: Any, compare: Any) -> Learned:
    before = runtime.random_state()
    state, matrices = features.learn(raw)
    drawn = runtime.random_state() != before
    compared = [
        Comparison(name, *compare.closeness(matrix.values, expected[name])) for name, matrix in matrices.items() if name in expected
    ]
    return Learned(state, matrices, compared, drawn, steady=not drawn, before=before)


def _same_matrices(one: Learned, other: Learned, compare: Any) -> bool:
    def rows(matrix: Any) -> list[Any] | None:
        return None if matrix.rows is None else matrix.rows.tolist()

    return bool(one.matrices) and all(
        rows(matrix) == rows(other.matrices[name]) and compare.difference(matrix.values, other.matrices[name].values) is None
        for name, matrix in one.matrices.items()
    )


def _gives_the_same(features: Any, raw: Any, one: Learned, other: Learned, compare: Any) -> bool:
    rows = compare.transformable(features, one.state, raw)
    try:
        return compare.difference(features.transform(rows, one.state), features.transform(rows, other.state)) is None
    except Exception:
        return False


def _of_another_draw(features: Any, raw: Any, drawn: Learned, expected: Mapping[str, Any], compare: Any) -> Learned:
    """The run's own matrices, found among the transformed rows by their labels, else by value: a draw of now has other rows."""
    state = drawn.state
    matrices, compared = {}, []
    for name, matrix in drawn.matrices.items():
        if name not in expected:
            continue
        values, labels = expected[name], None
        rows = compare.rows_with_labels(raw, getattr(values, "index", None))
        how, found = "exact", "rows have no labels"
        if rows is not None:
            how, found = compare.closeness(features.transform(rows, state), values)
        if found is None:
            labels = values.index
        else:
            got = features.transform(compare.transformable(features, state, raw), state)
            how, found = "rows matched by value", compare.missing_row(got, values)
        matrices[name] = matrix._replace(values=values, rows=labels)
        compared.append(Comparison(name, how, found))
    return drawn._replace(matrices=matrices, compared=compared, steady=True)
