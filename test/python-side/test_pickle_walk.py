"""A walk lists exactly what loading looks up, and lets nothing through that it does not understand."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import lzma
import os
import pickle
import re
import struct
import subprocess
import tracemalloc
import warnings
import zipfile
import zlib
from pathlib import Path

import joblib
import numpy as np
import pytest
from ordinary_values import arrays, containers, estimators, pipelines, tables, values_of
from workside import pickle_files, pickle_walk, safe_loading

ROOT = Path(__file__).resolve().parents[2]
MODULES = {"pickle_walk": pickle_walk, "pickle_files": pickle_files}.__getitem__


def known_names() -> list[str]:
    """The table that the worker is given."""
    text = (ROOT / "src/registry/known-names.ts").read_text(encoding="utf-8")
    groups = re.findall(r'^  "?([\w.]+)"?:\s+"([^"]+)",$', text, re.MULTILINE)
    return [f"{module}:{name}" for module, names in groups for name in names.split(" ")]


KNOWN = known_names()


def problem_of(path: Path, recorded: dict | None = None) -> dict | None:
    """What forbids to load a version that has this file only."""
    allowed = {"known": KNOWN, "recorded": recorded}
    _listed, problem = safe_loading.check_names(path.parent, [path.name], allowed, MODULES)
    return problem


def walked(data: bytes, *, arrays: bool = False) -> set[str]:
    return {":".join(pair) for pair in pickle_walk.find_names(data, arrays=arrays)}


# ------------------------------------------------------------------- as loading really does


def differences(group, protocols: str, joblibs: str) -> list[str]:
    """Where a walk and loading disagree about the names of the values of a group."""
    found = []
    for name, value in values_of(group):
        for protocol in map(int, protocols):
            data = pickle.dumps(value, protocol=protocol)
            found += difference(f"{name}, protocol {protocol}", data, arrays=False)
        for protocol in map(int, joblibs):
            buffer = io.BytesIO()
            joblib.dump(value, buffer, protocol=protocol)
            found += difference(f"{name}, joblib {protocol}", buffer.getvalue(), arrays=True)
    return found


def difference(name: str, data: bytes, *, arrays: bool) -> list[str]:
    try:
        listed = walked(data, arrays=arrays)
    except pickle_walk.Refusal as refusal:
        return [f"{name}: refused at {refusal.offset}: {refusal.why}"]
    with warnings.catch_warnings(), safe_loading.heard() as asked:
        warnings.simplefilter("ignore")
        joblib.load(io.BytesIO(data)) if arrays else pickle.loads(data)
    return [] if listed == asked else [f"{name}: {sorted(listed ^ asked)}"]


@pytest.mark.parametrize("group", [containers, arrays, tables, pipelines])
def test_lists_what_loading_asks_for(group) -> None:
    assert differences(group, "012345", "012345") == []


def test_lists_what_loading_estimators_asks_for() -> None:
    assert differences(estimators, "25", "4") == []


@pytest.mark.parametrize("compression", ["zlib", "gzip", "bz2", "lzma", "xz"])
def test_reads_joblib_files_of_each_compression(tmp_path: Path, compression: str) -> None:
    nested = [one for one in values_of(arrays) if "objects" in one[0]]
    for name, value in [*nested, *values_of(pipelines)]:
        path = tmp_path / "model.joblib"
        joblib.dump(value, path, compress=(compression, 3))
        found = pickle_files.walk_file(path, path.name, pickle_walk)
        with safe_loading.heard() as asked:
            joblib.load(path)
        assert (found["refused"], set(found["names"])) == (None, asked), name


def test_knows_every_name_of_ordinary_values_but_zones_of_time() -> None:
    unknown = {}
    for group in (containers, arrays, tables, pipelines, estimators):
        for name, value in values_of(group):
            names = walked(pickle.dumps(value, protocol=4)) - set(KNOWN)
            unknown.update(dict.fromkeys(names, name))
    assert unknown == {"pandas:DatetimeTZDtype": "times"}


def test_does_not_read_the_bytes_of_arrays() -> None:
    class Counting(bytes):
        taken = 0

        def __getitem__(self, at):
            part = super().__getitem__(at)
            Counting.taken += len(part) if isinstance(part, bytes) else 1
            return part

    buffer = io.BytesIO()
    joblib.dump({"a": np.zeros(1_000_000), "b": np.ones((1000, 1000))}, buffer)
    pickle_walk.find_names(Counting(buffer.getvalue()), arrays=True)
    assert Counting.taken < 2000


# ---------------------------------------------------------------------------- attacks

MARKER = "marker"


class Run:
    """Unpickles into a call of a command that leaves a file."""

    def __init__(self, function=os.system, arguments: tuple = (f"touch {MARKER}",)) -> None:
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def text(value: str) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value.encode()


def stack_global(module: bytes, name: bytes) -> bytes:
    return module + name + b"\x93"


COMMAND = text(f"touch {MARKER}") + b"\x85R"
SYSTEM = stack_global(text("posix"), text("system")) + COMMAND
PLAIN_STATE = b"(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
"""The state of a dtype of numbers, on top of the dtype."""


def dtype(code: str, state: bytes = PLAIN_STATE) -> bytes:
    return stack_global(text("numpy"), text("dtype")) + text(code) + b"\x89\x88\x87R" + state


def wrapper(shape: bytes, kind: bytes, rest: bytes = b"") -> bytes:
    """joblib's placeholder with this shape and dtype, as opcodes."""
    return (
        stack_global(text("joblib.numpy_pickle"), text("NumpyArrayWrapper"))
        + b")\x81}("
        + text("subclass")
        + stack_global(text("numpy"), text("ndarray"))
        + text("shape")
        + shape
        + text("order")
        + text("C")
        + text("dtype")
        + kind
        + text("allow_mmap")
        + b"\x89"
        + rest
        + b"ub"
    )


