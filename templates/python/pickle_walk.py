"""What loading a pickle would look up, read from its opcodes without loading anything.

A walk keeps the stack, the marks and the memo that the unpickler would have, but of the values
only what decides a name or a length: short texts, numbers, looked-up names, NumPy dtypes and the
placeholders in which joblib announces the bytes of an array. Everything else is ``UNKNOWN``.
Where reader and walk could come apart (a name put together by a call, an array whose size is not
plain, a placeholder used in another way than joblib's own) the walk refuses with the offset.
It never recurses and keeps no more than a bounded part of the file, whatever the file says.
Standard library only; nothing of the file is imported, called or executed.
"""

from __future__ import annotations

import _compat_pickle
import contextlib
import re
from collections.abc import Callable, Sequence
from typing import Any

MOST_STACK = 1 << 22
"""Values on the stack at once; a container has all of its parts there while it is made."""
STEPS_BETWEEN_LOOKS = 1 << 16
"""Opcodes between two looks at how much there is on the stack."""
MOST_MARKS = 1 << 20
"""Containers that are being made at once, each within the one before."""
MOST_REMEMBERED = 1 << 20
"""Remembered values; a text that comes after them cannot be a name any more."""
MOST_FIELDS = 10_000
MOST_NAMES = 10_000
LONGEST_NAME = 255
LONGEST_TUPLE = 16
DEEPEST_TUPLE = 4

UNKNOWN = type("Unknown", (), {"__slots__": ()})()

WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
DTYPE = ("numpy", "dtype")
RECONSTRUCTOR = ("copyreg", "_reconstructor")
WRAPPER_STATE = frozenset(
    ["subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes"]
)
RECONSTRUCTS = frozenset(
    [("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct")]
)
MEMORY_MAPS = frozenset(
    [("numpy", "memmap"), ("numpy.core.memmap", "memmap"), ("numpy._core.memmap", "memmap")]
)
"""They open files when they are called; as the class of an array that is read they do not."""
ARRAY_CLASSES = MEMORY_MAPS | {
    ("numpy", "ndarray"),
    ("numpy", "matrix"),
    ("numpy.matrixlib.defmatrix", "matrix"),
}
CODE = re.compile(r"(?:b1|[iu](?:1|2|4|8)|f(?:2|4|8|12|16)|c(?:8|16|24|32)|O[48]|[Mm]8|[SUV]\d{1,9})")
HAS_OBJECT = 1
"""The bit of a dtype's flags by which NumPy and joblib decide whether elements are pickled."""


class Refusal(Exception):
    """Why a file is not loaded, and where in it."""

    def __init__(self, why: str, offset: int) -> None:
        super().__init__(why)
        self.why = why
        self.offset = offset


class Name:
    """A module and a name in it that the reader looks up."""

    __slots__ = ("held", "pair")

    def __init__(self, pair: tuple[str, str]) -> None:
        self.pair = pair
        self.held = pair in (WRAPPER, DTYPE) or pair in MEMORY_MAPS
        """Whether it may be used only in the one way that the walk understands."""


class Parts:
    """A short tuple. It is not kept in the memo, so nothing that is kept holds other things."""

    __slots__ = ("depth", "held", "values")

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = tuple(values)
        self.depth = 1 + max((one.depth for one in values if type(one) is Parts), default=0)
        self.held = any(is_held(value) for value in self.values)


class Fields:
    """The dictionary of a dtype's fields or of a placeholder; ``done`` once it was used."""

    __slots__ = ("done", "values")

    def __init__(self) -> None:
        self.values: dict[Any, Any] = {}
        self.done = False


class DType:
    """A NumPy dtype; ``size`` is in bytes, and not to be relied on before ``built``."""

    __slots__ = ("built", "has_object", "kind", "size")

    def __init__(self, code: str) -> None:
        self.kind = code[0]
        self.size = int(code[1:]) * (4 if self.kind == "U" else 1)
        self.has_object = self.kind == "O"
        self.built = False


