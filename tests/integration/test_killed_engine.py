"""What is left of a run whose engine was killed: children, the journal, and the report made from it."""
import json
import os
import signal
import subprocess
import sys

import support


def gone(pid):
    """A zombie counts as gone: its parent, the test's init, has yet to collect it."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def last_second(journal):
    return max(event["t"] for event in support.of_kind(journal, "interval"))


def whole_events(run_dir):
    found = []
    for line in (run_dir / "run.ndjson").read_text().splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            pass
    return found


def test_a_killed_run_leaves_a_report_up_to_its_last_second():
    with support.workplace() as place, support.demo("bluefin") as (service, _):
        run_dir = place / "killed"
        engine = support.started("run", "--target", service["url"] + "/market/ticker", "-q", 50, "-z", "60s",
                                 "--run-dir", run_dir, cwd=place, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        journal = run_dir / "run.ndjson"
        support.wait_until(lambda: journal.exists() and
                           len(support.of_kind(whole_events(run_dir), "interval")) >= 5, 30, "five seconds")
        engine.send_signal(signal.SIGKILL)
        engine.wait()
        seen = whole_events(run_dir)
        made = support.lowtide("report", run_dir, "--format", "json", cwd=place)
        report = json.loads(made.stdout)
        assert report["recovered_from_journal"] is True, made.stderr
        assert abs(report["duration_seconds"] - last_second(seen)) <= 1.0, report["duration_seconds"]
        last = support.of_kind(seen, "interval")[-1]
        counts = last.get("counts", last)
        assert report["test_results"][0]["counts"]["ok"] == counts["ok"]


def test_services_and_ballast_end_with_a_killed_engine():
    with support.workplace() as place:
        run_dir = place / "killed"
        engine = support.started("run", "--demo", "trading-bot", "--set", "test_parameters.test_duration_seconds=10",
                                 "--run-dir", run_dir, cwd=place, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        support.wait_until(lambda: (run_dir / "run.ndjson").exists() and any(
            event["kind"] == "action" and event["id"] == "ballast" for event in whole_events(run_dir)),
            60, "the ballast")
        children = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and parent_of(pid) == engine.pid]
        assert len(children) >= 4, "three services and the ballast"
        engine.send_signal(signal.SIGKILL)
        engine.wait()
        support.wait_until(lambda: all(gone(pid) for pid in children), 5, "all children are gone")


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return int(stat.read().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


if __name__ == "__main__":
    support.run_tests(sys.modules[__name__])
