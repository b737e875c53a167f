"""The batch tool from outside: signals, exit codes, what goes to stdout and what to stderr."""
import contextlib
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import time

import support

TICKER = "/market/ticker"


def journal_of(run_dir):
    """The lines of a journal that are whole by now."""
    path = pathlib.Path(run_dir) / "run.ndjson"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def in_flight(run_dir):
    last = support.of_kind(journal_of(run_dir), "interval")[-1]
    return last.get("counts", last).get("in_flight", 0)


@contextlib.contextmanager
def running(place, url, *arguments, **options):
    """A run that would take a minute, with its load under way."""
    engine = support.started("run", "--target", url, "-q", 20, "-z", "60s", "--run-dir", place / "run",
                             *arguments, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, **options)
    try:
        support.wait_until(lambda: support.of_kind(journal_of(place / "run"), "interval"), 20, "load runs")
        yield engine
    finally:
        if engine.poll() is None:
            engine.kill()
        engine.communicate()


def check_interrupted(place, began):
    report = support.report_in(place)
    assert report["interrupted"] is True, report["interrupted"]
    assert report["summary"]["total_operations"] > 0
    journal = support.events(place / "run")
    assert journal[-1]["kind"] == "run_finished" and journal[-1]["end"] == "interrupted", journal[-1]
    support.check_identity(journal)
    assert time.monotonic() - began < 55, "the run was not cut short"


def stopped_by(number):
    began = time.monotonic()
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        with running(place, service["url"] + TICKER) as engine:
            engine.send_signal(number)
            output, errors = engine.communicate(timeout=40)
        assert engine.returncode == 130, (engine.returncode, errors)
        assert "Stopping" in errors, errors
        assert output.strip(), "the summary is on stdout"
        check_interrupted(place, began)


def test_ctrl_c_ends_in_order_with_a_report():
    stopped_by(signal.SIGINT)


