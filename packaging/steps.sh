# Sourced by run_stress_tests.sh and run_tests.sh: one line a step, the log's tail where one fails.
# shellcheck shell=bash

# step TITLE COMMAND...: runs quietly; on failure shows the end of what the command said and returns its
# exit code.
step() {
    local title=$1 log code=0 begin=$SECONDS
    shift
    log=$(mktemp)
    printf '%s ...' "$title" >&2
    "$@" >"$log" 2>&1 || code=$?
    if ((code == 0)); then
        printf ' done (%d s)\n' $((SECONDS - begin)) >&2
    else
        printf ' failed (exit code %d). The end of its output:\n' "$code" >&2
        tail -n 40 "$log" >&2
    fi
    rm -f "$log"
    return "$code"
}

# build ROOT PRESET [TARGET...]: configures and builds build/PRESET.
build() {
    local root=$1 preset=$2 jobs
    shift 2
    jobs=$(nproc)
    # Presets are looked for in the current folder.
    (cd "$root" && step "Configuring build/$preset" cmake --preset "$preset") || return
    step "Building build/$preset (minutes where it is new)" \
        cmake --build "$root/build/$preset" --parallel "$jobs" ${1:+--target "$@"}
}
