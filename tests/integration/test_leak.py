"""A leak of known size must fail the growth objective and be named with its rate."""
import sys

import support

LEAK_MB_PER_MINUTE, SECONDS = 60, 180


def test_a_leak_of_60_mb_a_minute_is_named_within_a_tenth():
    with support.workplace() as place:
        fault = f"leak_mb_per_minute={LEAK_MB_PER_MINUTE}"
        with support.demo("bluefin", "--fault", fault) as (service, process):
            done = support.lowtide("run", "--target", service["url"] + "/market/ticker", "-q", 5,
                                   "-z", f"{SECONDS}s", "--quiet",
                                   "--set", f"services.target.pid={process.pid}",
                                   "--set", "monitoring.performance_thresholds.max_memory_growth_mb=100",
                                   cwd=place, timeout=SECONDS + 60)
        report = support.report_in(place)
        assert done.returncode == 1, done.stdout
        growth = [o for o in report["objectives"] if o["metric"] == "memory_growth"]
        assert len(growth) == 1 and growth[0]["verdict"] == "fail", growth
        rate = report["services"][0]["memory_growth"]["rate_mb_per_minute"]
        print(f"      {rate:.1f} MB/min for {LEAK_MB_PER_MINUTE} planted; {growth[0]}")
        assert abs(rate - LEAK_MB_PER_MINUTE) <= 0.1 * LEAK_MB_PER_MINUTE, rate
        assert "MB/min" in growth[0]["note"], growth[0]


if __name__ == "__main__":
    support.run_tests(sys.modules[__name__])
