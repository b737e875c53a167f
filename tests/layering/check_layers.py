#!/usr/bin/env python3
"""Fails when a source under src/ includes what its layer may not, or breaks another rule of rules.py;
and when CMakeLists.txt or docs/architecture.md tell another table.

    check_layers.py --root DIR --qt-headers DIR   checks the tree
    check_layers.py --dot --root DIR              draws the includes between layers (Graphviz)
"""

import argparse
import re
import sys
from pathlib import Path

from layertable import LAYERS
from rules import Rules, Source


def read_sources(root: Path) -> list[Source]:
    return [
        Source(file.relative_to(root / "src").as_posix(), file.read_text(encoding="utf-8"))
        for file in sorted((root / "src").rglob("*"))
        if file.suffix in (".cpp", ".h", ".c")
    ]


def cmake_problems(cmake: str) -> list[str]:
    found = {}
    for call in re.findall(r"lowtide_layer\(([^)]*)\)", cmake):
        words = call.split()
        parts = {"USES": [], "QT": [], "LIBRARIES": [], "RESOURCES": []}
        current = None
        for word in words[1:]:
            if word in parts:
                current = word
            elif current:
                parts[current].append(word)
        found[words[0]] = parts
    problems = [f"CMakeLists.txt: layer {name} is not in the table" for name in found.keys() - LAYERS.keys()]
    for name, layer in LAYERS.items():
        if name not in found:
            # A layer may be written later than its row.
            continue
        if set(found[name]["USES"]) != set(layer.uses):
            problems.append(f"CMakeLists.txt: {name} USES {found[name]['USES']}, table: {layer.uses}")
        if not set(found[name]["QT"]) <= set(layer.qt):
            problems.append(f"CMakeLists.txt: {name} QT {found[name]['QT']}, table: {layer.qt}")
    return problems


def document_problems(text: str) -> list[str]:
    rows = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", text, re.M))
    problems = [f"docs/architecture.md: no row for {name}" for name in LAYERS.keys() - rows.keys()]
    for name, cell in rows.items():
        if name not in LAYERS:
            if name != "app":
                problems.append(f"docs/architecture.md: layer {name} is not in the table")
            continue
        layer = LAYERS[name]
        wanted = [*layer.uses, *(f"Qt {module}" for module in layer.qt), *layer.libraries]
        written = [part.strip() for part in cell.split(",") if part.strip()]
        if sorted(written) != sorted(wanted):
            problems.append(f"docs/architecture.md: {name} has {written}, table: {wanted}")
    return problems


def draw(sources: list[Source]) -> str:
    arrows = set()
    for source in sources:
        for first in re.findall(r'^[ \t]*#[ \t]*include[ \t]*"(\w+)/', source.text, re.M):
            if first != source.layer:
                arrows.add((source.layer, first))
    lines = [f"  {a} -> {b};" for a, b in sorted(arrows)]
    return "\n".join(["digraph layers {", "  rankdir=TB;", *lines, "}"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--qt-headers", type=Path)
    parser.add_argument("--dot", action="store_true")
    arguments = parser.parse_args()
    sources = read_sources(arguments.root)
    if arguments.dot:
        print(draw(sources))
        return 0
    if not arguments.qt_headers:
        parser.error("--qt-headers is needed")
    rules = Rules(arguments.qt_headers)
    problems = [str(breach) for source in sources for breach in rules.check(source)]
    problems += cmake_problems((arguments.root / "CMakeLists.txt").read_text(encoding="utf-8"))
    problems += document_problems((arguments.root / "docs/architecture.md").read_text(encoding="utf-8"))
    for entry in rules.unused_allowances():
        print(f"note: nothing needs this allowance: {entry}")
    print("\n".join(problems) if problems else f"{len(sources)} files follow the rules")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
