#!/usr/bin/env python3
"""Makes the golden journals in tests/data/journals anew: make_journals.py [DIR].

One of every mode, with every kind of event. Counts add up in each interval, and each interval's figures are
those of its histograms."""
import pathlib
import random
import sys

from journal import Journal
from load import Load

MB = 1048576
API = ["GET /account", "GET /market/ticker", "POST /orders"]


def objective(id_, metric, limit, unit, scope=None, percentile=None, comparison="<", decides=None):
    members = {"id": id_, "metric": metric, "scope": scope, "percentile": percentile,
               "comparison": comparison, "limit": limit, "unit": unit, "decides": decides}
    return {key: value for key, value in members.items() if value is not None}


def service(name, **members):
    order = ("url", "websocket_url", "container", "memory_limit_bytes", "cpu_limit_cores", "limits",
             "limits_note", "started_by_run")
    return {"name": name, **{key: members[key] for key in order if key in members}}


def scenario(name, type_, service_name, seconds, users=None, queue=None, description=None, model="open"):
    members = {"name": name, "type": type_, "description": description, "service": service_name,
               "planned_seconds": seconds, "load_model": model, "users": users, "queue_bound": queue}
    return {key: value for key, value in members.items() if value is not None}


def start(journal, mode, services, scenarios, objectives, seconds, **extra):
    journal.add(0, "run_started", mode=mode, run_id="20240229_120000", wall_clock="2024-02-29T12:00:00Z",
                version="0.1.0", qt_version="6.4.2", kernel="6.1.0-18-amd64", machine="2 CPUs, 24105 MB",
                pid=4242, control_socket=f"/tmp/lowtide/{mode}/control.sock",
                suite="Low-Resource Environment Stress Test", description=extra.get("description"),
                environment="low_resource", settings=extra.get("settings"), objectives=objectives,
                warnings=extra.get("warnings"), services=services, scenarios=scenarios,
                planned_seconds=seconds, cpu_warning_percent=80, snapshot_seconds=5, detailed_metrics=True,
                resource_snapshots=True)


def turn(journal, phase, name, load, scenario_name=None, counters=None, before=None, finish=None):
    """Phase, intervals and end of one scenario's turn."""
    end = load.start + load.seconds
    journal.add(round(load.start, 6), "phase", phase=phase, scenario=name, begins=True,
                planned_seconds=load.seconds)
    totals = load.write(journal, scenario_name or name, phase, counters, before)
    journal.add(round(end + 0.001, 6), "phase", phase=phase, scenario=name, begins=False,
                planned_seconds=load.seconds)
    if finish is not None:
        journal.add(round(end + 0.0011, 6), "scenario_finished", scenario=name, end="completed",
                    note=finish.get("note"), counts=totals[0], metrics=finish.get("metrics"),
                    remarks={"load_model": "open", **finish.get("remarks", {})})
    return totals


def own_state(journal, loads, until):
    """A generator event a second."""
    for second in range(1, until + 1):
        now = round(second + 0.0021, 6)
        running = [load for load in loads if load.start < second <= load.start + load.seconds]
        lateness = running[0].lateness(second - 1, second).figures() if running else {"count": 0}
        journal.add(now, "generator", cpu_percent=1.5 + 0.25 * (second % 4), memory_bytes=31 * MB + 4096 * second,
                    peak_memory_bytes=33 * MB, lateness=lateness, descriptors=24)


def processes(journal, until, ballast):
    for second in range(1, until + 1):
        now = round(second + 0.0022, 6)
        memory = 14 * MB + 40_960 * second
        held = ballast.get(second, 0) * MB
        journal.add(now, "process", service="bluefin", pid=4301, alive=True, memory_bytes=memory,
                    peak_memory_bytes=memory, cpu_percent=6.5 + 0.5 * (second % 3), disk_read_bytes=8192,
                    disk_written_bytes=0, cgroup_memory_bytes=memory + held + 2 * MB,
                    memory_limit_bytes=128 * MB, ballast_bytes=held, cpu_limit_cores=0.3,
                    throttled_periods=second // 4, periods=10 * second, throttled_us=1500 * (second // 4),
                    oom_kills=0)
        journal.add(now, "process", service="dashboard", pid=4302, alive=True, memory_bytes=12 * MB,
                    peak_memory_bytes=12 * MB, cpu_percent=2.25, disk_read_bytes=0, disk_written_bytes=0)