def joblib_bytes(value, **options) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(value, buffer, **options)
    return buffer.getvalue()


def npy_bytes(value) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, value, allow_pickle=True)
    return buffer.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


V4 = b"\x80\x04"
OBJECTS = np.array([Run(), None], dtype=object)
# A dtype that says it has objects, so that joblib takes the bytes that follow for a pickle.
LYING = b"(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x01tb"

ATTACKS: dict[str, tuple[str, bytes]] = {
    "a call": ("m.pkl", pickle.dumps(Run())),
    "a call in a nested container": ("m.pkl", pickle.dumps({"a": [({1: Run()},)]}, 2)),
    "protocol 0": ("m.pkl", pickle.dumps(Run(), 0)),
    "protocol 0 without a suffix that says so": ("m.joblib", pickle.dumps(Run(), 0)),
    "Python 2's name": ("m.pkl", b"c__builtin__\neval\n(S'1'\ntR."),
    "INST": ("m.pkl", b"(S'touch marker'\nios\nsystem\n."),
    "OBJ": ("m.pkl", b"(cos\nsystem\nS'touch marker'\no."),
    "NEWOBJ": ("m.pkl", V4 + stack_global(text("subprocess"), text("Popen")) + b")\x81."),
    "a name from the memo": (
        "m.pkl",
        V4 + text("system") + b"\x940" + text("posix") + b"\x940h\x01h\x00\x93" + COMMAND + b".",
    ),
    "a name from a memo numbered twice": (
        "m.pkl",
        V4 + text("posix") + b"q\x00\x940" + text("system") + b"q\x010h\x00h\x01\x93" + COMMAND + b".",
    ),
    "a name by joining texts": (
        "m.pkl",
        V4
        + stack_global(text("_codecs"), text("encode"))
        + text("posix")
        + b"\x85R"
        + text("system")
        + b"\x93"
        + COMMAND
        + b".",
    ),
    "a name as an old text": ("m.pkl", V4 + b"U\x05posixU\x06system\x93" + COMMAND + b"."),
    "a name with escapes": ("m.pkl", V4 + b"Vposi\\u0078\nVsystem\n\x93" + COMMAND + b"."),
    "a dotted name": (
        "m.pkl",
        V4 + stack_global(text("numpy"), text("f2py.os.system")) + COMMAND + b".",
    ),
    "a dunder": (
        "m.pkl",
        V4 + stack_global(text("numpy"), text("__builtins__")) + b".",
    ),
    "what a known name holds": (
        "m.pkl",
        V4 + stack_global(text("sklearn.base"), text("warnings.sys.modules")) + b".",
    ),
    "the protocol changed on the way": (
        "m.pkl",
        b"\x80\x04\x80\x02c__builtin__\nexec\n\x80\x04" + text("1") + b"\x85R.",
    ),
    "an extension": ("m.pkl", b"\x80\x02\x82\x01."),
    "a persistent id": ("m.pkl", b"\x80\x02U\x01aQ."),
    "a second pickle": ("m.pkl", pickle.dumps([1]) + pickle.dumps(Run())),
    "bytes behind the end": ("m.pkl", pickle.dumps([1]) + b"\x00\x01"),
    "after what was popped": ("m.pkl", V4 + SYSTEM + b"0N."),
    "a call of what was called": (
        "m.pkl",
        V4 + stack_global(text("collections"), text("OrderedDict")) + b")R)R.",
    ),
    "a function that is changed": (
        "m.pkl",
        V4 + stack_global(text("numpy"), text("log1p")) + b"N}" + text("__doc__") + b"Ns\x86b.",
    ),
    "a class that is changed": (
        "m.pkl",
        V4 + stack_global(text("sklearn.pipeline"), text("Pipeline")) + b"}" + text("predict")
        + b"Nsb.",
    ),
    "copyreg": ("m.pkl", b"ccopyreg\n__newobj__\n(csubprocess\nPopen\ntR."),
    "an imported name": ("m.pkl", b"cnumpy.core\n_ufunc_reconstruct\n(S'os'\nS'system'\ntR."),
    "a reader within": ("m.pkl", b"cpandas\nread_pickle\n(S'other.pkl'\ntR."),
    "a state that executes": (
        "m.pkl",
        b"cscipy.stats._distn_infrastructure\nrv_generic\n)\x81}X\x13\x00\x00\x00_parse_arg_template"
        + b"X\x05\x00\x00\x00printsb.",
    ),
    "numpy.testing": ("m.pkl", b"cnumpy.testing._private.utils\nrunstring\n(S'1'\n}tR."),
    "functools": ("m.pkl", b"cfunctools\npartial\n(cos\nsystem\nS'touch marker'\ntR."),
    "a file that is mapped": ("m.pkl", b"cnumpy\nmemmap\n(S'marker'\nS'u1'\nS'w+'\ntR."),
    "_reconstruct of what is no array": (
        "m.pkl",
        b"cnumpy._core.multiarray\n_reconstruct\n(csubprocess\nPopen\n(I0\ntS'b'\ntR.",
    ),
    "objects of an array": ("m.joblib", joblib_bytes(OBJECTS)),
    "objects of an array in protocol 2": ("m.joblib", joblib_bytes([OBJECTS], protocol=2)),
    "objects of an array, compressed": ("m.joblib", zlib.compress(joblib_bytes(OBJECTS))),
    "gzip": ("m.joblib", gzip.compress(joblib_bytes(Run()))),
    "bz2 under another name": ("data.bin", bz2.compress(pickle.dumps(Run()))),
    "xz under another name": ("data.bin", lzma.compress(pickle.dumps(Run()))),
    "no suffix": ("data", pickle.dumps(Run())),
    "numbers of an array that are opcodes": (
        "m.joblib",
        V4 + wrapper(b"K\x00\x85", dtype("u1")) + b"0" + SYSTEM + b".",
    ),
    "a dtype whose flags lie": (
        "m.joblib",
        V4 + wrapper(b"K\x01\x85", dtype("f8", LYING)) + pickle.dumps(Run()),
    ),
    "a dtype that is changed afterwards": (
        "m.joblib",
        V4 + wrapper(b"K\x01\x85", dtype("f8") + PLAIN_STATE) + b"\x00" * 8 + b".",
    ),
    "a dtype that is called otherwise": (
        "m.joblib",
        V4 + stack_global(text("numpy"), text("dtype")) + b"\x85.",
    ),
    "a dtype of several": ("m.joblib", V4 + wrapper(b"K\x01\x85", dtype("f8,O8")) + b"\x00" * 8),
    "a placeholder that is made in another way": (
        "m.joblib",
        V4
        + stack_global(text("pandas.core.indexes.base"), text("_new_Index"))
        + stack_global(text("joblib.numpy_pickle"), text("NumpyArrayWrapper"))
        + b"}\x86R.",
    ),
    "a placeholder that is used twice": (
        "m.joblib",
        V4
        + stack_global(text("joblib.numpy_pickle"), text("NumpyArrayWrapper"))
        + b")\x81\x94h\x00}b.",
    ),
    "a placeholder whose state is changed later": (
        "m.joblib",
        V4 + wrapper(b"K\x00\x85", dtype("u1"), text("shape") + b"K\x7f\x85") + b".",
    ),
    "a placeholder within a frame": (
        "m.joblib",
        V4
        + b"\x95"
        + struct.pack("<Q", len(wrapper(b"K\x01\x85", dtype("u1"))) + 1)
        + wrapper(b"K\x01\x85", dtype("u1"))
        + b"N"
        + b".",
    ),
    "a placeholder for a reader that knows none": (
        "m.pkl",
        joblib_bytes(np.zeros(3)),
    ),
    "joblib's old form": ("m.joblib", b"ZF0x1f".ljust(40) + zlib.compress(pickle.dumps(Run()))),
    "an array of objects": ("a.npy", npy_bytes(OBJECTS)),
    "an archive of arrays": ("a.npz", zipped({"a.npy": npy_bytes(OBJECTS)})),
    "an archive of pickles": ("m.pt", zipped({"data.pkl": pickle.dumps(Run())})),
    "an archive in an archive": ("m.pt", zipped({"a": zipped({"b.pkl": pickle.dumps(Run())})})),
    "a type in a skops file": (
        "m.skops",
        zipped(
            {
                "schema.json": json.dumps(
                    {"content": [{"__module__": "os", "__class__": "system"}]}
                ).encode()
            }
        ),
    ),
    "a subprocess": ("m.pkl", pickle.dumps(Run(subprocess.call, (["touch", MARKER],)))),
}


