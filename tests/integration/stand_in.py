"""A stand-in front end: starts a run as a process of its own, follows its journal, attaches to its socket.

Usage: stand_in.py RUN_DIR SEEN_FILE          follow a run that is there already
It writes to SEEN_FILE how many whole lines it has seen, until the run has ended.
"""
import fcntl
import json
import os
import socket
import sys
import time


def engine_is_running(run_dir):
    """The engine holds DIR/lock; a free lock means that it is gone."""
    try:
        with open(os.path.join(run_dir, "lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True


def attach(path):
    """Asks for the state; the connection stays open, so that a stall of ours stalls it too."""
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(10)
    client.connect(path)
    client.sendall(b'{"id":1,"command":"status"}\n')
    answer = json.loads(client.makefile().readline())
    assert answer["ok"] and answer["id"] == 1, answer
    return client


def follow(run_dir, seen_file):
    pending, lines, connection = b"", 0, None
    with open(os.path.join(run_dir, "run.ndjson"), "rb") as journal:
        while True:
            running = engine_is_running(run_dir)
            chunk = journal.read(1 << 20)
            if not chunk and not running:
                break
            whole = (pending + chunk).split(b"\n")
            pending = whole.pop()
            for line in whole:
                event = json.loads(line)
                if event["kind"] == "run_started" and running and connection is None:
                    connection = attach(event["control_socket"])
                lines += 1
            with open(seen_file, "w") as seen:
                seen.write(str(lines))
            if not chunk:
                time.sleep(0.05)
    assert not pending, "the journal ends in half a line"


if __name__ == "__main__":
    follow(sys.argv[1], sys.argv[2])