def probes(journal, until, sick=()):
    for n, second in enumerate(range(0, until, 5)):
        now = round(second + 0.35, 6)
        for name, check in (("bluefin", "http"), ("dashboard", "http"), ("dashboard", "websocket")):
            ill = (name, second) in sick
            journal.add(now, "probe", service=name, check=check, healthy=not ill,
                        response_ms=5000.0 if ill else 1.25 + 0.1 * n,
                        detail="timeout" if ill else ("pong" if check == "websocket" else "200"),
                        failures_in_a_row=1 if ill else 0)


RUN_OBJECTIVES = [
    objective("http_load.p95", "response_time", 500, "ms", "http_load", 95),
    objective("http_load.errors", "error_rate", 10, "percent", "http_load"),
    objective("websocket_load.p95", "response_time", 1000, "ms", "websocket_load", 95),
    objective("memory_pressure.errors", "error_rate", 20, "percent", "memory_pressure"),
    objective("recovery.checks", "recovery_checks", 80, "percent", "recovery", comparison=">="),
    objective("run.memory_growth", "memory_growth", 100, "mb"),
    objective("run.memory_total", "memory_total", 512, "mb", comparison="<="),
    objective("run.critical_failures", "critical_failures", 0, "count", comparison="<="),
    objective("bluefin.memory", "memory", 100, "mb", "service:bluefin", decides=False),
]


def run():
    """The main job: baseline, four scenarios, 22 s."""
    rng = random.Random(1)
    journal = Journal()
    start(journal, "run",
          [service("bluefin", url="http://127.0.0.1:8082", memory_limit_bytes=128 * MB, cpu_limit_cores=0.3,
                   limits="applied", started_by_run=True),
           service("dashboard", url="http://127.0.0.1:8000", websocket_url="ws://127.0.0.1:8000/ws",
                   memory_limit_bytes=128 * MB, cpu_limit_cores=0.3, limits="not_applied",
                   limits_note="no control group may be written here", started_by_run=True)],
          [scenario("http_load", "http_load", "bluefin", 7, 3, 4, "Bluefin service load"),
           scenario("websocket_load", "websocket_load", "dashboard", 4),
           scenario("memory_pressure", "memory_pressure", "bluefin", 5, 3, 1000),
           scenario("recovery", "recovery", "bluefin", 0, 3, 1000)],
          RUN_OBJECTIVES, 22, description="Golden journal",
          settings=[{"path": "test_parameters.concurrent_users", "value": "3", "source": "default"},
                    {"path": "test_parameters.test_duration_seconds", "value": "16", "source": "environment",
                     "origin": "TEST_DURATION"},
                    {"path": "services.bluefin.url", "value": "\"http://127.0.0.1:8082\"", "source": "demo"}],
          warnings=["dashboard: limits are not applied: no control group may be written here"])
    journal.add(0.0002, "phase", phase="prepare", begins=True)
    for pid, name in ((4301, "bluefin"), (4302, "dashboard")):
        journal.add(0.05, "action", id="service_started", scope=name, detail=f"process {pid}", value=pid)
    journal.add(0.06, "log", level="info", category="lowtide.run", text="sending to 127.0.0.1:8082")
    journal.add(0.9, "phase", phase="prepare", begins=False)

    baseline = Load(rng, 1, 2, 5, 3, 1000, [""], 6)
    http = Load(rng, 3.1, 7, 20, 3, 4, API, 9, fails=0.04, stall=(6.2, 7.1))
    websocket = Load(rng, 10.2, 4, 5, 2, 1000, [""], 3)
    pressure = Load(rng, 14.3, 5, 5, 3, 1000, API, 12)
    recovery = Load(rng, 19.4, 3, 5, 3, 1000, API, 6)
    turn(journal, "baseline", "recovery", baseline, scenario_name="baseline")
    turn(journal, "stress", "http_load", http, finish={})

    def sockets(at):
        counts = websocket.counts(at)
        return {"connections_open": 2, "disconnects": 0, "messages_lost": 0, "messages_received": counts["ok"],
                "messages_sent": counts["sent"], "overflow_lost": 142 if at > 14 else 0, "reconnects": 0}

    turn(journal, "stress", "websocket_load", websocket, counters=sockets,
         finish={"metrics": {"connections_planned": 2, "message_size_bytes": 512, "overflow_lost": 142}})
    ballast = {15: 20, 16: 40, 17: 60, 18: 60}
    for second, held in ((14.8, 20), (15.8, 40), (16.8, 60)):
        journal.add(second, "action", id="ballast", scope="bluefin", detail=f"{held} MB of ballast", value=held)
    journal.add(18.6, "action", id="ballast", scope="bluefin", detail="ballast released", value=0)
    journal.add(17.003, "alert", id="memory", scope="service:bluefin", raised=True, measured=91.5, limit=90,
                unit="percent", text="bluefin: memory at 91.5 % of its limit")
    journal.add(18.7, "alert", id="memory", scope="service:bluefin", raised=False, measured=13, limit=90,
                unit="percent", text="bluefin: memory back below 90 % of its limit")
    turn(journal, "stress", "memory_pressure", pressure, finish={
        "note": "pressure cut to 60 MB by the limit of 128 MB",
        "metrics": {"ballast_killed": 0, "pressure_asked_mb": 200, "pressure_reached_mb": 60},
        "remarks": {"pressure_mode": "cgroup"}})
    before = baseline.histogram(1, 3, "response_time")
    turn(journal, "recovery", "recovery", recovery, finish={
        "metrics": {"baseline_p50_ms": before.figures()["p50_ms"], "checks_done": 5,
                    "checks_passed": 5, "checks_passed_percent": 100, "checks_total": 5,
                    "seconds_to_baseline": 1.0, "seconds_to_first_success": 0.0061,
                    "seconds_to_objective": 1.0},
        "remarks": {"memory_given_back_bluefin": "yes"}})
    own_state(journal, [baseline, http, websocket, pressure, recovery], 22)
    processes(journal, 22, ballast)
    probes(journal, 22, sick={("bluefin", 5)})
    journal.add(22.5, "phase", phase="finish", begins=True)
    journal.add(22.6, "phase", phase="finish", begins=False)
    journal.add(22.61, "run_finished", end="completed")
    return journal.text()