def test_ctrl_c_ends_in_order_while_nobody_reads_stderr():
    began = time.monotonic()
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        reader, writer = os.pipe()
        engine = support.started("run", "--target", service["url"] + TICKER, "-q", 20, "-z", "60s",
                                 "--run-dir", place / "run", cwd=place, stdout=subprocess.DEVNULL, stderr=writer)
        try:
            support.wait_until(lambda: support.of_kind(journal_of(place / "run"), "interval"), 20, "load runs")
            os.set_blocking(writer, False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(writer, b"." * 4096)
            os.set_blocking(writer, True)
            engine.send_signal(signal.SIGINT)
            assert engine.wait(40) == 130, engine.returncode
        finally:
            if engine.poll() is None:
                engine.kill()
                engine.wait()
            os.close(reader)
            os.close(writer)
        check_interrupted(place, began)


def test_terminate_and_hang_up_count_as_ctrl_c():
    stopped_by(signal.SIGTERM)
    stopped_by(signal.SIGHUP)


def test_a_second_ctrl_c_ends_a_run_whose_service_answers_nothing():
    began = time.monotonic()
    with support.workplace() as place:
        faults = ("--fault", "stall_after_seconds=3", "--fault", "stall_seconds=120")
        with support.demo("bluefin", *faults) as (service, _):
            # The time limit of an operation is far away, so only the second signal can end the wait.
            with running(place, service["url"] + TICKER) as engine:
                support.wait_until(lambda: in_flight(place / "run") > 0, 20, "the service stalls")
                engine.send_signal(signal.SIGINT)
                support.wait_until(lambda: "Stopping" in engine.stderr.readline(), 5, "the first is heard")
                engine.send_signal(signal.SIGINT)
                _, errors = engine.communicate(timeout=8)
            assert engine.returncode == 130, (engine.returncode, errors)
            check_interrupted(place, began)


def test_the_end_of_control_from_standard_input_stops_nothing():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        done = support.lowtide("run", "--target", service["url"] + TICKER, "-z", "3s", "--control", "-", cwd=place)
        assert done.returncode == 0, done.stderr


def test_control_from_standard_input_stops_a_run():
    began = time.monotonic()
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        engine = subprocess.Popen([support.LOWTIDE, "run", "--target", service["url"] + TICKER, "-z", "60s",
                                   "--run-dir", place / "run", "--control", "-", "--quiet"],
                                  cwd=place, env=support.environment(), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            support.wait_until(lambda: support.of_kind(journal_of(place / "run"), "interval"), 20, "load runs")
            _, errors = engine.communicate('{"id": 1, "command": "stop"}\n', timeout=40)
        finally:
            if engine.poll() is None:
                engine.kill()
        assert engine.returncode == 130, (engine.returncode, errors)
        check_interrupted(place, began)


def test_the_last_command_may_lack_its_line_end():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        done = subprocess.run([support.LOWTIDE, "run", "--target", service["url"] + TICKER, "-z", "60s",
                               "--control", "-", "--quiet"], cwd=place, env=support.environment(), timeout=40,
                              input='{"id": 1, "command": "stop"}', text=True, capture_output=True)
        assert done.returncode == 130, done


def test_events_go_to_the_file_that_is_named_also_the_second_time():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        for _ in range(2):
            done = support.lowtide("run", "--target", service["url"] + TICKER, "-z", "1s", "--events", "e.ndjson",
                                   "--quiet", cwd=place)
            assert done.returncode == 0, done.stderr
        kinds = [json.loads(line)["kind"] for line in (place / "e.ndjson").read_text().splitlines()]
        assert kinds.count("run_started") == 1, kinds


def test_places_that_cannot_be_written_are_bad_input_and_named_once():
    with support.workplace() as place:
        target = ("--target", "http://127.0.0.1:1/", "-z", "1s")
        for flag in ("--output-dir", "--run-dir"):
            done = support.lowtide("run", *target, flag, "/proc/nowhere", cwd=place)
            assert done.returncode == 2 and done.stderr.count("lowtide:") == 1, done
            assert "/proc/nowhere" in done.stderr, done.stderr
        done = support.lowtide("run", *target, "--events", "no/such/folder", "--output-dir", "out", cwd=place)
        assert done.returncode == 2 and "--events" in done.stderr, done
        assert not (place / "out").exists(), "nothing is made for a run that cannot be"


def test_a_fault_that_the_demo_does_not_know_is_bad_input():
    with support.workplace() as place:
        done = support.lowtide("run", "quick", "--demo", "--demo-fault", "bluefin:nonsense=1", cwd=place)
        assert done.returncode == 2 and done.stderr.count("nonsense") >= 1, done


def test_events_on_stdout_are_nothing_but_events():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        done = support.lowtide("run", "--target", service["url"] + TICKER, "-z", "3s", "--events", "-", cwd=place)
        assert done.returncode == 0, done.stderr
        kinds = [json.loads(line)["kind"] for line in done.stdout.splitlines()]
        assert kinds[0] == "run_started" and kinds[-1] == "run_finished", kinds
        assert "passed" in done.stderr, "the summary goes to stderr then"


def test_a_reader_of_events_that_leaves_does_not_end_the_run():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        engine = support.started("run", "--target", service["url"] + TICKER, "-z", "3s", "--events", "-",
                                 "--run-dir", place / "run", cwd=place, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        try:
            engine.stdout.readline()
            engine.stdout.close()
            errors = engine.stderr.read()
            assert engine.wait(60) == 0, errors
        finally:
            if engine.poll() is None:
                engine.kill()
        journal = support.events(place / "run")
        assert journal[-1]["kind"] == "run_finished" and journal[-1]["end"] == "completed"


def test_json_on_stdout_is_the_report_and_nothing_else():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        done = support.lowtide("run", "--target", service["url"] + TICKER, "-z", "3s", "--format", "json", cwd=place)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == support.report_in(place)
        run_dir = next((place / "stress_test_results").glob("run_*"))
        again = support.lowtide("report", run_dir, "--format", "json", cwd=place)
        assert again.returncode == 0 and json.loads(again.stdout) == json.loads(done.stdout), again.stderr
        named = support.lowtide("report", run_dir, "-o", "mine.json", cwd=place)
        assert named.returncode == 0 and named.stdout == "", named
        assert json.loads((place / "mine.json").read_text()) == json.loads(done.stdout)


def test_a_profile_comes_from_standard_input_too():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        text = json.dumps({"services": {"a": {"url": service["url"]}}, "scenarios": {"load": {
            "type": "http_load", "service": "a", "duration_seconds": 2, "requests": [{"path": TICKER}]}}})
        done = subprocess.run([support.LOWTIDE, "run", "-", "--quiet"], cwd=place, input=text, text=True,
                              capture_output=True, env=support.environment(), timeout=60)
        assert done.returncode == 0, done.stderr
        assert support.report_in(place)["summary"]["total_operations"] > 0


def test_a_target_that_is_not_there_is_named_and_ends_with_3():
    with support.workplace() as place:
        url = f"http://127.0.0.1:{support.free_port()}/"
        for quiet in ((), ("--quiet",)):
            done = support.lowtide("run", "--target", url, "-z", "5s", *quiet, cwd=place)
            assert done.returncode == 3, done
            assert done.stderr.count(f"GET {url}") == 1 and "refused" in done.stderr, done.stderr
            assert done.stdout == "", done.stdout


def test_the_profile_alone_is_enough_as_in_the_seed():
    with support.workplace() as place:
        bundled = support.SOURCE / "resources/profiles/stress_test_config.json"
        (place / "stress_test_config.json").write_bytes(bundled.read_bytes())
        port = support.free_port()
        done = support.lowtide("stress_test_config.json", cwd=place, BLUEFIN_ENDPOINT=f"http://127.0.0.1:{port}",
                               DASHBOARD_ENDPOINT=f"http://127.0.0.1:{port}",
                               WEBSOCKET_ENDPOINT=f"ws://127.0.0.1:{port}/ws")
        assert done.returncode == 3, done
        assert f"127.0.0.1:{port}" in done.stderr, done.stderr


def test_a_result_that_could_not_be_written_is_found_before_the_run():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        done = support.lowtide("run", "--target", service["url"], "-o", "no/such/folder/report.json", cwd=place)
        assert done.returncode == 2 and "no/such/folder" in done.stderr, done
        assert not list(place.glob("stress_test_report_*")), "nothing was measured"


def test_what_is_sent_where_is_said_first():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        done = support.lowtide("run", "--target", service["url"] + TICKER, "-z", "3s", "-q", 7, cwd=place)
        plan = done.stderr.splitlines()
        said = [i for i, line in enumerate(plan) if service["url"] in line and "7 operations/s" in line]
        figures = [i for i, line in enumerate(plan) if "p95" in line]
        assert said and (not figures or said[0] < figures[0]), done.stderr
        assert "\x1b" not in done.stderr + done.stdout, "escape sequences belong on terminals"


def on_a_terminal(place, *arguments, **changes):
    """What lowtide writes to a terminal as its stderr."""
    ours, theirs = pty.openpty()
    engine = subprocess.Popen([support.LOWTIDE, *map(str, arguments)], cwd=place, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=theirs,
                              env=support.environment(TERM="xterm", **changes))
    os.close(theirs)
    written, end = b"", time.monotonic() + 60
    try:
        while time.monotonic() < end:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    part = os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
                if not part:
                    break
                written += part
            elif engine.poll() is not None:
                break
        engine.wait(10)
    finally:
        if engine.poll() is None:
            engine.kill()
            engine.wait()
        os.close(ours)
    return written.decode(), engine.returncode


def test_a_terminal_is_redrawn_and_no_color_takes_the_colour_away():
    colour = re.compile(r"\x1b\[\d*m")
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        arguments = ("run", "--target", service["url"] + TICKER, "-z", "4s")
        coloured, code = on_a_terminal(place, *arguments)
        assert code == 0, coloured
        assert "\x1b[J" in coloured and "p95" in coloured, coloured
        assert colour.search(coloured), coloured
        plain, _ = on_a_terminal(place, *arguments, NO_COLOR="1")
        assert "\x1b[J" in plain and not colour.search(plain), plain
        quiet, _ = on_a_terminal(place, *arguments, "--quiet")
        assert "\x1b" not in quiet and "p95" not in quiet, quiet


if __name__ == "__main__":
    support.run_tests(sys.modules[__name__])
