"""Proofs of features that are made per entity: a request brings all rows of an entity, and the answer is given to each of them.

As in `prove_features`, the generated package is run on the notebook's raw table. Entities stand where rows stand there: one alone gives
what it gives among all, other entities change nothing, the order of the rows does not matter.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RTOL = 1e-9
ALONE = 25
"""Entities that are asked about one by one."""

Difference = Callable[..., str | None]


def entity_proofs(features: Any, raw: pd.DataFrame, expected: Mapping[str, Any], difference: Difference) -> list[dict[str, Any]]:
    """One record for each proof. `difference(got, expected, rtol)` says where two matrices differ, `None` when they are equal."""
    before = raw.copy(deep=True)
    state, matrices = features.learn(raw)
    proofs: list[dict[str, Any]] = []
    compared = [name for name in matrices if name in expected]
    if not compared:
        proofs.append(_record("same-as-notebook", None, "nothing to compare: none of the notebook's matrices was given"))
    served = answerable(features, state, raw)
    for name in compared:
        proofs.append(_record("fit-same-as-notebook", name, difference(matrices[name].values, expected[name])))
        proofs.append(_transform_proof(features, state, served, (name, matrices[name].entities, expected[name]), difference))
    proofs.extend(_batch_proofs(features, state, served, difference))
    proofs.extend(_key_proofs(features, state, served))
    proofs.append(_record("input-unchanged", None, None if raw.equals(before) else "the raw table was changed"))
    return proofs


def transform_proofs(
    features: Any, raw: pd.DataFrame, learned: Any, expected: Mapping[str, Any], compare: Any
) -> Iterator[dict[str, Any]]:
    """Whether serving gives what was learned with, entity by entity; a record for each matrix of `expected`."""
    served = answerable(features, learned.state, raw)
    for name, values in expected.items():
        yield _transform_proof(features, learned.state, served, (name, learned.matrices[name].entities, values), compare.difference)


def answerable(features: Any, state: Any, raw: pd.DataFrame) -> pd.DataFrame:
    """Rows of all entities that features can be made for; rows of nobody and of entities without a usable row are left out."""
    rows = raw[raw[features.ENTITY].notna()]
    try:
        features.transform(rows, state)
    except Exception as error:
        lost = getattr(error, "rows", None)
        if lost is None:
            raise
        return rows[~np.isin(np.arange(len(rows)), lost)]
    return rows


def _transform_proof(
    features: Any, state: Any, served: pd.DataFrame, matrix: tuple[str, Any, Any], difference: Difference
) -> dict[str, Any]:
    """Entity by entity where the matrix says which is which; by value where it does not."""
    proof = "transform-same-as-notebook"
    name, entities, expected = matrix
    keys = pd.Index(served[features.ENTITY])
    try:
        got = features.transform(served, state)
    except Exception as error:
        return _record(proof, name, f"{type(error).__name__}: {error}")
    if entities is not None and entities.is_unique and entities.isin(keys).all():
        first = pd.Series(np.arange(len(keys)), index=keys).groupby(level=0).first()
        return _close(proof, name, lambda: _taken(got, first.loc[entities].to_numpy()), expected, difference)
    once = np.flatnonzero(~keys.duplicated())
    return _record(proof, name, _missing(_taken(got, once), expected), how="entities matched by value")


def _batch_proofs(features: Any, state: Any, rows: pd.DataFrame, difference: Difference) -> Iterator[dict[str, Any]]:
    whole = features.transform(rows, state)
    count = np.shape(whole)[0]
    yield _record("one-answer-for-each-row", None, None if count == len(rows) else f"{count} rows of features for {len(rows)} rows")
    if count != len(rows):
        return
    places = [np.asarray(at) for at in rows.groupby(features.ENTITY, sort=False).indices.values()]
    picked = [places[at] for at in np.unique(np.linspace(0, len(places) - 1, min(len(places), ALONE)).astype(int))]

    def one_by_one() -> Any:
        return _stacked([features.transform(rows.iloc[at], state) for at in picked])

    yield _close("one-entity-same-as-batch", None, one_by_one, _taken(whole, np.concatenate(picked)), difference)
    order = np.random.default_rng(0).permutation(len(rows))
    yield _close("order-does-not-matter", None, lambda: features.transform(rows.iloc[order], state), _taken(whole, order), difference)
    half = np.sort(np.concatenate(places[::2]))
    yield _close("other-entities-do-not-matter", None, lambda: features.transform(rows.iloc[half], state), _taken(whole, half), difference)
    unserved = [name for name in features.UNSERVED if name in rows.columns]
    without = rows.drop(columns=unserved)
    yield _close("unserved-columns-do-not-matter", None, lambda: features.transform(without, state), whole, difference)

    def reloaded() -> Any:
        with tempfile.TemporaryDirectory() as directory:
            features.save_state(state, Path(directory))
            return features.transform(rows, features.load_state(Path(directory)))

    yield _close("state-saved-and-loaded", None, reloaded, whole, difference)


def _key_proofs(features: Any, state: Any, rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """A row of nobody is refused, and so is a request that does not say whose rows it brings."""
    few = rows.iloc[:2]
    keys = few[features.ENTITY].astype(object).copy()
    keys.iloc[-1] = None
    yield _refused("null-entity-is-refused", lambda: features.transform(few.assign(**{features.ENTITY: keys}), state), features.ENTITY)
    yield _refused("missing-entity-is-refused", lambda: features.transform(few.drop(columns=[features.ENTITY]), state), features.ENTITY)


def _refused(proof: str, work: Callable[[], Any], column: str) -> dict[str, Any]:
    try:
        work()
    except Exception as error:
        named = getattr(error, "column", None)
        return _record(proof, None, None if named == column else f"the refusal names column {named!r}: {type(error).__name__}: {error}")
    return _record(proof, None, "it was answered")


def _close(proof: str, name: str | None, make: Callable[[], Any], expected: Any, difference: Difference) -> dict[str, Any]:
    try:
        got = make()
    except Exception as error:
        return _record(proof, name, f"{type(error).__name__}: {error}")
    exact = difference(got, expected)
    if exact is None or difference(got, expected, RTOL) is not None:
        return _record(proof, name, exact)
    return _record(proof, name, None, how=f"float, rtol {RTOL}")


def _record(proof: str, matrix: str | None, found: str | None, how: str = "exact") -> dict[str, Any]:
    return {"proof": proof, "matrix": matrix, "applies": True, "same": found is None, "how": how, "difference": found}


def _taken(matrix: Any, rows: np.ndarray) -> Any:
    return matrix.iloc[rows] if isinstance(matrix, (pd.DataFrame, pd.Series)) else matrix[rows]


def _stacked(parts: list[Any]) -> Any:
    if isinstance(parts[0], (pd.DataFrame, pd.Series)):
        return pd.concat(parts)
    return np.concatenate([_dense(part) for part in parts])


def _dense(matrix: Any) -> np.ndarray:
    return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)


def _missing(got: Any, expected: Any) -> str | None:
    """A row of the notebook's matrix that no entity has."""
    have: dict[bytes, int] = {}
    for row in _dense(got).astype(float):
        key = (row + 0.0).tobytes()
        have[key] = have.get(key, 0) + 1
    for at, row in enumerate(_dense(expected).astype(float)):
        key = (row + 0.0).tobytes()
        if have.get(key, 0) == 0:
            return f"row {at} of the notebook's matrix is that of no entity"
        have[key] -= 1
    return None