def container(journal, now, second, state, memory=None, restarts=0, **extra):
    running = state == "running"
    journal.add(now, "container", container="bluefin-service-stress", id="3cd3a1b2c4d5", service="bluefin",
                state=state, health=extra.get("health"), cpu_percent=28.5 if running else None,
                cpu_limit_cores=0.3, memory_bytes=memory, memory_limit_bytes=128 * MB,
                anonymous_bytes=memory - 3 * MB if memory else None, file_bytes=3 * MB if memory else None,
                throttled_periods=4 * second if running else None, periods=10 * second if running else None,
                throttled_us=90_000 * second if running else None, major_faults=12 if running else None,
                oom_kills=extra.get("oom_kills"), restarts=restarts, pids=2 if running else 0,
                network_received_bytes=5000 * second if running else None,
                network_sent_bytes=9000 * second if running else None,
                disk_read_bytes=4096 if running else None, disk_written_bytes=0 if running else None,
                cpu_pressure_us=1200.5 * second if running else None,
                memory_pressure_us=300.25 * second if running else None,
                io_pressure_us=0.0 if running else None,
                sources={"cpu_percent": "docker stats", "memory_bytes": "docker stats",
                         "throttled_periods": "cgroup"} if running else None)


def containers():
    """A container that is killed for want of memory in the second cycle, and restarted."""
    rng = random.Random(2)
    journal = Journal()
    name = "bluefin-service-stress"
    start(journal, "run",
          [service("bluefin", url="http://127.0.0.1:8082", container=name, memory_limit_bytes=128 * MB,
                   cpu_limit_cores=0.3, limits="applied")],
          [scenario("http_load", "http_load", "bluefin", 10, 3, 1000)],
          [RUN_OBJECTIVES[0], RUN_OBJECTIVES[7]], 11)
    first = Load(rng, 1, 5, 10, 3, 1000, [""], 15)
    second = Load(rng, 6.1, 5, 10, 3, 1000, [""], 25, fails=0.3)
    totals = None
    for index, load in ((1, first), (2, second)):
        journal.add(round(load.start + 0.0001, 6), "cycle", scenario="http_load", index=index, of=2, begins=True)
        totals = turn(journal, "stress", "http_load", load, before=totals, finish={} if index == 2 else None)
        journal.add(round(load.start + load.seconds + 0.0009, 6), "cycle", scenario="http_load", index=index, of=2,
                    begins=False)
    for tick in range(1, 12):
        if tick < 8:
            container(journal, tick + 0.01, tick, "running", (60 + 9 * tick) * MB, health="healthy", oom_kills=0)
        elif tick == 8:
            container(journal, tick + 0.01, tick, "exited", oom_kills=1)
        else:
            container(journal, tick + 0.01, tick, "running", 30 * MB, restarts=1, health="starting", oom_kills=1)
    for now, what, detail in ((7.6, "oom", "out of memory"), (7.601, "die", "exit code 137"),
                              (8.4, "restart", "by its restart policy"), (8.41, "start", ""),
                              (10.2, "health_status", "healthy")):
        journal.add(now, "container_event", container=name, service="bluefin", what=what, detail=detail or None)
    journal.add(7.55, "container_log", container=name, stream="stderr", text="WARN cache \"orders\" at 118 MB")
    journal.add(8.45, "container_log", container=name, stream="stdout", text="listening on 0.0.0.0:8080 – ready")
    journal.add(0.4, "limit", target=name, what="memory", after=128 * MB, why="the profile's limit")
    journal.add(0.41, "limit", target=name, what="cpu", before=0.5, after=0.3, why="the profile's limit")
    journal.add(11.25, "limit", target=name, what="memory", before=128 * MB, why="given back")
    own_state(journal, [first, second], 11)
    journal.add(11.3, "run_finished", end="completed")
    return journal.text()


