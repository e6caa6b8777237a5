"""Proves that a generated package computes the features the notebook computed, by running it.

Runs in the user's interpreter, in a child process. Uses the package's own `learn` and `transform`, and compares with matrices that the
notebook itself made. Numbers must be equal; only where the same rows in another batch give another last digit (matrix products) a
relative tolerance is used, and then the proof says so.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

ONE_ROW_SAMPLES = 40
JSON_ROWS = 60


class Subject(NamedTuple):
    """What the proofs are about, and what they look at it with."""

    features: Any
    raw: pd.DataFrame
    learned: Any
    served: pd.DataFrame
    """Rows that the notebook itself asks its model with, or all that can be transformed."""
    predictor: Any
    """`None` where no model was given."""
    compare: Any
    odd_rows: Any

    def features_of(self, rows: pd.DataFrame) -> Any:
        return self.features.transform(rows, self.learned.state)


def prove_features(
    package: str,
    raw: pd.DataFrame,
    expected: Mapping[str, Any],
    *,
    modules: Callable[[str], Any],
    runtime: Any,
    states: Sequence[bytes] = (),
    model: Any = None,
    parameters: Mapping[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """One record `{proof, matrix, applies, same, how, difference}` for each proof, as they are made.

    `difference` is `None` when it holds; a proof about something that the features do not have does not apply, and `how` says why.
    `package` must be importable. `raw` is the raw table of the notebook, `expected` its own matrices by variable name, `model` what it
    fitted with them, `parameters` the values of the pipeline's parameters by their Python names. `modules` gives files of the folder
    above by name; for `states` and `runtime` see `learn_as_run`.
    """
    as_run = modules("features/learn_as_run")
    features = as_run.FeaturesOfRun(importlib.import_module(f"{package}.features"), parameters or {})
    compare = modules("features/compare_matrices")
    if hasattr(features, "ENTITY"):
        yield from modules("features/prove_entities").entity_proofs(features, raw, expected, compare.difference)
        return
    before = raw.copy(deep=True)
    learned = as_run.learn_as_run(features, raw, expected, states, runtime=runtime, compare=compare)
    if hasattr(features, "SERIES"):
        yield from modules("features/prove_history").prove_history(features, raw, learned, compare)
        yield _record("input-unchanged", None, None if raw.equals(before) else "the raw table was changed by learning")
        return
    predictor = None if model is None else importlib.import_module(f"{package}.predict").Predictor(model, learned.state)
    rows = next((matrix.rows for matrix in learned.matrices.values() if matrix.rows is not None), None)
    served = compare.rows_with_labels(raw, rows)
    if served is None:
        served = compare.transformable(features, learned.state, raw)
    subject = Subject(features, raw, learned, served, predictor, compare, modules("features/odd_rows"))
    yield from _notebook_proofs(subject, expected)
    yield from _batch_proofs(subject)
    yield from _label_proofs(subject, runtime)
    yield from subject.odd_rows.category_proofs(subject)
    yield from subject.odd_rows.null_proofs(subject)
    yield from _json_proof(subject)
    yield from modules("features/made_up_rows").made_up_proofs(subject, runtime)
    yield _record("input-unchanged", None, None if raw.equals(before) else "the raw table was changed by learning")


def _notebook_proofs(subject: Subject, expected: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The notebook's own matrices, from learning and from transforming."""
    learned = subject.learned
    if not learned.compared:
        yield _record("same-as-notebook", None, "nothing to compare: none of the notebook's matrices was given")
    for name, how, found in learned.compared:
        yield _record("fit-same-as-notebook", name, found, how)
        yield _transform_proof(subject.features, subject.raw, learned, (name, expected[name]), subject.compare)


def transform_proofs(
    features: Any, raw: pd.DataFrame, learned: Any, expected: Mapping[str, Any], modules: Callable[[str], Any]
) -> Iterator[dict[str, Any]]:
    """Whether serving gives what the model was given: the one proof that a run needs of features that were proven before and may have
    been edited since. One record for each matrix of `expected` that `learned`, which `learn_as_run` gave, was compared with.
    """
    compare = modules("features/compare_matrices")
    names = [name for name, _, _ in learned.compared]
    if hasattr(features, "ENTITY"):
        yield from modules("features/prove_entities").transform_proofs(features, raw, learned, {name: expected[name] for name in names}, compare)
    elif hasattr(features, "SERIES"):
        yield from modules("features/prove_history").transform_proofs(features, raw, learned, compare)
    else:
        for name in names:
            yield _transform_proof(features, raw, learned, (name, expected[name]), compare)


