#!/usr/bin/env bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=packaging/steps.sh
. "$root/packaging/steps.sh"

usage() {
    cat <<'HELP'
Usage: ./run_tests.sh [--format] [--tidy] [--asan] [--tsan] [--all]

Installs what is missing, builds with warnings as errors, and runs all tests.

  --format  first checks the formatting (clang-format)
  --tidy    first checks the code with clang-tidy (takes long)
  --asan    then all tests under AddressSanitizer and UndefinedBehaviorSanitizer
  --tsan    then the tests of the threaded parts under ThreadSanitizer
  --all     all of these

Exit code: 0 when everything passed, 1 when something failed, 2 for a bad argument.
HELP
}

checks=()
presets=(ci)
for argument in "$@"; do
    case $argument in
    --format) checks+=(format) ;;
    --tidy) checks+=(tidy) ;;
    --asan) presets+=(asan) ;;
    --tsan) presets+=(tsan) ;;
    --all)
        checks=(format tidy)
        presets=(ci asan tsan)
        ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        echo "run_tests.sh: unknown option '$argument'" >&2
        usage >&2
        exit 2
        ;;
    esac
done

packages=(run test)
if [[ " ${checks[*]} " == *" tidy "* ]]; then
    packages+=(tidy)
fi
"$root/packaging/install-deps.sh" "${packages[@]}"

failed=()
for check in "${checks[@]}"; do
    case $check in
    format) step "Checking the formatting" "$root/packaging/check-format.sh" || failed+=(format) ;;
    tidy)
        # clang-tidy reads the generated headers and compile_commands.json of a build.
        build "$root" dev || failed+=(tidy)
        step "Checking with clang-tidy" "$root/packaging/check-tidy.sh" "$root/build/dev" || failed+=(tidy)
        ;;
    esac
done

# The ThreadSanitizer of GCC 12 can't place its shadow memory where addresses are randomised widely.
fixed_addresses=()
if [[ " ${presets[*]} " == *" tsan "* ]] && setarch -R true 2>/dev/null; then
    fixed_addresses=(setarch -R)
fi
cd "$root"
for preset in "${presets[@]}"; do
    targets=()
    if [[ $preset == tsan ]]; then
        targets=(tsan_tests)
    fi
    if ! build "$root" "$preset" "${targets[@]}"; then
        failed+=("$preset (build)")
        continue
    fi
    echo "Testing build/$preset" >&2
    if [[ $preset == tsan ]]; then
        "${fixed_addresses[@]}" ctest --preset tsan || failed+=(tsan)
    else
        ctest --preset "$preset" || failed+=("$preset")
    fi
done

if ((${#failed[@]} > 0)); then
    printf 'Failed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
    exit 1
fi
