#!/usr/bin/env bash
# Fails when a source file is not formatted by .clang-format, and names it. --fix formats it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=(--dry-run --Werror)
if [[ ${1:-} == --fix ]]; then
    mode=(-i)
fi
find src tests -name '*.cpp' -o -name '*.h' -o -name '*.c' | sort |
    xargs -r -P "$(nproc)" -n 16 clang-format "${mode[@]}"
