#!/usr/bin/env python3
"""Checks every event of the journals given as arguments against resources/schema/event.schema.json.

    schema_check.py [--allow-truncated] [--allow-unknown] JOURNAL...

Exits with 1 when a line does not follow the schema, or when there was no line to check.
"""
import argparse
import json
import pathlib
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parents[1] / "resources" / "schema" / "event.schema.json"


def validators():
    """One validator a kind: the message of a failed `oneOf` over all kinds helps nobody."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    whole = {kind["$ref"].rsplit("/", 1)[1]: kind for kind in schema["oneOf"]}
    return {name: jsonschema.Draft202012Validator({"$defs": schema["$defs"], **ref})
            for name, ref in whole.items()}


def problems(path, by_kind, options):
    text = pathlib.Path(path).read_text(encoding="utf-8")
    lines = text.split("\n")
    last = lines.pop()
    if last and not options.allow_truncated:
        yield len(lines) + 1, "the last line is cut"
    if not lines:
        yield 1, "no event"
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
        except json.JSONDecodeError as error:
            yield number, f"no JSON: {error}"
            continue
        kind = event.get("kind") if isinstance(event, dict) else None
        if kind not in by_kind:
            if not options.allow_unknown:
                yield number, f"unknown kind {kind!r}"
            continue
        if not line.startswith(f'{{"v":1,"kind":"{kind}","t":'):
            yield number, "does not begin with v, kind and t"
        for error in by_kind[kind].iter_errors(event):
            yield number, f"{kind} {error.json_path}: {error.message}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--allow-truncated", action="store_true", help="the last line may be cut")
    parser.add_argument("--allow-unknown", action="store_true", help="pass over kinds not in the schema")
    parser.add_argument("journals", nargs="+")
    options = parser.parse_args()
    by_kind, failed = validators(), 0
    for path in options.journals:
        for number, problem in problems(path, by_kind, options):
            failed += 1
            print(f"{path}:{number}: {problem}", file=sys.stderr)
    print(f"{len(options.journals)} journals, {failed} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