def _transform_proof(features: Any, raw: pd.DataFrame, learned: Any, matrix: tuple[str, Any], compare: Any) -> dict[str, Any]:
    proof = "transform-same-as-notebook"
    name, expected = matrix
    if learned.drawn and learned.steady:
        # Learning again was compared by what `transform` gives.
        _, how, found = next(part for part in learned.compared if part.name == name)
        return _record(proof, name, found, how)
    rows = compare.rows_with_labels(raw, learned.matrices[name].rows)
    try:
        if rows is not None:
            how, found = compare.closeness(features.transform(rows, learned.state), expected)
            return _record(proof, name, found, how)
    except Exception as error:
        return _record(proof, name, f"{type(error).__name__}: {error}")
    try:
        got = features.transform(compare.transformable(features, learned.state, raw), learned.state)
    except Exception as error:
        return _record(proof, name, f"row labels were lost on the way, and not every raw row can be transformed: {error}")
    return _record(proof, name, compare.missing_row(got, expected), how="rows matched by value")


def _batch_proofs(subject: Subject) -> Iterator[dict[str, Any]]:
    """Nothing but a row itself and the state makes its features."""
    rows, taken = subject.served, subject.compare.taken
    before = rows.copy(deep=True)
    whole = subject.features_of(rows)
    changed = not rows.equals(before) or list(rows.columns) != list(before.columns)
    yield _record("rows-given-unchanged", None, "transform changed the rows that it was given" if changed else None)
    count = len(whole) if isinstance(whole, (pd.DataFrame, pd.Series)) else whole.shape[0]
    yield _record("one-feature-row-for-each-row", None, None if count == len(rows) else f"{count} rows of features for {len(rows)} rows")
    if count != len(rows):
        return
    picked = _spread(len(rows), ONE_ROW_SAMPLES)

    def one_by_one() -> Any:
        return subject.compare.stacked([subject.features_of(rows.iloc[[row]]) for row in picked])

    yield _close(subject, "one-row-same-as-batch", None, one_by_one, taken(whole, picked))
    order = np.random.default_rng(0).permutation(len(rows))
    yield _close(subject, "order-does-not-matter", None, lambda: subject.features_of(rows.iloc[order]), taken(whole, order))
    half = np.arange(0, len(rows), 2)
    yield _close(subject, "other-rows-do-not-matter", None, lambda: subject.features_of(rows.iloc[half]), taken(whole, half))
    unserved = [name for name in subject.features.UNSERVED if name in rows.columns]
    if unserved:
        yield _close(subject, "unserved-columns-do-not-matter", None, lambda: subject.features_of(rows.drop(columns=unserved)), whole)
    else:
        yield _not_applicable("unserved-columns-do-not-matter", "every raw column is served")

    def reloaded() -> Any:
        with tempfile.TemporaryDirectory() as directory:
            subject.features.save_state(subject.learned.state, Path(directory))
            return subject.features.transform(rows, subject.features.load_state(Path(directory)))

    yield _close(subject, "state-saved-and-loaded", None, reloaded, whole)


def _label_proofs(subject: Subject, runtime: Any) -> Iterator[dict[str, Any]]:
    """Other labels, the same features: of rows that are asked about, and of what is learned."""
    label = subject.features.LABEL
    if label is None or label not in subject.raw.columns:
        for proof in ("labels-do-not-matter", "labels-are-not-learned"):
            yield _not_applicable(proof, "no column of the raw table is predicted")
        return
    rows = subject.served
    whole = subject.features_of(rows)
    shuffled = rows.assign(**{label: rows[label].to_numpy()[np.random.default_rng(1).permutation(len(rows))]})
    found = _close(subject, "labels-do-not-matter", None, lambda: subject.features_of(shuffled), whole)
    if found["same"]:
        found = _close(subject, "labels-do-not-matter", None, lambda: subject.features_of(rows.drop(columns=[label])), whole)
    yield found
    yield _learning_proof(subject, label, whole, runtime)


