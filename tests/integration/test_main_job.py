"""The main job, shortened: all four scenarios against the demo services, and the seed's own questions."""
import json
import os
import pathlib
import subprocess
import sys

import support

JQ = [".summary.overall_success", ".summary.success_rate_percent", ".summary.total_operations",
      ".summary.max_memory_mb", ".summary.recommendations[]"]


def control_groups_of_ours():
    return [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob("**/lowtide-*")
            if path.is_dir() and not pathlib.Path(f"/proc/{path.name.split('-')[1]}").exists()]


def test_the_seeds_questions_are_answered_and_nothing_is_left():
    with support.workplace() as place:
        done = support.lowtide("run", "--demo", "trading-bot", "--quiet", cwd=place, TEST_DURATION="20")
        assert done.returncode == 0, done.stdout + done.stderr
        path = next(place.glob("stress_test_report_*.json"))
        report = json.loads(path.read_text())
        for query in JQ:
            answer = subprocess.run(["jq", "-e", query, path], capture_output=True, text=True)
            assert answer.returncode == 0 and answer.stdout.strip() not in ("", "null"), (query, answer)
        assert report["total_tests"] == 4 and report["successful_tests"] == 4, report["summary"]
        schema = subprocess.run(["/usr/bin/python3", "-B", support.SOURCE / "tests/report_schema_check.py", path],
                                capture_output=True, text=True)
        assert schema.returncode == 0, schema.stdout + schema.stderr
        support.wait_until(lambda: not control_groups_of_ours(), 5, "control groups are removed")
        run_dir = next((place / "stress_test_results").glob("run_*"))
        support.check_identity(support.events(run_dir))
        events = subprocess.run(["/usr/bin/python3", "-B", support.SOURCE / "tests/schema_check.py",
                                 run_dir / "run.ndjson"], capture_output=True, text=True)
        assert events.returncode == 0, events.stdout + events.stderr
        for log in ("bluefin", "dashboard", "bot"):
            link = place / "stress_test_results" / f"{log}.log"
            assert link.resolve() == (run_dir / f"{log}.log").resolve() and link.exists(), link
        assert (place / "stress_test.log").stat().st_size > 0


def test_limits_are_applied_or_the_report_says_why_not():
    with support.workplace() as place:
        done = support.lowtide("run", "--demo", "http-only", "--quiet", cwd=place, TEST_DURATION="5")
        assert done.returncode == 0, done.stdout + done.stderr
        for service in support.report_in(place)["services"]:
            if service["limits"] == "applied":
                assert service["memory_limit_mb"] in (256, 128), service
            else:
                assert service["limits_note"], service


def test_what_the_websocket_scenario_lost_is_what_the_server_dropped():
    import urllib.request
    with support.workplace() as place, support.demo("dashboard") as (service, _):
        done = support.lowtide("run", "--target", service["websocket_url"], "-q", 20, "-z", "5s", "-c", 2, "--quiet",
                               "--set", "scenarios.websocket_load.overflow=true", cwd=place)
        test = support.report_in(place)["test_results"][0]
        with urllib.request.urlopen(service["url"] + "/api/status", timeout=10) as answer:
            dropped = json.load(answer)["queue_dropped"]
        metrics = test["additional_metrics"]
        assert done.returncode == 0, done.stdout + done.stderr
        assert dropped > 0, "the queue never overflowed"
        assert metrics["overflow_lost"] == dropped, (metrics, dropped)
        print(f"      lost {metrics['overflow_lost']:.0f}, dropped by the server {dropped}")


if __name__ == "__main__":
    support.run_tests(sys.modules[__name__])
