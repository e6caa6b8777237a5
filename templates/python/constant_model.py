"""A predictor that gives every row the same answer, in the place of a fitted model.

It learns nothing but the target, as scikit-learn's dummies do, and has of the model's ways of
answering only those that the model has: what looks for ``predict_proba`` finds it or does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SEARCHED = "scorer_"
"""What ``GridSearchCV`` and its like score with."""


class NoConstant(Exception):
    """There is no constant answer that could be compared with this model's, with the reason."""


def constant_of(model: Any, target: Any, kind: str | None, weights: Any = None) -> tuple[Any, str]:
    """The predictor, and what it is in words.

    ``kind`` is what the served model answers (``label``, ``number``, ``cluster``), where that is known.
    """
    return _fitted(model, target, weights, _classifies(model, kind), other=False)


def other_constant_of(model: Any, target: Any, kind: str | None) -> Any:
    """A constant predictor with another answer: what stays the same with it does not ask the model."""
    return _fitted(model, target, None, _classifies(model, kind), other=True)[0]


def _classifies(model: Any, kind: str | None) -> bool:
    from sklearn.base import is_classifier, is_regressor

    if kind == "cluster":
        raise NoConstant("a model that finds clusters has no target to learn a constant from")
    with_tags = _quietly(lambda: (is_classifier(model), is_regressor(model))) or (False, False)
    if with_tags[0] or kind == "label":
        return True
    if with_tags[1] or kind == "number":
        return False
    if hasattr(model, "classes_") or hasattr(model, "predict_proba"):
        return True
    raise NoConstant(
        f"whether {type(model).__name__} answers with classes or with numbers is not known"
    )


def _fitted(
    model: Any, target: Any, weights: Any, classifies: bool, *, other: bool
) -> tuple[Any, str]:
    import numpy as np
    from sklearn.dummy import DummyClassifier, DummyRegressor

    values = np.asarray(target)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values.ravel()
    features = np.zeros((len(values), 1))
    if not classifies:
        if values.dtype == object:
            values = values.astype(np.float64)
        constant: dict[str, Any] = {}
        if other:
            constant = {
                "strategy": "constant",
                "constant": values.mean(axis=0) + values.std() + 1.0,
            }
        dummy = _like(model, DummyRegressor)(**constant)
        dummy.fit(features, values, sample_weight=weights)
        return dummy, "always the mean of the training target"
    dummy = _like(model, DummyClassifier)(strategy="prior")
    if other:
        # The shares the other way round: the rarest class is the answer.
        _classes, at = np.unique(values, return_inverse=True)
        counts = np.bincount(at.ravel())
        weights = (counts.max() + counts.min() - counts)[at.ravel()] / counts[at.ravel()]
    dummy.fit(features, values, sample_weight=weights)
    return dummy, "always the most frequent class of the training target"


def _like(model: Any, base: type) -> type:
    """A class of ``base`` with the model's ways of answering."""
    import numpy as np

    members: dict[str, Any] = {"__module__": base.__module__}
    for name in ("predict_proba", "predict_log_proba"):
        if hasattr(base, name) and not hasattr(model, name):
            members[name] = _missing(type(model).__name__, name)
    if hasattr(model, "decision_function"):

        def decision_function(self: Any, rows: Any) -> Any:
            """The logarithms of the shares; of two classes their difference."""
            with np.errstate(divide="ignore"):
                scores = np.log(np.asarray(base.predict_proba(self, rows)))  # type: ignore[attr-defined]
            return scores[:, 1] - scores[:, 0] if scores.shape[1] == 2 else scores

        members["decision_function"] = decision_function
    members["score"] = _scoring(model, base)
    return type(base.__name__, (base,), members)


def _scoring(model: Any, base: type) -> Any:
    """``score`` as the model has it; only scikit-learn's own ways are known to be the same for another model."""
    scorer = _scorer(model)
    if scorer is not None:
        return lambda self, rows, target, *_weights, **_named: scorer(self, rows, target)
    last = _last(model)
    usual = _usual_scores()
    if getattr(type(last), "score", None) in usual and hasattr(base, "score"):
        return base.score
    return _missing(type(last).__name__, "score of the usual kind")


def _usual_scores() -> list[Any]:
    from sklearn.base import ClassifierMixin, RegressorMixin

    return [ClassifierMixin.score, RegressorMixin.score]


def _last(model: Any) -> Any:
    """The step of a pipeline that answers."""
    steps = getattr(model, "steps", None)
    if isinstance(steps, list) and steps and isinstance(steps[-1], tuple):
        return _last(steps[-1][-1])
    return model


def _scorer(model: Any) -> Callable[..., Any] | None:
    """What a search over models scores with."""
    last = _last(model)
    scorer = getattr(last, SEARCHED, None)
    if isinstance(scorer, dict):
        scorer = scorer.get(getattr(last, "refit", None))
    # Without a measure of its own a search asks the model it searched for.
    if scorer is None or type(scorer).__name__ == "_PassthroughScorer":
        return None
    return scorer if callable(scorer) else None


def _missing(owner: str, name: str) -> Any:
    def refuse(_self: Any) -> Any:
        raise AttributeError(f"{owner!r} has no {name}, so its stand-in has none")

    return property(refuse)


def _quietly(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception:  # noqa: BLE001 - classes of the user's own may lack what is asked for
        return None