class Wrapper:
    """joblib's placeholder: when its state is set, the reader takes an array from the file."""

    __slots__ = ("done",)
    held = True

    def __init__(self) -> None:
        self.done = False


def is_held(value: Any) -> bool:
    """Whether only certain operations may take the value."""
    return type(value) in (Name, Parts, Wrapper) and bool(value.held)


def find_names(data: Any, *, arrays: bool, at: int = 0) -> dict[tuple[str, str], int]:
    """Every pair that reading ``data`` looks up, with the offset where it does first.

    ``data`` is a mapped file or bytes that hold one pickle or several, from ``at`` on. ``arrays``
    says that joblib reads it: then bytes of arrays lie between opcodes. Raises :class:`Refusal`.
    """
    names: dict[tuple[str, str], int] = {}
    while True:
        at = Walk(data, at, names, arrays=arrays).run()
        if at >= len(data):
            return names


class Walk:
    """One pickle, from ``at`` to its end."""

    def __init__(
        self, data: Any, at: int, names: dict[tuple[str, str], int], *, arrays: bool
    ) -> None:
        self.data = data
        self.size = len(data)
        self.pos = at
        self.start = at
        self.names = names
        self.arrays = arrays
        self.protocol = 0
        self.frame_end = 0
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.memoized = 0
        self.puts = False
        self.remembered = 0

    def run(self) -> int:
        """The offset behind the last opcode."""
        try:
            return self.steps()
        except IndexError:
            raise self.refuse("it ends in the middle, or takes from an empty stack") from None

    def steps(self) -> int:
        data, size, steps = self.data, self.size, STEPS
        while True:
            for _ in range(STEPS_BETWEEN_LOOKS):
                at = self.pos
                if at >= size:
                    raise Refusal("it ends in the middle", at)
                step = steps[data[at]]
                if step is None:
                    raise Refusal(f"no opcode has the number {data[at]}", at)
                self.start = at
                self.pos = at + 1
                if step is stop:
                    self.taken(self.pop())
                    return self.pos
                step(self)
            if len(self.stack) > MOST_STACK or len(self.below) > MOST_MARKS:
                raise self.refuse("it holds more at once than any model does")

    # ------------------------------------------------------------------ reading

    def refuse(self, why: str) -> Refusal:
        return Refusal(why, self.start)

    def skip(self, count: int) -> int:
        """Where these bytes start; the next opcode is behind them."""
        at = self.pos
        if count < 0 or count > self.size - at:
            raise self.refuse("it announces more bytes than there are")
        self.pos = at + count
        return at

    def number(self, size: int, *, signed: bool = False) -> int:
        at = self.skip(size)
        return int.from_bytes(self.data[at : at + size], "little", signed=signed)

    def line(self) -> tuple[int, int]:
        """Where the rest of the line starts and ends."""
        at = self.pos
        end = self.data.find(b"\n", at)
        if end == -1:
            raise self.refuse("it ends in the middle of a line")
        self.pos = end + 1
        return at, end

    def short_line(self) -> str:
        at, end = self.line()
        if end - at > LONGEST_NAME:
            raise self.refuse("a name or number in it is too long")
        try:
            return bytes(self.data[at:end]).decode("utf-8")
        except UnicodeDecodeError:
            raise self.refuse("a name in it is no text") from None

    # -------------------------------------------------------------------- stack

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        return self.stack.pop()

    def top(self) -> Any:
        return self.stack[-1]

    def pop_mark(self) -> list[Any]:
        if not self.below:
            raise self.refuse("it takes a mark that was not set")
        items = self.stack
        self.stack = self.below.pop()
        return items

    def taken(self, *values: Any) -> None:
        """These become part of something that the walk does not look into."""
        for value in values:
            if is_held(value):
                raise self.misused()

    def all_taken(self, values: list[Any]) -> None:
        if not TELLING.isdisjoint(map(type, values)):
            self.taken(*values)

    def misused(self) -> Refusal:
        return self.refuse("it uses NumPy's dtype or joblib's placeholder otherwise than they do")

    def parent(self) -> Any:
        """What the values since the last mark are for."""
        return self.below[-1][-1] if self.below and self.below[-1] else None

    # --------------------------------------------------------------------- memo

    def put(self, index: int) -> None:
        if self.memoized:
            raise self.refuse("it numbers what it remembers in two ways")
        if index > self.pos:
            raise self.refuse("it remembers more than it holds")
        self.puts = True
        self.remember(index)

    def remember(self, index: int) -> None:
        value = self.top()
        kind = type(value)
        if kind in REMEMBERED:
            self.remembered += 1
            if self.remembered <= MOST_REMEMBERED:
                self.memo[index] = value
                return
            if kind is not str:
                raise self.refuse("it remembers more than any model does")
        if self.puts:
            self.memo.pop(index, None)

    def get(self, index: int) -> None:
        value = self.memo.get(index, UNKNOWN)
        if type(value) is Wrapper:
            raise self.misused()
        self.push(value)

    # -------------------------------------------------------------------- names

    def look_up(self, module: str, name: str) -> Name:
        """As ``Unpickler.find_class``, without the import."""
        if not module or not name or not module.isprintable() or not name.isprintable():
            raise self.refuse("it looks up a name that is none")
        pair = (module, name)
        if self.protocol < 3:
            if pair in _compat_pickle.NAME_MAPPING:
                pair = _compat_pickle.NAME_MAPPING[pair]
            elif module in _compat_pickle.IMPORT_MAPPING:
                pair = (_compat_pickle.IMPORT_MAPPING[module], name)
        if pair not in self.names:
            if len(self.names) >= MOST_NAMES:
                raise self.refuse("it looks up more names than any model does")
            self.names[pair] = self.start
        return Name(pair)

    def called(self, callee: Any, arguments: Any) -> Any:
        """What a call gives, as far as the walk knows."""
        if type(callee) is not Name:
            raise self.refuse("it calls something that it did not look up by name")
        parts = arguments.values if type(arguments) is Parts else None
        if callee.pair == DTYPE:
            if not parts or type(parts[0]) is not str or CODE.fullmatch(parts[0]) is None:
                raise self.refuse("it makes a NumPy dtype that cannot be told from its name")
            if any(type(part) not in (bool, int) for part in parts[1:]):
                raise self.misused()
            return DType(parts[0])
        if callee.pair == RECONSTRUCTOR and parts is not None and len(parts) == 3:
            first, base, state = parts
            if type(first) is Name and first.pair == WRAPPER:
                if type(base) is not Name or base.pair != ("builtins", "object") or state is not None:
                    raise self.misused()
                return Wrapper()
        if callee.pair in RECONSTRUCTS and parts:
            first = parts[0]
            if type(first) is not Name or first.pair not in ARRAY_CLASSES:
                self.taken(first)
            self.taken(*parts[1:])
            return UNKNOWN
        self.taken(callee, arguments)
        return UNKNOWN

    def made(self, kind: Any, arguments: Any) -> Any:
        """An object made by its class's ``__new__``."""
        if type(kind) is not Name:
            raise self.refuse("it makes an object of something that it did not look up by name")
        if kind.pair == WRAPPER and type(arguments) is Parts and not arguments.values:
            return Wrapper()
        self.taken(kind, arguments)
        return UNKNOWN

    # ---------------------------------------------------------------- containers

    def tuple_of(self, values: list[Any]) -> Any:
        if len(values) <= LONGEST_TUPLE:
            if Wrapper in map(type, values):
                raise self.misused()
            parts = Parts(values)
            if parts.depth <= DEEPEST_TUPLE:
                return parts
        self.all_taken(values)
        return UNKNOWN

    def new_dictionary(self) -> Any:
        """One that the walk looks into where it decides how many bytes an array has."""
        below = self.stack[-1] if self.stack else None
        if type(below) is Wrapper or type(self.parent()) is DType:
            return Fields()
        return UNKNOWN

    def fill(self, target: Any, pairs: list[Any]) -> None:
        """Sets keys of a dictionary, or of whatever takes them."""
        if type(target) is Fields:
            if target.done or len(pairs) % 2:
                raise self.misused()
            for key, value in zip(pairs[::2], pairs[1::2], strict=True):
                if type(key) is not str or type(value) is Wrapper:
                    raise self.misused()
                target.values[key] = value
            if len(target.values) > MOST_FIELDS:
                raise self.refuse("it gives a NumPy dtype more fields than any has")
            return
        self.extend(target, pairs)

    def extend(self, target: Any, values: list[Any]) -> None:
        if target is not UNKNOWN:
            raise self.refuse("it adds to something that is no container")
        self.all_taken(values)

    # ------------------------------------------------------------------ building

    def build(self) -> None:
        """Sets an object's state; for joblib's placeholders an array is read instead."""
        state = self.pop()
        target = self.top()
        if type(target) is DType:
            self.build_dtype(target, state)
        elif type(target) is Wrapper:
            if type(state) is not Fields or target.done:
                raise self.misused()
            target.done = state.done = True
            self.stack[-1] = UNKNOWN
            self.read_array(state.values)
        elif target is not UNKNOWN:
            raise self.refuse("it changes something that is shared: a class, a function or a text")
        else:
            self.taken(state)

    def build_dtype(self, target: DType, state: Any) -> None:
        """The state must agree with itself: NumPy takes from it what it reads bytes as."""
        parts = state.values if type(state) is Parts else ()
        if target.built or len(parts) not in (8, 9) or parts[0] not in (3, 4):
            raise self.refuse("it gives a NumPy dtype a state that is not plain")
        _version, _order, sub, names, fields, size, _alignment, flags = parts[:8]
        if type(size) is not int or type(flags) is not int:
            raise self.refuse("it gives a NumPy dtype a state that is not plain")
        inner: list[tuple[DType, int, int]] = []
        if target.kind == "V":
            inner = [*self.fields_of(fields), *self.base_of(sub)]
        elif sub is not None or names is not None or fields is not None:
            raise self.refuse("it gives a plain NumPy dtype fields")
        if target.kind in "SUV":
            if not 0 <= size <= 1 << 31:
                raise self.refuse("it gives a NumPy dtype a size that cannot be")
            target.size = size
        for dtype, offset, count in inner:
            if offset < 0 or offset + dtype.size * count > target.size:
                raise self.refuse("a field of a NumPy dtype lies outside of it")
        has_object = target.kind == "O" or any(dtype.has_object for dtype, _, _ in inner)
        if bool(flags & HAS_OBJECT) != has_object:
            raise self.refuse("the flags of a NumPy dtype say something else than its fields")
        target.has_object = has_object
        target.built = True

    def fields_of(self, fields: Any) -> list[tuple[DType, int, int]]:
        """Dtype, offset and count of each field."""
        if fields is None:
            return []
        if type(fields) is not Fields:
            raise self.refuse("it gives a NumPy dtype fields that cannot be told")
        fields.done = True
        found = []
        for value in fields.values.values():
            parts = value.values if type(value) is Parts else ()
            if len(parts) not in (2, 3) or type(parts[1]) is not int or not is_built(parts[0]):
                raise self.refuse("it gives a NumPy dtype fields that cannot be told")
            found.append((parts[0], parts[1], 1))
        return found

    def base_of(self, sub: Any) -> list[tuple[DType, int, int]]:
        """The dtype of which a sub-array has several."""
        if sub is None:
            return []
        parts = sub.values if type(sub) is Parts else ()
        if len(parts) != 2 or not is_built(parts[0]):
            raise self.refuse("it gives a NumPy dtype parts that cannot be told")
        return [(parts[0], 0, self.count_of(parts[1]))]

    def count_of(self, shape: Any) -> int:
        lengths = shape.values if type(shape) is Parts else (shape,)
        count = 1
        for length in lengths:
            if type(length) is not int or length < 0:
                raise self.refuse("the shape of an array is not plain")
            count *= length
            if count >= 1 << 62:
                raise self.refuse("it announces more bytes than there are")
        return count

    def read_array(self, state: dict[str, Any]) -> None:
        """As ``NumpyArrayWrapper.read_array``, without reading it."""
        subclass, dtype, shape = (state.get(key) for key in ("subclass", "dtype", "shape"))
        if not self.arrays:
            raise self.refuse("it is joblib's, but its name does not end in .joblib")
        if state.keys() - WRAPPER_STATE or type(subclass) is not Name:
            raise self.misused()
        if subclass.pair not in ARRAY_CLASSES or not is_built(dtype) or type(shape) is not Parts:
            raise self.misused()
        if self.pos < self.frame_end:
            raise self.refuse("an array begins within a frame")
        count = self.count_of(shape)
        if dtype.has_object:
            self.pos = Walk(self.data, self.pos, self.names, arrays=False).run()
            return
        alignment = state.get("numpy_array_alignment_bytes")
        if alignment is not None:
            if type(alignment) is not int:
                raise self.misused()
            self.skip(self.number(1))
        self.skip(count * dtype.size)


