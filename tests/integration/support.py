"""What the tests of whole programs share. Everything listens on 127.0.0.1, everything started is ended."""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

BIN = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/dev/bin").resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[2]
LOWTIDE = str(BIN / "lowtide")
SEED_VARIABLES = ("STRESS_TEST_ENV", "TEST_DURATION", "TEST_DURATION_SECONDS", "CONCURRENT_USERS",
                  "OPERATIONS_PER_SECOND", "MEMORY_LIMIT_MB", "CPU_LIMIT_PERCENT", "LOG_LEVEL",
                  "ENABLE_MONITORING", "BLUEFIN_ENDPOINT", "DASHBOARD_ENDPOINT", "WEBSOCKET_ENDPOINT")


def environment(**changes):
    """Ours without what would change a run, with `changes`."""
    values = {k: v for k, v in os.environ.items()
              if k not in SEED_VARIABLES and not k.startswith("LOWTIDE_")}
    values.update({k: str(v) for k, v in changes.items()})
    return values


@contextlib.contextmanager
def workplace():
    """An empty directory that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lowtide-test-") as path:
        yield pathlib.Path(path)


@contextlib.contextmanager
def demo(service, *arguments):
    """One demo service; yields (announcement, process)."""
    process = subprocess.Popen([str(BIN / "lowtide-demo"), service, "--port", "0", "--lifeline", *arguments],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline()), process
    finally:
        process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.wait()


def lowtide(*arguments, cwd, timeout=240, **changes):
    """Runs lowtide to its end."""
    return subprocess.run([LOWTIDE, *map(str, arguments)], cwd=cwd, timeout=timeout, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL, env=environment(**changes))


def started(*arguments, cwd, **options):
    """Starts lowtide in a session of its own, as a front end does."""
    return subprocess.Popen([LOWTIDE, *map(str, arguments)], cwd=cwd, env=environment(),
                            stdin=subprocess.DEVNULL, start_new_session=True,
                            preexec_fn=heed_signals, **options)


def heed_signals():
    """In the child: what whoever runs these tests in the background had them ignore."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def events(run_dir):
    """All events of a journal; a broken line fails the test."""
    with open(pathlib.Path(run_dir) / "run.ndjson", encoding="utf-8") as journal:
        return [json.loads(line) for line in journal]


def of_kind(journal, kind):
    return [event for event in journal if event["kind"] == kind]


def report_in(directory):
    """The one seed report in a directory."""
    reports = list(pathlib.Path(directory).glob("stress_test_report_*.json"))
    assert len(reports) == 1, reports
    return json.loads(reports[0].read_text(encoding="utf-8"))


COUNTS = ("ok", "failed", "timed_out", "dropped", "cancelled", "in_flight")


def check_identity(journal):
    """planned = ok + failed + timed out + dropped + cancelled + in flight, in every interval."""
    intervals = of_kind(journal, "interval")
    assert intervals, "no interval in the journal"
    for event in intervals:
        counts = event.get("counts", event)
        assert counts["planned"] == sum(counts.get(name, 0) for name in COUNTS), event
    for event in of_kind(journal, "scenario_finished"):
        counts = event.get("counts", event)
        assert counts.get("in_flight", 0) == 0, event


def wait_until(condition, seconds, what):
    """Polls; fails the test when `seconds` are over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def free_port():
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_tests(module):
    """Runs every test_* of a module, says which failed, ends with 1 if any did."""
    failed = 0
    for name, test in sorted(vars(module).items()):
        if not name.startswith("test_") or not callable(test):
            continue
        begin = time.monotonic()
        try:
            test()
            print(f"ok    {name} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception as error:  # noqa: BLE001: a test may fail in any way
            failed += 1
            print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
            import traceback
            traceback.print_exc()
    sys.exit(1 if failed else 0)