def fit():
    """A search for the smallest memory limit that holds."""
    rng = random.Random(3)
    journal = Journal()
    start(journal, "fit",
          [service("bluefin", url="http://127.0.0.1:8082", container="bluefin-service-stress",
                   memory_limit_bytes=128 * MB, limits="applied")],
          [scenario("http_load", "http_load", "bluefin", 3, 3, 1000)], [RUN_OBJECTIVES[0]], 12)
    tries = ((128, "pass", 128, None), (64, "fail", 128, 64), (96, "pass", 96, 64), (80, "no_data", 96, 64))
    totals, limit = None, 128.0 * MB
    for n, (tried, verdict, passed, failed) in enumerate(tries):
        begin = 3 * n
        if tried * MB != limit:
            journal.add(begin + 0.01, "limit", target="bluefin", what="memory", before=limit, after=tried * MB,
                        why="search")
            limit = tried * MB
        journal.add(begin + 0.02, "search", target="bluefin", what="memory", tried=tried, unit="mb")
        median_ms = {"pass": 8, "fail": 700, "no_data": 9000}[verdict]
        load = Load(rng, begin + 0.5, 2, 5, 3, 1000, [""], median_ms)
        totals = turn(journal, "stress", "http_load", load, before=totals,
                      finish={} if n == len(tries) - 1 else None)
        journal.add(begin + 2.9, "search", target="bluefin", what="memory", tried=tried, unit="mb",
                    verdict=verdict, smallest_passed=passed, largest_failed=failed)
    journal.add(11.95, "limit", target="bluefin", what="memory", before=limit, after=128 * MB, why="given back")
    journal.add(12, "run_finished", end="completed", note="96 MB is the smallest limit that held")
    return journal.text()


def monitor():
    """Watching alone: no load; one sink was too slow for a while; ended by Ctrl-C."""
    journal = Journal()
    start(journal, "monitor",
          [service("bluefin", url="http://127.0.0.1:8082", container="bluefin-service-stress", limits="none"),
           service("dashboard", url="http://127.0.0.1:8000", websocket_url="ws://127.0.0.1:8000/ws",
                   limits="none")],
          [], [], 0)
    for tick in range(1, 9):
        if tick not in (4, 5):
            container(journal, tick + 0.01, tick, "running", 40 * MB, health="healthy", oom_kills=0)
    journal.add(5.9, "gap", lost_events=2, from_seconds=4.01, to_seconds=5.01)
    own_state(journal, [], 8)
    probes(journal, 8)
    journal.add(8.5, "action", id="stop", detail="Ctrl-C")
    journal.add(8.6, "run_finished", end="interrupted", note="stopped by Ctrl-C")
    return journal.text()


def cut(text):
    """As a power cut leaves it: the last line ends in the middle, and there is no end of the run."""
    lines = text.splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if '"kind":"interval"' in line and '"t":12.' in line)
    return "".join(lines[:last]) + lines[last][: len(lines[last]) // 2]


def with_unknown_kind(text):
    """As a later version may write it: a kind that this one does not know."""
    lines = text.splitlines(keepends=True)
    lines.insert(2, '{"v":1,"kind":"weather","t":0.5,"sky":"blue"}\n')
    return "".join(lines)


def main():
    folder = pathlib.Path(__file__).parents[1] / "data" / "journals"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else folder
    folder.mkdir(parents=True, exist_ok=True)
    whole = run()
    journals = {"run": whole, "containers": containers(), "fit": fit(), "monitor": monitor(),
                "truncated": cut(whole), "unknown_kind": with_unknown_kind(monitor())}
    for name, text in journals.items():
        (folder / f"{name}.ndjson").write_text(text, encoding="utf-8")


main()
