"""Shows the metrics of a pipeline run and fails when one misses its threshold. Made by mlops deploy; edits are kept.

    python check_metrics.py --store DIR --run ID [--min NAME=NUMBER] [--max NAME=NUMBER]

Reads the manifests that the steps wrote to DIR/runs/ID. Exit code: 0 all thresholds hold, 1 one does not, 2 there is nothing to check.
Standard library only.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path


def read_metrics(store: Path, run: str) -> dict[str, float] | None:
    """Metrics of all steps by name; None when the run left no manifest."""
    manifests = sorted((store / "runs" / run).glob("*/manifest.json"))
    if not manifests:
        return None
    metrics: dict[str, float] = {}
    for path in manifests:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        for metric in manifest["metrics"]:
            # Numbers that JSON cannot carry travel as "NaN", "Infinity", "-Infinity"; float() reads these.
            metrics[metric["name"]] = float(metric["value"])
    return metrics


def threshold(text: str) -> tuple[str, float]:
    """Reads NAME=NUMBER."""
    name, separator, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not name or not separator or not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"expected NAME=NUMBER, got {text!r}")
    return name, value


def check(metrics: dict[str, float], minima: list[tuple[str, float]], maxima: list[tuple[str, float]]) -> list[str]:
    """One sentence for each threshold that does not hold. A metric that is missing or not a number holds none."""
    unmet: list[str] = []
    for name, least in minima:
        value = metrics.get(name, math.nan)
        if not value >= least:
            unmet.append(f"{name} is {describe(metrics, name)}, must be at least {least:g}")
    for name, most in maxima:
        value = metrics.get(name, math.nan)
        if not value <= most:
            unmet.append(f"{name} is {describe(metrics, name)}, must be at most {most:g}")
    return unmet


def describe(metrics: dict[str, float], name: str) -> str:
    """The value as people read it."""
    return f"{metrics[name]:.6g}" if name in metrics else "missing"


def summary(metrics: dict[str, float], unmet: list[str]) -> str:
    """Markdown for the page of the job."""
    lines = ["| metric | value |", "| --- | ---: |"]
    lines += [f"| {name} | {value:.6g} |" for name, value in sorted(metrics.items())]
    lines += ["", *[f"- **not met:** {sentence}" for sentence in unmet]] if unmet else []
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description="Shows the metrics of a pipeline run and checks thresholds.")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--min", type=threshold, action="append", default=[], dest="minima", metavar="NAME=NUMBER")
    parser.add_argument("--max", type=threshold, action="append", default=[], dest="maxima", metavar="NAME=NUMBER")
    options = parser.parse_args(arguments)
    metrics = read_metrics(options.store, options.run)
    if metrics is None:
        print(f"no manifest in {options.store / 'runs' / options.run}: did the run finish a step?", file=sys.stderr)
        return 2
    unmet = check(metrics, options.minima, options.maxima)
    for name, value in sorted(metrics.items()):
        print(f"{name} = {value:.6g}")
    for sentence in unmet:
        print(f"not met: {sentence}", file=sys.stderr)
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if page:
        with open(page, "a", encoding="utf-8") as file:
            file.write(summary(metrics, unmet))
    return 1 if unmet else 0


if __name__ == "__main__":
    sys.exit(main())