def is_built(value: Any) -> bool:
    return type(value) is DType and value.built


TELLING = frozenset([Name, Parts, Wrapper])
REMEMBERED = frozenset([str, Name, DType, Fields, Wrapper])

# ------------------------------------------------------------------------------ opcodes

Step = Callable[[Walk], None]
STEPS: list[Step | None] = [None] * 256


def opcode(*codes: bytes) -> Callable[[Step], Step]:
    """Declares what an opcode does; the names are those of the module ``pickle``."""

    def declare(step: Step) -> Step:
        for code in codes:
            STEPS[code[0]] = step
        return step

    return declare


def pushes(code: bytes, value: Any) -> None:
    STEPS[code[0]] = lambda walk: walk.push(value)


def skips_counted(code: bytes, size: int, *, signed: bool = False) -> None:
    """An opcode whose value begins with its own length."""

    def step(walk: Walk) -> None:
        walk.skip(walk.number(size, signed=signed))
        walk.push(UNKNOWN)

    STEPS[code[0]] = step


def refuses(code: bytes, why: str) -> None:
    def step(walk: Walk) -> None:
        raise walk.refuse(why)

    STEPS[code[0]] = step


pushes(b"N", None)
pushes(b"\x88", True)
pushes(b"\x89", False)
pushes(b"]", UNKNOWN)
pushes(b"\x8f", UNKNOWN)
for code, size in ((b"U", 1), (b"C", 1), (b"T", 4), (b"B", 4), (b"\x8e", 8), (b"\x96", 8)):
    skips_counted(code, size, signed=code == b"T")
