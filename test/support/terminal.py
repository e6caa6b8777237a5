"""Run a program on a terminal of its own and type into it; what the screen was sent goes to standard output as JSON.

    python terminal.py COLUMNS SECONDS KEYS -- PROGRAM [ARGUMENT...]

KEYS is a JSON list of pairs: a text to wait for among what was printed since the last keys,
escapes left out, and the keys to type then, which may be none. Waiting for longer than SECONDS kills the program;
`stuck` then tells what was waited for.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>78]")


def main(columns: str, seconds: str, keys: str, dashes: str, *command: str) -> None:
    assert dashes == "--"
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, int(columns), 0, 0))
    waiting = [(str(text), str(typed)) for text, typed in json.loads(keys)]
    sent = b""
    since = 0
    deadline = time.monotonic() + float(seconds)
    stuck = None
    while True:
        if waiting and waiting[0][0] in plain(sent[since:]):
            typed = waiting.pop(0)[1]
            # What was only looked for may have come in one piece with what is looked for next.
            if typed:
                since = len(sent)
                os.write(terminal, typed.encode())
            continue
        left = deadline - time.monotonic()
        if left <= 0:
            stuck = waiting[0][0] if waiting else "the end"
            os.kill(child, signal.SIGKILL)
            break
        if not select.select([terminal], [], [], left)[0]:
            continue
        try:
            more = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not more:
            break
        sent += more
    _, status = os.waitpid(child, 0)
    found = {"exit": os.waitstatus_to_exitcode(status), "stuck": stuck, "unused": len(waiting)}
    print(json.dumps({**found, "sent": sent.decode(errors="replace"), "text": plain(sent)}))


def plain(sent: bytes) -> str:
    return ESCAPES.sub("", sent.decode(errors="replace")).replace("\r", "")


if __name__ == "__main__":
    main(*sys.argv[1:])
