#!/usr/bin/env python3
"""Checks JSON reports against resources/schema/report.schema.json.

Usage: report_schema_check.py REPORT...
Needs python3-jsonschema. Exit code 0: all are valid; 1: one is not; 2: it could not be checked.
"""

import json
import sys
from pathlib import Path

SCHEMA = Path(__file__).resolve().parent.parent / "resources" / "schema" / "report.schema.json"


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON number")


def main(paths):
    if not paths:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        import jsonschema
    except ImportError:
        print("report_schema_check.py needs the package python3-jsonschema", file=sys.stderr)
        return 2
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    broken = False
    for path in paths:
        try:
            report = json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=refuse_constant)
        except (OSError, ValueError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            broken = True
            continue
        for error in sorted(validator.iter_errors(report), key=lambda e: list(map(str, e.path))):
            print(f"{path}: /{'/'.join(map(str, error.path))}: {error.message[:300]}", file=sys.stderr)
            broken = True
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