skips_counted(b"\x8b", 4, signed=True)
for code in (b"\x82", b"\x83", b"\x84"):
    refuses(code, "it takes names from this machine's registry of pickle extensions")
for code in (b"P", b"Q"):
    refuses(code, "it refers to objects outside of the file")
for code in (b"\x97", b"\x98"):
    refuses(code, "it refers to buffers outside of the file")


@opcode(b".")
def stop(walk: Walk) -> None:
    """Ends the pickle; ``Walk.run`` does it."""


@opcode(b"\x80")
def set_protocol(walk: Walk) -> None:
    walk.protocol = walk.number(1)
    if walk.protocol > 5:
        raise walk.refuse(f"there is no pickle protocol {walk.protocol}")


@opcode(b"\x95")
def begin_frame(walk: Walk) -> None:
    size = walk.number(8)
    if walk.pos < walk.frame_end or size > walk.size - walk.pos:
        raise walk.refuse("a frame in it is longer than what it lies in")
    walk.frame_end = walk.pos + size


@opcode(b"I")
def line_int(walk: Walk) -> None:
    text = walk.short_line()
    if text in ("00", "01"):
        walk.push(text == "01")
    else:
        walk.push(int(text) if re.fullmatch(r"-?\d{1,18}", text) else UNKNOWN)


