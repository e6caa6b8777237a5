"""State that every statement can reach: generators, settings, environment, modules, figures."""

from __future__ import annotations

import contextlib
import importlib.machinery
import os
import random
import sys
import types
from collections.abc import Mapping
from typing import Any

from .settings_in_force import LIBRARIES, described, filter_settings, settings_in_force
from .value_state import is_value, measured_digest

Record = dict[str, Any]


class Ambient:
    """That state, at one moment."""

    def __init__(self) -> None:
        self.python_random = random.getstate()
        self.numpy_random: Any = None
        self.environment = dict(os.environ)
        self.directory = os.getcwd()
        self.options: dict[str, str] = {"sys.path": repr(sys.path)}
        self.modules = len(sys.modules)
        self.filters: list[Any] = []
        self.figures: set[int] = set()

    @classmethod
    def now(cls, places: tuple[str, ...], before: Ambient | None = None) -> Ambient:
        """As it is. In the middle of a cell, large modules count as they were ``before``."""
        ambient = cls()
        ambient.options.update(_local_modules(places, {} if before is None else before.options))
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            ambient.numpy_random = _numpy_state(numpy.random)
            printing = {k: v for k, v in numpy.get_printoptions().items() if k != "formatter"}
            ambient.options["numpy:printoptions"] = repr(printing)
            ambient.options["numpy:errstate"] = repr(numpy.geterr())
        warnings = sys.modules.get("warnings")
        if warnings is not None:
            ambient.filters = list(warnings.filters)
            ambient.options["warnings:filters"] = repr(ambient.filters)
        decimal = sys.modules.get("decimal")
        if decimal is not None:
            context = decimal.getcontext()
            ambient.options["decimal:context"] = repr((context.prec, context.rounding))
        locale = sys.modules.get("locale")
        if locale is not None:
            with contextlib.suppress(Exception):
                ambient.options["locale"] = repr(locale.setlocale(locale.LC_ALL))
        ambient.options.update(_pandas_options())
        matplotlib = sys.modules.get("matplotlib")
        if matplotlib is not None and hasattr(matplotlib, "rcParams"):
            for name, value in dict.items(matplotlib.rcParams):
                if not name.startswith("backend"):
                    ambient.options[f"matplotlib:{name}"] = repr(value)
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and hasattr(pyplot, "get_fignums"):
            ambient.figures = set(pyplot.get_fignums())
        return ambient

    def changes_since(
        self, before: Ambient, only_imports: bool, seed: int, imported_variables: Mapping[str, str]
    ) -> Record:
        # A library that is imported brings its settings along, wherever it is imported; a
        # variable that was not there before and is as an import left it is such a setting.
        names = sorted(
            name
            for name in {*self.environment, *before.environment}
            if self.environment.get(name) != before.environment.get(name)
            and not only_imports
            and not (
                name not in before.environment
                and self.environment.get(name) == imported_variables.get(name)
            )
        )
        imported = self.modules != before.modules
        options = sorted(
            name
            for name, value in self.options.items()
            if name in before.options
            and not only_imports
            and value != before.options[name]
            and not (imported and name == "warnings:filters")
        )
        return {
            "randomPython": self.python_random != before.python_random,
            "randomNumpy": self.numpy_random != (before.numpy_random or _numpy_seeded(seed)),
            "environmentChanged": names,
            "workingDirectoryChanged": self.directory != before.directory,
            "optionsChanged": options,
            "settings": _settings_made(options, names, before.filters) if options or names else {},
            "figures": len(self.figures - before.figures),
        }


class SeedsNumpy:
    """Seeds NumPy's shared generator when it is loaded, before anything can draw from it."""

    GENERATOR = "numpy.random.mtrand"

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def find_spec(self, name: str, path: Any = None, _target: Any = None) -> Any:
        """Told for each module that is imported."""
        if name != self.GENERATOR:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_seed(module: types.ModuleType) -> None:
            execute(module)
            module.seed(self.seed)

        spec.loader.exec_module = execute_and_seed  # type: ignore[method-assign]
        return spec


def _numpy_state(generator: Any) -> Any:
    name, keys, *rest = generator.get_state(legacy=True)
    return (name, keys.tobytes(), *rest)


def _numpy_seeded(seed: int) -> Any:
    """The state that NumPy's shared generator begins with; ``None`` before it is loaded."""
    numpy = sys.modules.get("numpy")
    return None if numpy is None else _numpy_state(numpy.random.RandomState(seed))


def _settings_made(options: list[str], variables: list[str], filters: list[Any]) -> Record:
    """What a statement set, with the values as another process can be compared with them."""
    set_names = [name for name in options if name.partition(":")[0] in LIBRARIES]
    found: Record = settings_in_force(
        [name for name in set_names if name != "warnings:filters"]
        + [f"environ:{name}" for name in variables]
    )
    if "warnings:filters" in options:
        before = {f"warnings:{described(entry)}" for entry in filters}
        after = filter_settings()
        found.update({name: after.get(name) for name in before ^ after.keys()})
    return found


MOST_EACH_TIME = 4_000_000
"""Bytes a module may hold to be looked at after every statement; a larger one is once a cell."""

_large_modules: set[str] = set()


def _local_modules(places: tuple[str, ...], before: Mapping[str, str]) -> dict[str, str]:
    """What the project's own modules hold, by ``module NAME``; ``cell module NAME`` for large ones."""
    found: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or not path.startswith(places):
            continue
        if "site-packages" in path:
            continue
        if name in _large_modules and f"cell module {name}" in before:
            found[f"cell module {name}"] = before[f"cell module {name}"]
            continue
        held = {
            key: value
            for key, value in vars(module).items()
            if is_value(key, value) and not callable(value)
        }
        digest, size = measured_digest(held)
        if digest is None:
            continue
        if name not in _large_modules:
            # Also what made it large is a change.
            found[f"module {name}"] = digest
        if size > MOST_EACH_TIME or name in _large_modules:
            _large_modules.add(name)
            found[f"cell module {name}"] = digest
    return found


def _pandas_options() -> dict[str, str]:
    config = sys.modules.get("pandas._config.config")
    registered = getattr(config, "_global_config", None)
    found: dict[str, str] = {}

    def visit(options: Any, prefix: str) -> None:
        for name, value in options.items():
            if isinstance(value, dict):
                visit(value, f"{prefix}{name}.")
            else:
                found[f"pandas:{prefix}{name}"] = repr(value)

    if isinstance(registered, dict):
        visit(registered, "")
    return found
