"""What keeps secrets out of stores, frames and terminals: in every spelling, and inside what is packed."""

from __future__ import annotations

import base64
import bz2
import gzip
import importlib.util
import io
import json
import lzma
import pickle
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from project import _secrets

SECRET = "hunter+2/ä'&x"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One protected variable, and nothing else known before or after."""
    kept = [dict(known) for known in (_secrets._names, _secrets._values, _secrets._forms)]
    for known in (_secrets._names, _secrets._values, _secrets._forms):
        known.clear()
    _secrets._pattern.cache_clear()
    monkeypatch.setenv("DB_PASSWORD", SECRET)
    _secrets.protect(["DB_PASSWORD"])
    yield
    for known, before in zip((_secrets._names, _secrets._values, _secrets._forms), kept, strict=True):
        known.clear()
        known.update(before)
    _secrets._pattern.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        json.dumps({"password": SECRET}),
        json.dumps({"password": SECRET}, ensure_ascii=False),
        repr([SECRET]),
        f"https://ada:{quote(SECRET, safe='')}@db/shop",
        f"password={quote_plus(SECRET)}",
        "Basic " + base64.b64encode(f"ada:{SECRET}".encode()).decode(),
        "Basic " + base64.b64encode(f"bob:{SECRET}!".encode()).decode(),
        "Basic " + base64.urlsafe_b64encode(f"grace:{SECRET}".encode()).decode(),
        SECRET.encode().hex(),
        "<p>hunter+2/ä&#x27;&amp;x</p>",
    ],
)
def test_every_spelling_is_masked(text: str) -> None:
    masked = _secrets.mask(f"with {text} and more")
    assert "***" in masked
    for form in (SECRET, quote(SECRET, safe=""), SECRET.encode().hex()):
        assert form not in masked
    assert masked.startswith("with ") and masked.endswith("and more")


def test_words_of_the_protocol_are_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIN", "event")
    _secrets.protect(["PIN"])
    header = {"op": "event", "event": {"kind": "text", "text": "an event"}, "a/event b": 1}
    assert _secrets.mask_all(header) == {
        "op": "event",
        "event": {"kind": "text", "text": "an ***"},
        "a/*** b": 1,
    }


def packed_twice(data: bytes) -> bytes:
    return zipped(gzip.compress(data))


def zipped(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data", data)
    return held.getvalue()


def tarred(data: bytes) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        member = tarfile.TarInfo("data")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return held.getvalue()


@pytest.mark.parametrize(
    "pack",
    [bytes, gzip.compress, bz2.compress, lzma.compress, zlib.compress, zipped, tarred, packed_twice],
)
@pytest.mark.parametrize("encode", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_packed_files_are_searched(
    pack: Callable[[bytes], bytes], encode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_secrets, "_BLOCK", 512)
    # Wherever one block ends and the next begins.
    text = "x" * 2_040 + SECRET + "y" * 600
    with pytest.raises(_secrets.HoldsSecret, match="environment variable DB_PASSWORD"):
        _secrets.check_file(io.BytesIO(pack(text.encode(encode))))
    _secrets.check_file(io.BytesIO(pack(text.replace(SECRET, "").encode(encode))))


@pytest.mark.parametrize("start", [b"PK\3\4", b"\x1f\x8b", b"\x78\x9c", b"BZh", b"PAR1", b"ARROW1"])
def test_what_only_begins_as_if_it_were_packed_is_no_secret(start: bytes) -> None:
    _secrets.check_file(io.BytesIO(start + b"and then something else"))


def test_what_nobody_can_unpack_is_refused() -> None:
    with pytest.raises(_secrets.HoldsSecret, match="nothing can tell"):
        _secrets.check_file(io.BytesIO(b"\x28\xb5\x2f\xfd and then zstd"))


def test_columns_of_tables_are_searched_or_refused(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    if importlib.util.find_spec("pyarrow") is None:
        with pytest.raises(_secrets.HoldsSecret, match="nothing can tell .*pyarrow"):
            _secrets.check_file(io.BytesIO(b"PAR1 and the rest of a table PAR1"))
        return
    for compression in ("snappy", "zstd", "gzip", None):
        for name, values in {"good": ["a", "b"], "bad": ["a", f"with {SECRET}"]}.items():
            frame = pd.DataFrame({"n": range(2000), "text": values * 1000})
            frame.to_parquet(tmp_path / name, compression=compression)
        with (tmp_path / "good").open("rb") as file:
            _secrets.check_file(file)
        with (tmp_path / "bad").open("rb") as file, pytest.raises(_secrets.HoldsSecret):
            _secrets.check_file(file)


def test_joblib_and_pickle_are_searched(tmp_path: Path) -> None:
    joblib = pytest.importorskip("joblib")
    for compress in (0, 3, ("gzip", 3), ("xz", 3), ("bz2", 3)):
        joblib.dump({"client": {"password": SECRET}}, tmp_path / "model", compress=compress)
        with (tmp_path / "model").open("rb") as file, pytest.raises(_secrets.HoldsSecret):
            _secrets.check_file(file)
    with pytest.raises(_secrets.HoldsSecret):
        _secrets.check_file(io.BytesIO(pickle.dumps([SECRET])))


@pytest.mark.parametrize(
    ("name", "text", "secrets"),
    [
        ("config.json", '{"db": {"user": "ada", "password": "tiger-77\\n"}}', ["tiger-77"]),
        (".env", "# theirs\nexport API_KEY=abcd1234 # old\nREGION=eu-west-1\n", ["abcd1234"]),
        ("db.yaml", "db:\n  dbPassword: 'tiger-78'\n  host: db\n", ["tiger-78"]),
        ("db.ini", "[db]\nclient_secret = tiger-79\n", ["tiger-79"]),
        ("db.toml", 'url = "postgresql://ada:tig@er-80@db/shop"\n', ["tig@er-80"]),
        ("rows.json", '[{"password": "tiger-81"}]', []),
        ("data.csv", "password\ntiger-82\n", []),
        ("config.json", '{"token_count": "12345678", "password_strength": "very good"}', []),
        ("config.yaml", "password: ${DB_PASSWORD}\napi_key: <put it here>\n", []),
        ("conf.yaml", "# basic features only; token authentication is optional\n", []),
        ("conf.yaml", "password: required\nclient_secret: changeme\n", []),
        ("conf.yaml", "auth: Bearer tiger-83\nother: Basic YWRhOnRpZ2Vy\n", ["tiger-83", "YWRhOnRpZ2Vy"]),
        ("conf.json", '{"url":"http://host:8080/x","mail":"me@x.org"}', []),
    ],
)
def test_settings_that_a_step_reads_say_what_is_secret(
    tmp_path: Path, name: str, text: str, secrets: list[str]
) -> None:
    (tmp_path / name).write_text(text)
    before = set(_secrets.known())
    _secrets.learn_file(tmp_path / name)
    assert {value.strip() for value in set(_secrets.known()) - before} == set(secrets)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ('{"user": "ada", "password": "tiger-77"}', "tiger-77"),
        ("Server=db;Uid=ada;Pwd=tiger-78;", "tiger-78"),
        ("Bearer tiger-79", "tiger-79"),
        ("postgresql://ada:ti@ger-80@db/shop", "ti@ger-80"),
        ("mysql://ada:ti#ger/81@db/shop", "ti#ger/81"),
        ("curl -u ada:tiger-82 https://example.org", "tiger-82"),
    ],
)
def test_the_part_of_a_value_that_is_the_secret_is_masked_by_itself(
    monkeypatch: pytest.MonkeyPatch, value: str, part: str
) -> None:
    monkeypatch.setenv("SHOP", value)
    _secrets.protect(["SHOP"])
    assert _secrets.mask(f"[{part}]") == "[***]"


def _cut_short(data: bytes) -> bytes:
    return data[: len(data) - 6]


def _with_a_broken_first_member(_data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("first.txt", "harmless words")
        archive.writestr("second.txt", SECRET, zipfile.ZIP_DEFLATED)
    return packed.getvalue().replace(b"harmless words", b"hurtfull words", 1)


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(SECRET.encode()) + bytes(64),
        gzip.compress(SECRET.encode()) + b"junk behind",
        _cut_short(gzip.compress(SECRET.encode() * 2000)),
        _cut_short(bz2.compress(bytes(range(256)) * 8000 + SECRET.encode()) + bz2.compress(b"x")),
        _with_a_broken_first_member(b""),
    ],
    ids=["zeros behind", "junk behind", "cut gzip", "cut bz2", "broken zip member"],
)
def test_what_can_be_unpacked_of_a_broken_file_is_searched(packed: bytes) -> None:
    with pytest.raises(_secrets.HoldsSecret, match="DB_PASSWORD"):
        _secrets.check_file(io.BytesIO(packed))


def test_a_table_whose_first_column_is_called_as_a_format_begins_is_no_packed_file() -> None:
    _secrets.check_file(io.BytesIO(b"ORCID,name\n0000-0001,Ada\n"))
    with pytest.raises(_secrets.HoldsSecret, match="nothing can tell"):
        _secrets.check_file(io.BytesIO(b"ORC" + bytes(64) + b"\x06ORC\x12"))


@pytest.mark.parametrize("part", ["title", "label", "tick"])
def test_a_figure_that_shows_a_secret_is_not_saved(tmp_path: Path, part: str) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    _secrets.protect(["DB_PASSWORD"])
    figure, axes = pyplot.subplots()
    if part == "title":
        axes.set_title(f"with {SECRET}")
    elif part == "label":
        axes.plot([1, 2], label=SECRET)
        axes.legend()
    else:
        axes.bar(["a", SECRET], [1, 2])
    with pytest.raises(_secrets.HoldsSecret, match="shows the value"):
        figure.savefig(tmp_path / "plot.png")
    pyplot.close(figure)


def test_a_long_line_of_settings_takes_no_longer_than_its_length(tmp_path: Path) -> None:
    """A search that is not linear never ends here; what stands behind the long lines is found all the same."""
    long_lines = ["a" * 60_000, "a=" * 2_000, "DB_PASSWORD=tiger-79"]
    (tmp_path / "x.env").write_text("\n".join(long_lines))
    _secrets.learn_file(tmp_path / "x.env")
    assert "tiger-79" in set(_secrets.known())