@opcode(b"L", b"F")
def line_number(walk: Walk) -> None:
    walk.line()
    walk.push(UNKNOWN)


@opcode(b"V")
def line_text(walk: Walk) -> None:
    at, end = walk.line()
    text = walk.data[at:end] if end - at <= LONGEST_NAME else b"\\"
    plain = b"\\" not in text and bytes(text).isascii()
    walk.push(bytes(text).decode("ascii") if plain else UNKNOWN)


@opcode(b"S")
def line_string(walk: Walk) -> None:
    at, end = walk.line()
    if end - at < 2 or walk.data[at] != walk.data[end - 1] or walk.data[at] not in b"\"'":
        raise walk.refuse("a text in it has no quotes")
    walk.push(UNKNOWN)


@opcode(b"G")
def eight_byte_float(walk: Walk) -> None:
    walk.skip(8)
    walk.stack.append(UNKNOWN)


@opcode(b"J")
def four_byte_int(walk: Walk) -> None:
    walk.push(walk.number(4, signed=True))


@opcode(b"K")
def one_byte_int(walk: Walk) -> None:
    walk.stack.append(walk.data[walk.pos])
    walk.pos += 1


@opcode(b"M")
def two_byte_int(walk: Walk) -> None:
    walk.push(walk.number(2))


