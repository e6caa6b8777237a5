"""Frames have the same bytes on both sides of the pipe."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from conftest import ROOT
from workside import worker

TEXT = (ROOT / "test/fixtures/contracts/worker-frames.hex").read_text(encoding="utf-8")
BYTES = bytes.fromhex(re.sub(r"(?m)^#.*$|\s", "", TEXT))


@pytest.fixture
def wire() -> Any:
    incoming, write = os.pipe()
    read, outgoing = os.pipe()
    made = worker.Wire(incoming, outgoing)
    yield made, write, read
    for number in (write, read):
        os.close(number)
    made.incoming.close()
    made.outgoing.close()


def test_frames_are_read_as_the_other_side_writes_them(wire: Any) -> None:
    made, write, _ = wire
    os.write(write, BYTES)
    frames = [made.receive() for _ in range(4)]
    assert [header["id"] for header, _ in frames] == [1, 2, 3, 4]
    assert frames[1][1] == [b"\x01\x02\x03", b"", b"\xff"]
    assert frames[2][0]["event"]["text"] == "Größe\n"


def test_frames_that_are_sent_can_be_read_again(wire: Any) -> None:
    made, write, read = wire
    made.send({"id": 5, "op": "reply", "text": "Größe \u2028"}, [b"abc", b""])
    os.write(write, os.read(read, 1 << 16))
    header, payloads = made.receive()
    assert header == {"id": 5, "op": "reply", "text": "Größe \u2028", "payloads": [3, 0]}
    assert payloads == [b"abc", b""]


def test_numbers_that_json_has_no_word_for_are_never_sent(wire: Any) -> None:
    made, _, _ = wire
    with pytest.raises(ValueError, match="JSON"):
        made.send({"id": 6, "op": "reply", "value": float("nan")})


@pytest.mark.parametrize(
    ("data", "mark", "kept"),
    [(b"abc", b"xyz", 0), (b"abx", b"xyz", 1), (b"abxy", b"xyz", 2), (b"", b"xyz", 0)],
)
def test_only_what_may_begin_the_mark_is_held_back(data: bytes, mark: bytes, kept: int) -> None:
    assert worker._partial_suffix(data, mark) == kept
