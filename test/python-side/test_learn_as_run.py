"""What is learned again is what the run learned: the split of a notebook without a seed is drawn under the run's own state."""

from __future__ import annotations

import types
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from project import _runtime as runtime
from workside.worker import sibling

learning = sibling("features/learn_as_run")
compare = sibling("features/compare_matrices")

RAW = pd.DataFrame({"age": np.random.default_rng(0).normal(40, 9, 60).round(3)})


class Matrix(NamedTuple):
    values: Any
    rows: pd.Index | None


class State(NamedTuple):
    mean: float


def features(*, fitted: bool = True, labelled: bool = True, seed: int | None = None) -> types.SimpleNamespace:
    """A notebook that splits its rows by the process-wide generator and takes the mean of the training rows, if it is `fitted`."""

    def learn(raw: pd.DataFrame) -> tuple[State, dict[str, Matrix]]:
        if seed is not None:
            np.random.seed(seed)
        order = np.random.permutation(len(raw))
        train, test = raw.iloc[order[:40]], raw.iloc[order[40:]]
        state = State(float(train["age"].mean()) if fitted else 0.0)
        parts = {"X_train": train, "X_test": test}
        return state, {name: Matrix(transform(part, state), part.index if labelled else None) for name, part in parts.items()}

    def transform(rows: pd.DataFrame, state: State) -> Any:
        table = rows.assign(age=rows["age"] - state.mean)
        return table if labelled else table.to_numpy()

    return types.SimpleNamespace(learn=learn, transform=transform)


def run_of(notebook: Any, *draws: int) -> tuple[dict[str, Any], list[bytes]]:
    """Matrices of a run, and the states before its steps; between them as many numbers are drawn."""
    np.random.seed(11)
    states = [runtime.random_state()]
    for count in draws:
        np.random.random(count)
        states.append(runtime.random_state())
    _, matrices = notebook.learn(RAW)
    np.random.seed(99)
    return {name: matrix.values for name, matrix in matrices.items()}, states


def learn(notebook: Any, expected: dict[str, Any], states: list[bytes]) -> Any:
    return learning.learn_as_run(notebook, RAW, expected, states, runtime=runtime, compare=compare)


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("draws", [(), (3,), (3, 700)])
def test_draws_the_split_of_the_run_whichever_step_it_stands_in(labelled: bool, draws: tuple[int, ...]) -> None:
    notebook = features(labelled=labelled)
    expected, states = run_of(notebook, *draws)
    outside = runtime.random_state()
    learned = learn(notebook, expected, states)
    assert [part.difference for part in learned.compared] == [None, None]
    assert learned.drawn
    assert runtime.random_state() == outside


def test_says_where_no_state_gives_what_the_run_gave() -> None:
    expected, states = run_of(features())
    learned = learn(features(), expected, [runtime.random_state()])
    assert all("row 0" in (part.difference or "") or "column" in (part.difference or "") for part in learned.compared)
    assert states


@pytest.mark.parametrize(("known", "says"), [(False, "state is not known"), (True, "no matrix of the run is stored")])
def test_refuses_what_depends_on_a_draw_that_nothing_tells(known: bool, says: str) -> None:
    expected, states = run_of(features())
    given: tuple[dict[str, Any], list[bytes]] = ({}, states) if known else (expected, [])
    with pytest.raises(learning.DrawnError, match=says):
        learn(features(), *given)


@pytest.mark.parametrize("labelled", [True, False])
def test_needs_no_state_where_nothing_is_learned_from_the_split(labelled: bool) -> None:
    notebook = features(fitted=False, labelled=labelled)
    expected, _ = run_of(notebook)
    learned = learn(notebook, expected, [])
    assert [part.difference for part in learned.compared] == [None, None]
    assert learned.steady
    # The rows are those of the run, or not known: never those of a draw of now.
    for name, matrix in learned.matrices.items():
        assert (matrix.rows is None) != labelled
        if labelled:
            assert matrix.rows.tolist() == expected[name].index.tolist()


def test_finds_another_operator_where_nothing_is_learned_from_the_split() -> None:
    expected, _ = run_of(features(fitted=False))
    wrong = features(fitted=False)
    wrong.transform = lambda rows, state: rows.assign(age=rows["age"] + 1)
    learned = learn(wrong, expected, [])
    assert all(part.difference is not None for part in learned.compared)


def test_what_the_lines_seed_themselves_is_drawn_the_same() -> None:
    expected, _ = run_of(features(seed=5))
    assert not any(part.difference for part in learn(features(seed=5), expected, []).compared)
    nothing_stored = learn(features(seed=5), {}, [])
    assert (nothing_stored.drawn, nothing_stored.steady) == (False, True)