@opcode(b"\x8a")
def short_long(walk: Walk) -> None:
    walk.push(walk.number(walk.number(1), signed=True))


def text(walk: Walk, size: int) -> None:
    """A text; one that is too long for a name is not looked at."""
    at = walk.skip(size)
    value: Any = UNKNOWN
    if size <= LONGEST_NAME:
        with contextlib.suppress(UnicodeDecodeError):
            value = str(walk.data[at : at + size], "utf-8")
    walk.stack.append(value)


@opcode(b"\x8c")
def short_text(walk: Walk) -> None:
    data, at = walk.data, walk.pos + 1
    end = at + data[at - 1]
    if end > walk.size:
        raise walk.refuse("it announces more bytes than there are")
    walk.pos = end
    try:
        walk.stack.append(str(data[at:end], "utf-8"))
    except UnicodeDecodeError:
        walk.stack.append(UNKNOWN)


@opcode(b"X")
def four_byte_text(walk: Walk) -> None:
    text(walk, walk.number(4))


@opcode(b"\x8d")
def eight_byte_text(walk: Walk) -> None:
    text(walk, walk.number(8))


@opcode(b"(")
def mark(walk: Walk) -> None:
    walk.below.append(walk.stack)
    walk.stack = []


@opcode(b"0")
def pop(walk: Walk) -> None:
    if walk.stack:
        walk.stack.pop()
    else:
        walk.pop_mark()


@opcode(b"1")
def pop_mark(walk: Walk) -> None:
    walk.pop_mark()


@opcode(b"2")
def duplicate(walk: Walk) -> None:
    if type(walk.top()) is Wrapper:
        raise walk.misused()
    walk.push(walk.top())


@opcode(b"q")
def put_one_byte(walk: Walk) -> None:
    walk.put(walk.data[walk.skip(1)])


@opcode(b"r")
def put_four_bytes(walk: Walk) -> None:
    walk.put(walk.number(4))


@opcode(b"p")
def put_line(walk: Walk) -> None:
    walk.put(index_in(walk))


@opcode(b"\x94")
def memoize(walk: Walk) -> None:
    if walk.puts:
        raise walk.refuse("it numbers what it remembers in two ways")
    walk.remember(walk.memoized)
    walk.memoized += 1


@opcode(b"h")
def get_one_byte(walk: Walk) -> None:
    walk.get(walk.data[walk.skip(1)])


@opcode(b"j")
def get_four_bytes(walk: Walk) -> None:
    walk.get(walk.number(4))


