"""Break pieces of Python files in small ways, and tell where CPython says the syntax ends.

    python mutate_syntax.py SEED COUNT    # paths on standard input, one a line

Writes ``{"text", "line", "message"}`` a piece; ``line`` is null where it compiles, with
``await`` allowed at the top level as IPython allows it.
"""

from __future__ import annotations

import ast
import json
import random
import re
import sys
import warnings

TOKENS = re.compile(
    r"\s+|\w+|\*\*=?|//=?|<<=?|>>=?|[-+*/%@&|^~<>=!:]=|->|\.\.\.|[^\w\s]", re.ASCII
)
WORDS = """
    return yield await async nonlocal global break continue pass del import from as with if else
    elif for while in is not and or lambda try except finally raise def class assert match case
    type None True False print exec x self * ** = == := : , ( ) [ ] { } . ... ; @ -> ' " \\
    0 1_0 0x 1e 07 1__0 f'{ f'{x!r}' b'' u'' \t ? $ ! ~ += <>
""".split(" ")
WORDS = [word.strip("\n") for word in WORDS if word.strip("\n")]
LONGEST_PIECE = 40


def pieces(text: str) -> list[str]:
    """Statements at the top level that are short enough, alone or with the next."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return []
    lines = text.splitlines(keepends=True)
    if not body:
        return []
    spans = [(node.lineno - 1, node.end_lineno or node.lineno) for node in body]
    found = []
    for (start, end), (_, after) in zip(spans, [*spans[1:], spans[-1]], strict=True):
        for last in {end, after}:
            if last - start <= LONGEST_PIECE:
                found.append("".join(lines[start:last]))
    return found


def mutate(text: str, draw: random.Random) -> str:
    """One small mistake."""
    if draw.random() < 0.25:
        lines = text.splitlines(keepends=True)
        at = draw.randrange(len(lines))
        other = draw.randrange(len(lines))
        way = draw.randrange(5)
        if way == 0:
            del lines[at]
        elif way == 1:
            lines[at], lines[other] = lines[other], lines[at]
        elif way == 2:
            lines[at] = " " * draw.randrange(1, 5) + lines[at]
        elif way == 3:
            lines[at] = lines[at][draw.randrange(1, 5) :]
        else:
            lines.insert(
                at, lines[other].lstrip() if draw.random() < 0.5 else lines[other]
            )
        return "".join(lines)
    tokens = TOKENS.findall(text)
    solid = [at for at, token in enumerate(tokens) if not token.isspace()]
    if not solid:
        return text
    at, other = draw.choice(solid), draw.choice(solid)
    way = draw.randrange(5)
    if way == 0:
        tokens[at] = ""
    elif way == 1:
        tokens[at], tokens[other] = tokens[other], tokens[at]
    elif way == 2:
        tokens[at] = f"{tokens[at]} {draw.choice(WORDS)} "
    elif way == 3:
        tokens[at] = draw.choice(WORDS)
    else:
        tokens[at] = f"{tokens[at]} {tokens[at]}"
    return "".join(tokens)


def verdict(text: str) -> dict[str, object]:
    """Where CPython says that the text ends to be Python."""
    try:
        compile(
            text, "<piece>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
        )
    except SyntaxError as error:
        return {"text": text, "line": error.lineno or 0, "message": error.msg}
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        return {"text": text, "line": 0, "message": str(error)}
    return {"text": text, "line": None, "message": ""}


def main() -> None:
    """See the top of the file."""
    warnings.simplefilter("ignore")
    draw = random.Random(int(sys.argv[1]))
    found: list[str] = []
    for path in sys.stdin:
        try:
            with open(path.rstrip("\n"), encoding="utf-8") as file:
                found += pieces(file.read())
        except (OSError, UnicodeDecodeError):
            continue
    for _ in range(int(sys.argv[2])):
        text = draw.choice(found)
        for _ in range(draw.choice([1, 1, 1, 2])):
            text = mutate(text, draw) or "\n"
        print(json.dumps(verdict(text)))


if __name__ == "__main__":
    main()