def _learning_proof(subject: Subject, label: str, whole: Any, runtime: Any) -> dict[str, Any]:
    """Learns from shuffled labels. What gives the same features then has learned nothing of them, whichever rows it was trained with; other
    features are right where the labels choose the training rows, or a selector is fitted with them.
    """
    proof, learned = "labels-are-not-learned", subject.learned
    supervised = next((type(part).__name__ for part in _parts(learned.state) if _takes_labels(part)), None)
    if supervised is not None:
        return _not_applicable(proof, f"{supervised} is fitted with the labels")
    order = np.random.default_rng(2).permutation(len(subject.raw))
    shuffled = subject.raw.assign(**{label: subject.raw[label].to_numpy()[order]})
    outside = runtime.random_state()
    # A split without a seed of its own draws the same rows again.
    runtime.restore_random_state(learned.before)
    try:
        state, matrices = subject.features.learn(shuffled)
    except Exception as error:
        return _not_applicable(proof, f"shuffled labels cannot be learned from ({type(error).__name__}: {error})")
    finally:
        runtime.restore_random_state(outside)
    found = _close(subject, proof, None, lambda: subject.features.transform(subject.served, state), whole)
    if found["same"]:
        return found
    other = _other_rows(learned, matrices)
    return found if other is None else _not_applicable(proof, other)


def _other_rows(learned: Any, matrices: Mapping[str, Any]) -> str | None:
    """Why other rows were trained with, or may have been; `None` where they are the same."""
    if learned.drawn and learned.steady:
        # Its matrices are those of another draw.
        return "the split has no seed of its own"
    for name, matrix in learned.matrices.items():
        rows, others = matrix.rows, matrices[name].rows
        if rows is None or others is None:
            return "it is not known which rows are trained with"
        if not rows.equals(others):
            return "the labels say which rows are trained with"
    return None


def _parts(state: Any) -> Iterator[Any]:
    """Fitted objects of the state, and those that they are made of."""
    pending = list(vars(state).values())
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            pending.extend(value.values())
        elif isinstance(value, (list, tuple)):
            pending.extend(value)
        elif hasattr(value, "get_params") and not isinstance(value, type):
            yield value
            pending.extend(part for part in value.get_params(deep=True).values() if hasattr(part, "fit"))


def _takes_labels(part: Any) -> bool:
    import inspect

    if type(part).__module__.startswith("sklearn.feature_selection") and type(part).__name__ != "VarianceThreshold":
        return True
    target = inspect.signature(part.fit).parameters.get("y") if hasattr(part, "fit") else None
    # A LabelEncoder has nothing but `y`, whatever column it is given.
    return target is not None and target.default is inspect.Parameter.empty and "X" in inspect.signature(part.fit).parameters


def _json_proof(subject: Subject) -> Iterator[dict[str, Any]]:
    """Rows as requests bring them: whole numbers for floats, text for times, nothing but objects and null."""
    rows = subject.served.iloc[_spread(len(subject.served), JSON_ROWS)]
    rows = rows.drop(columns=[name for name in subject.features.UNSERVED if name in rows.columns])
    whole = subject.features_of(rows)
    records = [{name: _as_json(value) for name, value in record.items()} for record in rows.to_dict(orient="records")]
    objects = pd.DataFrame(records, dtype=object, columns=rows.columns)
    found = _close(subject, "as-json-same", None, lambda: subject.features_of(objects), whole)

    def one_by_one() -> Any:
        return subject.compare.stacked([subject.features_of(pd.DataFrame([record])) for record in records])

    yield _close(subject, "as-json-same", None, one_by_one, whole) if found["same"] else found


def _as_json(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float):
        return None if np.isnan(value) else int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value.isoformat() if isinstance(value, pd.Timestamp) else value


def _spread(rows: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(int))


def _close(subject: Subject, proof: str, name: str | None, make: Callable[[], Any], expected: Any) -> dict[str, Any]:
    try:
        how, found = subject.compare.closeness(make(), expected)
    except Exception as error:
        return _record(proof, name, f"{type(error).__name__}: {error}")
    return _record(proof, name, found, how)


def _record(proof: str, matrix: str | None, found: str | None, how: str = "exact") -> dict[str, Any]:
    return {"proof": proof, "matrix": matrix, "applies": True, "same": found is None, "how": how, "difference": found}


def _not_applicable(proof: str, because: str) -> dict[str, Any]:
    return {"proof": proof, "matrix": None, "applies": False, "same": True, "how": because, "difference": None}
