#!/usr/bin/env python3
"""Makes the recordings in this folder with the Python port of HdrHistogram, which follows HdrHistogram_c.

    python3 -m venv v && v/bin/pip install hdrhistogram==0.10.8 && v/bin/python record.py
"""
import importlib.metadata
import json
import math
import pathlib
import random

from hdrh.histogram import HdrHistogram

LOWEST, HIGHEST, DIGITS = 1, 3_600_000_000, 3
PERCENTILES = [0, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]


def data_sets():
    rng = random.Random(20240229)
    yield "uniform", [rng.randint(1, 50_000) for _ in range(1000)]
    yield "lognormal", [max(1, round(math.exp(rng.gauss(math.log(5000), 0.8)))) for _ in range(2000)]
    yield "wide", [max(1, min(HIGHEST, round(10 ** rng.uniform(0, 9.55)))) for _ in range(800)]
    yield "one value", [12_345]
    yield "one value many times", [777_777] * 300
    yield "two far values", [3, 3_000_000_000]
    yield "bucket edges", [1, 1023, 1024, 2047, 2048, 2049, 2050, 4095, 4096, 4097, 4100, 8191, 8192]
    yield "ends of the range", [1, HIGHEST]
    yield "few, between two ranks", list(range(1, 19))


def recording(name, values):
    histogram = HdrHistogram(LOWEST, HIGHEST, DIGITS)
    for value in values:
        assert histogram.record_value(value)
    result = {
        "name": name,
        "tool": "hdrhistogram (Python) " + importlib.metadata.version("hdrhistogram"),
        "unit": "us",
        "values": values,
        "count": histogram.get_total_count(),
        "min": histogram.get_min_value(),
        "max": histogram.get_max_value(),
        "mean": histogram.get_mean_value(),
        "percentiles": [[p, histogram.get_value_at_percentile(p)] for p in PERCENTILES],
        "encoded": histogram.encode().decode(),
    }
    return result


for data_name, data in data_sets():
    path = pathlib.Path(__file__).with_name(data_name.replace(" ", "_").replace(",", "") + ".json")
    path.write_text(json.dumps(recording(data_name, data)) + "\n")
