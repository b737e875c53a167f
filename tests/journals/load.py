"""A small simulation of open load on one service: every operation has a due time, a send and one end."""
import math
from dataclasses import dataclass

from hdr import Histogram


@dataclass
class Operation:
    due: float
    sent: float | None  # None: dropped when due, as the queue was full
    end: float
    outcome: str        # ok, failed, timed_out, dropped
    status: int | None  # of a failed one; None: the connection was reset
    request: str


def added(a, b):
    """Sums by key; counts keep the order of the format, maps are sorted."""
    keys = list(b) if "planned" in b else sorted({*a, *b})
    return {key: a.get(key, 0) + b.get(key, 0) for key in keys}


class Load:
    """Operations due at `rate` for `seconds` from `start`, sent by `users`, `queue` of them waiting."""

    def __init__(self, rng, start, seconds, rate, users, queue, requests, median_ms, fails=0.0, stall=None):
        self.start, self.seconds = start, seconds
        self.operations = []
        free = [start] * users
        for n in range(round(seconds * rate)):
            due = start + n / rate
            waiting = sum(1 for op in self.operations if op.sent is not None and op.sent > due)
            request = requests[n % len(requests)]
            if waiting >= queue and min(free) > due:
                self.operations.append(Operation(due, None, due, "dropped", None, request))
                continue
            user = free.index(min(free))
            sent = max(due + 0.00002, free[user])
            end = sent + math.exp(rng.gauss(math.log(median_ms / 1000), 0.35))
            if stall and stall[0] <= sent < stall[1]:
                end = stall[1] + (end - sent)  # the service stood still until then
            outcome, status = "ok", None
            if rng.random() < fails:
                outcome, status = "failed", (None if rng.random() < 0.25 else rng.choice([500, 503]))
            if end - sent > 2.0:
                end, outcome, status = sent + 2.0, "timed_out", None
            free[user] = end
            self.operations.append(Operation(due, sent, end, outcome, status, request))

    def counts(self, at, cancel=False):
        due = [op for op in self.operations if op.due <= at]
        ended = [op for op in due if op.end <= at]
        by = {o: sum(1 for op in ended if op.outcome == o) for o in ("ok", "failed", "timed_out", "dropped")}
        open_now = len(due) - len(ended)
        sent = sum(1 for op in due if op.sent is not None and op.sent <= at)
        counts = {"planned": len(due), "sent": sent, **by, "cancelled": open_now if cancel else 0,
                  "in_flight": 0 if cancel else open_now}
        ends = ("ok", "failed", "timed_out", "dropped", "cancelled", "in_flight")
        assert counts["planned"] == sum(counts[end] for end in ends)
        return counts

    def failures(self, at):
        failed = [op for op in self.operations if op.end <= at and op.outcome == "failed"]
        kinds, statuses = {}, {}
        for op in failed:
            kind = "reset" if op.status is None else "status"
            kinds[kind] = kinds.get(kind, 0) + 1
            if op.status is not None:
                statuses[str(op.status)] = statuses.get(str(op.status), 0) + 1
        return kinds, statuses

    def histogram(self, after, until, series, request=None):
        ended = [op for op in self.operations
                 if after < op.end <= until and op.sent is not None and request in (None, op.request)]
        begin = (lambda op: op.due) if series == "response_time" else (lambda op: op.sent)
        return Histogram(round((op.end - begin(op)) * 1e6) for op in ended)

    def lateness(self, after, until):
        sent = [op for op in self.operations if op.sent is not None and after < op.due <= until]
        return Histogram(round((op.sent - op.due) * 1e6) for op in sent if op.sent - op.due < 0.001)

    def write(self, journal, scenario, phase, counters=None, before=None):
        """Interval and histogram events; at the end what is still open is cancelled. `before`: what the
        scenario's earlier turn returned. Returns the totals of counts and failures."""
        last, requests = self.start, sorted({op.request for op in self.operations})
        before = before or ({}, {}, {})
        for second in range(1, math.ceil(self.seconds) + 1):
            is_last = second >= self.seconds
            at = round(self.start + min(second, self.seconds), 6)
            now = round(at + 0.0004 + 0.0001 * (second % 3), 6)
            totals = [added(*pair) for pair in zip(before, (self.counts(at, is_last), *self.failures(at)))]
            waiting = sum(1 for op in self.operations if op.due <= at and (op.sent or op.end) > at)
            response = self.histogram(last, at, "response_time")
            service = self.histogram(last, at, "service_time")
            journal.add(now, "interval", scenario=scenario, phase=phase, interval_seconds=round(at - last, 6),
                        counts=totals[0], waiting=0 if is_last else waiting,
                        failed_by_kind=totals[1] or None, failed_by_status=totals[2] or None,
                        response_time=response.figures(),
                        service_time=service.figures(), counters=counters(at) if counters else None)
            for series, histogram in (("response_time", response), ("service_time", service)):
                if histogram.counts:
                    journal.add(now, "histogram", scenario=scenario, phase=phase, series=series,
                                interval_seconds=round(at - last, 6), data=histogram.base64())
            last = at
        for request in requests:
            histogram = self.histogram(self.start, last, "response_time", request)
            if request and histogram.counts:
                journal.add(now, "histogram", scenario=scenario, phase=phase, request=request,
                            series="response_time", interval_seconds=self.seconds, data=histogram.base64())
        return totals