@opcode(b"g")
def get_line(walk: Walk) -> None:
    walk.get(index_in(walk))


def index_in(walk: Walk) -> int:
    line = walk.short_line()
    if re.fullmatch(r"[0-9]{1,18}", line) is None:
        raise walk.refuse("it remembers something under a number that is none")
    return int(line)


@opcode(b"c")
def look_up(walk: Walk) -> None:
    module = walk.short_line()
    walk.push(walk.look_up(module, walk.short_line()))


@opcode(b"\x93")
def look_up_from_stack(walk: Walk) -> None:
    name, module = walk.pop(), walk.pop()
    if type(name) is not str or type(module) is not str:
        raise walk.refuse("it looks up a name that cannot be known before it is loaded")
    walk.push(walk.look_up(module, name))


@opcode(b"R")
def call(walk: Walk) -> None:
    arguments = walk.pop()
    walk.push(walk.called(walk.pop(), arguments))


@opcode(b"\x81")
def make(walk: Walk) -> None:
    arguments = walk.pop()
    walk.push(walk.made(walk.pop(), arguments))


@opcode(b"\x92")
def make_with_names(walk: Walk) -> None:
    names, arguments = walk.pop(), walk.pop()
    walk.taken(names)
    kind = walk.pop()
    if type(kind) is Name and kind.held:
        raise walk.misused()
    walk.push(walk.made(kind, arguments))


@opcode(b"i")
def call_of_marked(walk: Walk) -> None:
    module = walk.short_line()
    kind = walk.look_up(module, walk.short_line())
    walk.all_taken([kind, *walk.pop_mark()])
    walk.push(UNKNOWN)


@opcode(b"o")
def call_of_first(walk: Walk) -> None:
    values = walk.pop_mark()
    if not values or type(values[0]) is not Name:
        raise walk.refuse("it makes an object of something that it did not look up by name")
    walk.all_taken(values)
    walk.push(UNKNOWN)


@opcode(b"b")
def build(walk: Walk) -> None:
    walk.build()


@opcode(b"}")
def empty_dictionary(walk: Walk) -> None:
    walk.push(walk.new_dictionary())


@opcode(b"d")
def dictionary(walk: Walk) -> None:
    values = walk.pop_mark()
    made = walk.new_dictionary()
    walk.fill(made, values)
    walk.push(made)


@opcode(b"l", b"\x91")
def list_or_frozen_set(walk: Walk) -> None:
    walk.all_taken(walk.pop_mark())
    walk.push(UNKNOWN)


@opcode(b"a")
def append(walk: Walk) -> None:
    value = walk.pop()
    walk.extend(walk.top(), [value])


@opcode(b"e", b"\x90")
def append_marked(walk: Walk) -> None:
    values = walk.pop_mark()
    walk.extend(walk.top(), values)


@opcode(b"s")
def set_item(walk: Walk) -> None:
    value, key = walk.pop(), walk.pop()
    walk.fill(walk.top(), [key, value])


@opcode(b"u")
def set_marked_items(walk: Walk) -> None:
    values = walk.pop_mark()
    walk.fill(walk.top(), values)


@opcode(b")")
def empty_tuple(walk: Walk) -> None:
    walk.push(NOTHING)


NOTHING = Parts(())


@opcode(b"\x85")
def tuple_of_one(walk: Walk) -> None:
    walk.push(walk.tuple_of([walk.pop()]))


@opcode(b"\x86")
def tuple_of_two(walk: Walk) -> None:
    second = walk.pop()
    walk.push(walk.tuple_of([walk.pop(), second]))


@opcode(b"\x87")
def tuple_of_three(walk: Walk) -> None:
    third, second = walk.pop(), walk.pop()
    walk.push(walk.tuple_of([walk.pop(), second, third]))


@opcode(b"t")
def tuple_of_marked(walk: Walk) -> None:
    walk.push(walk.tuple_of(walk.pop_mark()))
