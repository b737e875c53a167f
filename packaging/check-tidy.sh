#!/usr/bin/env bash
# Runs clang-tidy over the sources: check-tidy.sh BUILD_DIR [part of a path]...
# BUILD_DIR must have been configured and built. Without a part of a path all of src/ is checked.
set -euo pipefail

build=$(cd "$1" && pwd)
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."
patterns=("${@:-src/}")
for pattern in "${patterns[@]}"; do
    find src tests -name '*.cpp' -path "*$pattern*"
done | sort -u | xargs -r -P "$(nproc)" -n 1 clang-tidy --quiet -p "$build"
