"""Lines of a journal, written apart from src/model, so that the golden journals check that writer too."""
import json


def number(value):
    if isinstance(value, int):
        return str(value)
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def text_of(value):
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{text_of(v)}" for k, v in value.items()) + "}"
    return "[" + ",".join(text_of(v) for v in value) + "]"


class Journal:
    """Collects events; written in the order of time."""

    def __init__(self):
        self.events = []

    def add(self, t, kind, **members):
        """Members in the order of the format; None is left out (absent)."""
        kept = {k: v for k, v in members.items() if v is not None}
        self.events.append((t, text_of({"v": 1, "kind": kind, "t": t, **kept})))

    def text(self):
        lines = [line for _, line in sorted(self.events, key=lambda event: event[0])]
        return "".join(line + "\n" for line in lines)
