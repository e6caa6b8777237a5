"""Mutants of a Python file: the same text with one small mistake each, as a person might make it.

Reads a file, prints a JSON list of ``{operator, line, before, after, start, end, text}``; replacing
characters ``start`` to ``end`` of the file by ``text`` gives the mutant. Only what runs is
changed: no docstrings, annotations, imports, or defaults of parameters that the runner always
passes. Every mutant compiles and differs from the original as a syntax tree.

Standard library only. Same file, same list.
"""

from __future__ import annotations

import ast
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

BINARY = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "/",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.MatMult: "*",
}
COMPARE = {
    ast.Lt: (">=", "<="),
    ast.LtE: (">", "<"),
    ast.Gt: ("<=", ">="),
    ast.GtE: ("<", ">"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
SIBLINGS = {
    "mean": "median",
    "median": "mean",
    "min": "max",
    "max": "min",
    "sum": "mean",
    "any": "all",
    "all": "any",
    "head": "tail",
    "tail": "head",
    "first": "last",
    "ffill": "bfill",
    "bfill": "ffill",
    "std": "var",
    "log": "log1p",
    "log1p": "log",
    "fit_transform": "fit",
    "predict_proba": "predict",
    "isna": "notna",
    "notna": "isna",
    "nlargest": "nsmallest",
    "idxmax": "idxmin",
    "rolling": "expanding",
    "cumsum": "cumprod",
}

Edit = tuple[str, int, int, str]


class Source:
    """Text with the character offsets of its syntax nodes, which the parser counts in bytes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        own = self.lines[line - 1] if line <= len(self.lines) else ""
        return self.starts[line - 1] + len(own.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        at = node  # every node that is asked for has a place
        start = self.offset(at.lineno, at.col_offset)  # type: ignore[attr-defined]
        end = self.offset(at.end_lineno, at.end_col_offset)  # type: ignore[attr-defined]
        return start, end

    def of(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end]


def mutants(text: str) -> list[dict[str, object]]:
    """All mutants, by place in the file."""
    source = Source(text)
    tree = ast.parse(text)
    original = ast.dump(tree)
    found = []
    for operator, start, end, new in _edits(source, tree):
        mutated = text[:start] + new + text[end:]
        try:
            if ast.dump(ast.parse(mutated)) == original:
                continue
            compile(mutated, "<mutant>", "exec")
        except (SyntaxError, ValueError):
            continue
        line = text.count("\n", 0, start) + 1
        found.append(
            {
                "operator": operator,
                "line": line,
                "before": text[start:end],
                "after": new,
                "start": start,
                "end": end,
                "text": new,
            }
        )
    return sorted(found, key=lambda mutant: (mutant["start"], mutant["end"], str(mutant["text"])))


def _edits(source: Source, tree: ast.Module) -> Iterator[Edit]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _of_body(source, node.body)
        elif isinstance(node, (ast.Assign, ast.AugAssign)):
            yield from _of_expressions(source, node)


def _of_body(source: Source, body: list[ast.stmt]) -> Iterator[Edit]:
    for at, node in enumerate(body):
        if at == 0 and _is_text(node):
            continue
        yield from _of_statement(source, node)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _of_statement(source: Source, node: ast.stmt) -> Iterator[Edit]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield from _of_body(source, node.body)
        return
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)):
        return
    if isinstance(node, ast.Return):
        value = node.value
        if isinstance(value, ast.Tuple) and len(value.elts) > 1:
            yield from _swapped("return-exchanged", source, value.elts[0], value.elts[1])
        elif value is not None and not isinstance(value, ast.Name):
            start, end = source.span(value)
            yield "return-nothing", start, end, "None"
    elif not isinstance(node, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
        start, end = source.span(node)
        yield _dropped(node), start, end, "pass"
    for inner in ("body", "orelse", "finalbody"):
        yield from _of_body(
            source, [s for s in getattr(node, inner, []) if isinstance(s, ast.stmt)]
        )
    for handler in getattr(node, "handlers", []):
        yield from _of_body(source, handler.body)
    if isinstance(node, (ast.If, ast.While)):
        start, end = source.span(node.test)
        yield "condition-negated", start, end, f"not ({source.of(node.test)})"
    if isinstance(node, ast.AugAssign):
        yield from _binary(source, node, node.target, node.op, node.value, "=")
    yield from _of_expressions(source, node)


def _dropped(node: ast.stmt) -> str:
    """The call that repeats the notebook's settings is a line of ours, and is told apart."""
    ours = ("apply_settings()", "apply_all_settings()")
    return "settings-dropped" if ast.unparse(node) in ours else "statement-dropped"


def _of_expressions(source: Source, statement: ast.stmt) -> Iterator[Edit]:
    skipped: set[int] = set()
    if isinstance(statement, ast.AnnAssign):
        skipped.add(id(statement.annotation))
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if id(node) in skipped or (node is not statement and isinstance(node, ast.stmt)):
            continue
        if isinstance(node, ast.ExceptHandler):
            continue
        # Places inside f-strings are only known from Python 3.12 on.
        if isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12):
            continue
        if isinstance(node, ast.JoinedStr):
            waiting += [part for part in node.values if isinstance(part, ast.FormattedValue)]
            continue
        if isinstance(node, ast.FormattedValue):
            waiting.append(node.value)
            continue
        yield from _of_expression(source, node)
        waiting += list(ast.iter_child_nodes(node))


def _of_expression(source: Source, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Constant):
        yield from _constant(source, node)
    elif isinstance(node, ast.BinOp):
        yield from _binary(source, node, node.left, node.op, node.right, "")
    elif isinstance(node, ast.BoolOp):
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        between = _between(source, node.values[0], node.values[1])
        at = source.text.find(word, *between)
        if at != -1:
            yield "boolean-swapped", at, at + len(word), other
    elif isinstance(node, ast.Compare):
        yield from _compare(source, node)
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        start, end = source.span(node)
        yield "unary-removed", start, end, f"({source.of(node.operand)})"
    elif isinstance(node, ast.IfExp):
        yield from _swapped("branches-exchanged", source, node.body, node.orelse)
    elif isinstance(node, ast.Call):
        yield from _call(source, node)
    elif isinstance(node, ast.Attribute) and node.attr in SIBLINGS:
        _, end = source.span(node)
        yield "method-exchanged", end - len(node.attr), end, SIBLINGS[node.attr]


def _constant(source: Source, node: ast.Constant) -> Iterator[Edit]:
    start, end = source.span(node)
    value = node.value
    if isinstance(value, bool):
        yield "constant-changed", start, end, str(not value)
    elif isinstance(value, int):
        yield "constant-changed", start, end, str(value + 1)
        if value > 0:
            yield "constant-changed", start, end, str(value - 1)
    elif isinstance(value, float):
        yield "constant-changed", start, end, repr(value * 1.1 if value else 1.0)
    elif isinstance(value, str) and source.text[start:end].startswith(("'", '"')):
        yield "text-changed", start, end, repr(value + "x")


def _compare(source: Source, node: ast.Compare) -> Iterator[Edit]:
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        start, end = _between(source, left, right)
        for at, new in enumerate(COMPARE[type(operator)]):
            name = "comparison-flipped" if at == 0 else "comparison-shifted"
            written = source.text[start:end]
            around = len(written) - len(written.lstrip(" )")), len(written.rstrip(" ("))
            yield name, start + around[0], start + around[1], new
        left = right


def _binary(
    source: Source, node: ast.AST, left: ast.AST, operator: ast.operator, right: ast.AST, tail: str
) -> Iterator[Edit]:
    new = BINARY.get(type(operator))
    if new is None:
        return
    start, end = _between(source, left, right)
    written = source.text[start:end]
    first = len(written) - len(written.lstrip(" )\n"))
    last = len(written.rstrip(" (\n"))
    yield "operator-exchanged", start + first, start + last, new + tail


def _call(source: Source, node: ast.Call) -> Iterator[Edit]:
    plain = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    if len(plain) >= 2:
        yield from _swapped("arguments-swapped", source, plain[0], plain[1])
    parts = [*node.args, *node.keywords]
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        at = parts.index(keyword)
        start, end = source.span(keyword)
        if at > 0:
            start = source.span(parts[at - 1])[1]
            # A parenthesis that belongs to the argument before stays with it.
            while start < end and source.text[start] != ",":
                start += 1
        elif len(parts) > 1:
            end = source.span(parts[1])[0]
        yield "keyword-removed", start, end, ""
    named = [keyword for keyword in node.keywords if keyword.arg is not None]
    for one, two in itertools.pairwise(named):
        yield from _swapped("arguments-swapped", source, one.value, two.value)


def _swapped(name: str, source: Source, one: ast.AST, two: ast.AST) -> Iterator[Edit]:
    start, middle = source.span(one)
    later, end = source.span(two)
    between = source.text[middle:later]
    if source.of(one) != source.of(two):
        yield name, start, end, source.of(two) + between + source.of(one)


def _between(source: Source, left: ast.AST, right: ast.AST) -> tuple[int, int]:
    return source.span(left)[1], source.span(right)[0]


if __name__ == "__main__":
    print(json.dumps(mutants(Path(sys.argv[1]).read_text(encoding="utf-8"))))