@pytest.mark.parametrize("name", list(ATTACKS))
def test_refuses(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, data = ATTACKS[name]
    monkeypatch.chdir(tmp_path)
    path = tmp_path / file
    path.write_bytes(data)
    problem = problem_of(path)
    assert problem is not None and problem["file"] == file
    assert "why" in problem or problem["name"] not in KNOWN
    assert [entry.name for entry in tmp_path.iterdir()] == [file]


HOSTILE = {
    "nothing": b"",
    "a text longer than the file": V4 + b"\x8d" + struct.pack("<Q", 1 << 62) + b"a.",
    "a negative length": b"\x80\x02\x8b" + struct.pack("<i", -5) + b".",
    "an old text of negative length": b"\x80\x02T" + struct.pack("<i", -1) + b".",
    "a frame longer than the file": V4 + b"\x95" + struct.pack("<Q", 1 << 40) + b"N.",
    "a frame in a frame": V4 + b"\x95" + struct.pack("<Q", 10) + b"\x95" + bytes(8) + b"N.",
    "a number under which nothing can be": b"\x80\x02Nr\xff\xff\xff\xff.",
    "an endless line": b"cos" + b"a" * 5000,
    "a module of many letters": b"c" + b"a" * 5000 + b"\nb\n.",
    "an array larger than any": V4 + wrapper(b"\x8a\x08" + b"\xff" * 7 + b"\x7f\x85", dtype("f8")),
    "a shape that overflows": V4
    + wrapper(b"(" + (b"\x8a\x05\x00\x00\x00\x00\x01") * 3 + b"t", dtype("f8")),
    "a negative shape": V4 + wrapper(b"J\xff\xff\xff\xff\x85", dtype("f8")),
    "the empty stack": b"\x80\x04R.",
    "a mark that is missing": b"\x80\x04t.",
    "an unknown opcode": b"\x80\x04\xff.",
    "a later protocol": b"\x80\x09N.",
    "marks only": V4 + b"(" * 100_000,
    "the end in the middle": pickle.dumps({"a": [1, 2, 3]})[:-3],
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_answers_to(name: str, tmp_path: Path) -> None:
    path = tmp_path / "m.joblib"
    path.write_bytes(HOSTILE[name])
    problem = problem_of(path)
    assert problem is not None and "why" in problem
    assert 0 <= problem["offset"] <= len(HOSTILE[name])


def test_answers_to_every_beginning_of_a_file() -> None:
    data = joblib_bytes({"a": np.arange(3), "b": OBJECTS[1:], "c": [1.5, "x", (1, 2)]})
    for size in range(len(data)):
        with pytest.raises(pickle_walk.Refusal):
            pickle_walk.find_names(data[:size], arrays=True)


def test_keeps_little_of_values_that_hold_each_other_many_times() -> None:
    doubling = b"".join(b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86\x94" for n in range(200))
    assert walked(V4 + b")\x94" + doubling + b".") == set()


@pytest.mark.parametrize(
    "bomb",
    [
        V4 + b"N" + b"\x85" * 400_000 + b".",
        V4 + b"(" * 400_000,
        V4 + b"K\x01" * 400_000,
        V4 + text("a") * 400_000,
        V4 + (text("a") + b"\x940") * 100_000,
        b"cnumpy\nfloat64\nq\x000" * 100_000,
    ],
)
def test_needs_less_memory_than_a_multiple_of_the_file(
    bomb: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("MOST_STACK", "MOST_MARKS", "MOST_REMEMBERED", "STEPS_BETWEEN_LOOKS"):
        monkeypatch.setattr(pickle_walk, limit, 10_000)
    tracemalloc.start()
    try:
        with contextlib.suppress(pickle_walk.Refusal):
            pickle_walk.find_names(bomb, arrays=False)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 << 20


def test_walks_what_is_nested_deeper_than_python_recurses() -> None:
    assert walked(V4 + b"]" * 200_000 + b"a" * 199_999 + b".") == set()
    assert walked(V4 + b"N" + b"\x85" * 200_000 + b".") == set()


def test_bounds_what_a_compressed_file_expands_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pickle_files, "MOST_EXPANDED", 1 << 20)
    for compress in (zlib.compress, gzip.compress, bz2.compress, lzma.compress):
        path = tmp_path / "m.joblib"
        path.write_bytes(compress(pickle.dumps(b"\0" * (4 << 20))))
        problem = problem_of(path)
        assert problem is not None and "expanded" in problem["why"]


@pytest.mark.parametrize(
    "name, data",
    [
        ("contract.json", b'{"version": 1}'),
        ("features.py", b"import os\n"),
        ("a.npy", npy_bytes(np.zeros(3))),
        ("a.npz", zipped({"a.npy": npy_bytes(np.zeros(3))})),
        ("table.parquet", b"PAR1" + bytes(40)),
        ("empty", b""),
        ("x.txt", b"x marks the spot"),
        ("bz.txt", b"BZ is how it begins"),
    ],
)
def test_finds_nothing_to_refuse_in(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert problem_of(path) is None


# ------------------------------------------------------------------------------ the rule


def version_with(tmp_path: Path, value, code: str) -> Path:
    (tmp_path / "code/churn").mkdir(parents=True)
    (tmp_path / "code/churn/features.py").write_text(code, encoding="utf-8")
    (tmp_path / "m.pkl").write_bytes(value)
    return tmp_path


CODE = "from os import system\nclass Clip:\n    class Inner: ...\ndef log(x): ...\n"


@pytest.mark.parametrize(
    "name, allowed",
    [("Clip", True), ("Clip.Inner", True), ("log", True), ("system", False), ("os.system", False)],
)
def test_accepts_what_the_versions_own_code_defines(
    tmp_path: Path, name: str, allowed: bool
) -> None:
    data = V4 + stack_global(text("churn.features"), text(name)) + b"."
    folder = version_with(tmp_path, data, CODE)
    files = ["code/churn/features.py", "m.pkl"]
    _listed, problem = safe_loading.check_names(
        folder, files, {"known": [], "recorded": None}, MODULES
    )
    assert (problem is None) == allowed


def test_does_not_take_the_files_of_every_package_for_its_own(tmp_path: Path) -> None:
    (tmp_path / "code/churn").mkdir(parents=True)
    (tmp_path / "code/churn/_runtime.py").write_text("def load(path): ...\n", encoding="utf-8")
    path = "code/churn/_runtime.py"
    names = pickle_files.defined_names({path: tmp_path / path}, safe_loading.SHIPPED)
    assert names == []


def test_accepts_a_name_on_record_for_this_file_only(tmp_path: Path) -> None:
    path = tmp_path / "m.pkl"
    path.write_bytes(V4 + stack_global(text("xgboost.core"), text("Booster")) + b".")
    assert problem_of(path, {"m.pkl": ["xgboost.core:Booster"]}) is None
    other = problem_of(path, {"n.pkl": ["xgboost.core:Booster"]})
    assert other == {"file": "m.pkl", "name": "xgboost.core:Booster", "offset": 25}


@pytest.mark.parametrize("load", [pickle.loads, lambda data: joblib.load(io.BytesIO(data))])
def test_refuses_a_name_that_was_not_listed_while_it_loads(
    load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = joblib_bytes([Run()])
    with pytest.raises(safe_loading.Unlisted), safe_loading.only(frozenset(["numpy:dtype"])):
        load(data)
    assert list(tmp_path.iterdir()) == []
    with safe_loading.only(frozenset(["posix:system"])):
        load(data)
    assert (tmp_path / MARKER).exists()
