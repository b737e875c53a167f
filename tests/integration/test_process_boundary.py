"""Nothing that reads can slow what measures: a front end that follows a run, stalls and dies."""
import fcntl
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time

import support

RATE, STALL_SECONDS, KILLS = 100, 30, 20


def lateness(journal, share):
    """Median over the seconds of a percentile of the lateness."""
    values = [event["lateness"][share] for event in support.of_kind(journal, "generator")
              if event.get("lateness", {}).get("count", 0) > 0]
    assert len(values) > 5, "lateness was not measured"
    return statistics.median(values)


def run_arguments(url, run_dir, seconds):
    return ("run", "--target", url, "-q", RATE, "-z", f"{seconds}s", "-c", 10, "--run-dir", run_dir, "--quiet")


def undisturbed(url, place):
    done = support.lowtide(*run_arguments(url, place / "alone", 15), cwd=place)
    assert done.returncode == 0, done.stderr
    return support.events(place / "alone")


def follower(run_dir, seen):
    return subprocess.Popen([sys.executable, "-B", os.path.join(os.path.dirname(__file__), "stand_in.py"),
                             str(run_dir), str(seen)], start_new_session=True)


def check_undisturbed(journal, reference, seconds):
    """Every second is there, nothing was lost, and operations left as punctually as without a reader."""
    support.check_identity(journal)
    assert not support.of_kind(journal, "gap"), "the journal has a gap"
    last = support.of_kind(journal, "scenario_finished")[-1]
    counts = last.get("counts", last)
    assert abs(counts["planned"] - RATE * seconds) <= 1, counts
    assert counts["ok"] == counts["planned"], counts
    assert len(support.of_kind(journal, "interval")) >= seconds - 1
    for share in ("p50_ms", "p99_ms"):
        here, alone = lateness(journal, share), lateness(reference, share)
        assert here <= 3 * alone + 0.5, f"{share} of the lateness: {here} ms, undisturbed {alone} ms"


def test_a_front_end_that_stalls_and_dies_changes_nothing():
    seconds = STALL_SECONDS + 15
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        url = service["url"] + "/market/ticker"
        reference = undisturbed(url, place)
        run_dir = place / "followed"
        log = open(place / "engine.out", "wb")
        engine = support.started(*run_arguments(url, run_dir, seconds), cwd=place, stdout=log, stderr=log)
        support.wait_until(lambda: (run_dir / "run.ndjson").exists(), 10, "the journal")

        stalled_seen, seen = place / "stalled", place / "seen"
        stalled = follower(run_dir, stalled_seen)
        support.wait_until(stalled_seen.exists, 10, "the front end follows")
        os.kill(stalled.pid, signal.SIGSTOP)
        stalled_until = time.monotonic() + STALL_SECONDS
        chance = random.Random(7)
        for _ in range(KILLS):
            victim = follower(run_dir, seen)
            time.sleep(chance.uniform(0.05, 1.5))
            victim.kill()
            victim.wait()
        while time.monotonic() < stalled_until:
            time.sleep(0.1)
        os.kill(stalled.pid, signal.SIGCONT)
        last = follower(run_dir, seen)
        assert engine.wait(seconds + 30) == 0, (place / "engine.out").read_text()
        assert last.wait(20) == 0 and stalled.wait(20) == 0
        journal = support.events(run_dir)
        assert int(seen.read_text()) == len(journal)
        assert int(stalled_seen.read_text()) == len(journal)
        check_undisturbed(journal, reference, seconds)


def test_a_stalled_reader_of_the_event_stream_changes_nothing():
    seconds = 12
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        url = service["url"] + "/market/ticker"
        reference = undisturbed(url, place)
        run_dir = place / "piped"
        engine = support.started(*run_arguments(url, run_dir, seconds), "--events", "-", cwd=place,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        fcntl.fcntl(engine.stdout, fcntl.F_SETPIPE_SZ, 8192)  # full within seconds
        assert engine.wait(seconds + 30) == 0  # nobody has read a byte of it
        check_undisturbed(support.events(run_dir), reference, seconds)
        piped = [json.loads(line) for line in engine.stdout.read().split(b"\n")[:-1]]
        assert piped and piped[0]["kind"] == "run_started"
        assert piped[-1]["kind"] != "run_finished", "the pipe took everything: nothing stalled"
        engine.stdout.close()


def test_a_reader_that_leaves_ends_its_stream_alone():
    seconds = 6
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        run_dir = place / "left"
        engine = support.started(*run_arguments(service["url"] + "/health", run_dir, seconds), "--events", "-",
                                 cwd=place, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        engine.stdout.readline()
        engine.stdout.close()
        assert engine.wait(seconds + 30) == 0
        assert support.events(run_dir)[-1]["kind"] == "run_finished"


if __name__ == "__main__":
    support.run_tests(sys.modules[__name__])
