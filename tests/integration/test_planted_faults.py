"""Faults planted in a demo service must show in the report as what they are."""
import sys

import support


def run(place, url, *arguments, expect):
    done = support.lowtide("run", "--target", url, "--quiet", *arguments, cwd=place)
    assert done.returncode == expect, f"exit {done.returncode}: {done.stdout}{done.stderr}"
    return support.report_in(place), done


def test_a_fifth_of_errors_fails_the_scenario_and_is_named():
    with support.workplace() as place, support.demo("bluefin", "--fault", "error_percent=20") as (service, _):
        report, done = run(place, service["url"] + "/market/ticker", "-q", 50, "-z", "10s", expect=1)
        test = report["test_results"][0]
        assert abs(test["error_rate_percent"] - 20.0) <= 1.0, test["error_rate_percent"]
        assert test["failed_by_status"].keys() == {"500"}, test["failed_by_status"]
        assert not test["success"] and not report["summary"]["overall_success"]
        assert "500" in done.stdout and "20" in done.stdout, done.stdout


def test_a_stall_shows_in_the_response_time_and_less_in_the_service_time():
    """50/s for 20 s, a stall of 5 s in the middle, 3 users, queue of 1000: 250 operations come due in it.
    They wait for a user, so the corrected p95 holds the stall; only 3 of them were sent into it."""
    faults = ("--fault", "stall_seconds=5", "--fault", "stall_after_seconds=8")
    with support.workplace() as place, support.demo("bluefin", *faults) as (service, _):
        report, _ = run(place, service["url"] + "/market/ticker", "-q", 50, "-z", "20s", "-c", 3, expect=0)
        test = report["test_results"][0]
        corrected, service_time = test["response_time_ms"], test["service_time_ms"]
        assert test["users"] == 3 and test["queue_bound"] == 1000
        assert 4000 <= corrected["p99"] <= 5600, corrected
        assert corrected["p90"] > 1500, corrected
        assert service_time["p95"] < 1000, service_time
        assert test["counts"]["dropped"] == 0


def test_what_a_full_queue_drops_is_counted_and_said():
    """The queue takes 100: in a stall of 5 s at 50/s some 150 of 250 find it full."""
    faults = ("--fault", "stall_seconds=5", "--fault", "stall_after_seconds=5")
    with support.workplace() as place, support.demo("bluefin", *faults) as (service, _):
        report, done = run(place, service["url"] + "/market/ticker", "-q", 50, "-z", "15s", "-c", 3,
                           "--set", "scenarios.http_load.queue_bound=100", expect=1)
        test = report["test_results"][0]
        counts = test["counts"]
        assert 100 < counts["dropped"] < 200, counts
        assert test["response_time_ms"]["count"] == counts["ok"] + counts["failed"] + counts["timed_out"]
        assert str(counts["dropped"]) in test["percentiles_lack"], test["percentiles_lack"]
        assert counts["planned"] == counts["ok"] + counts["failed"] + counts["timed_out"] + counts["dropped"]


def test_a_target_that_goes_away_is_counted_as_refused():
    faults = ("--fault", "crash_after=200")
    with support.workplace() as place, support.demo("bluefin", *faults) as (service, _):
        report, _ = run(place, service["url"] + "/market/ticker", "-q", 50, "-z", "10s", expect=1)
        test = report["test_results"][0]
        assert test["failed_by_kind"].get("refused", 0) > 200, test["failed_by_kind"]


def test_a_target_that_is_not_there_is_exit_3_and_says_what_was_tried():
    with support.workplace() as place:
        port = support.free_port()
        done = support.lowtide("run", "--target", f"http://127.0.0.1:{port}/", "-z", "5s", cwd=place)
        assert done.returncode == 3, done.stderr
        assert str(port) in done.stderr, done.stderr


if __name__ == "__main__":
    support.run_tests(sys.modules[__name__])
