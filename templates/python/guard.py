"""Ends what user code has started once the process that ran it is gone, however it ended.

A process that is killed ends nothing any more, and its children live on. So a small process
stays beside the worker from its start and looks after the group that all of them are in.
What leaves the group (``setsid``) is on its own.
"""

from __future__ import annotations

import os
import signal
import sys
import time

LOOK_EVERY = 0.2
"""Seconds."""


def watch_over_group() -> None:
    """Leave a watcher behind; where there are no groups of processes, nothing.

    To be called before anything else is imported or opened: the watcher is a copy of this process.
    """
    leader = os.getpid()
    if not hasattr(os, "fork") or os.getpgrp() != leader:
        return
    child = os.fork()
    if child != 0:
        os.waitpid(child, 0)
        return
    # Twice, so that it is no child of the worker: code that waits for all its children would
    # wait for it.
    if os.fork() == 0:
        _watch(leader)
    os._exit(0)


def _watch(leader: int) -> None:
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.chdir("/")
        # The pipes of the worker end when it ends, not when this process does.
        os.closerange(0, 1024)
        while _is_alive(leader):
            time.sleep(LOOK_EVERY)
        # This process is of the group, too, so that its number belongs to nobody else.
        os.killpg(leader, signal.SIGKILL)
    finally:
        os._exit(0)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    if not sys.platform.startswith("linux"):
        return True
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            state = file.read().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    # One that has ended and that nobody has asked how.
    return state not in (b"Z", b"X")
