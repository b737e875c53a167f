#!/usr/bin/env bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=packaging/steps.sh
. "$root/packaging/steps.sh"

usage() {
    cat <<'HELP'
Usage: ./run_stress_tests.sh [PROFILE | - | --target URL] [option of lowtide run]...

Installs what is missing, builds Lowtide, and stresses live services. The report goes to
stress_test_report_YYYYMMDD_HHMMSS.json in the current folder.

Without an endpoint it stresses the demo services that it starts itself. With BLUEFIN_ENDPOINT,
DASHBOARD_ENDPOINT or WEBSOCKET_ENDPOINT it stresses what these name. PROFILE is a profile of your own
(its endpoints are used), - for one from stdin, or the name of a bundled one; without it, trading-bot.
With --target URL, that alone is stressed.

Environment: STRESS_TEST_ENV TEST_DURATION CONCURRENT_USERS OPERATIONS_PER_SECOND MEMORY_LIMIT_MB
             CPU_LIMIT_PERCENT ENABLE_MONITORING LOG_LEVEL BLUEFIN_ENDPOINT DASHBOARD_ENDPOINT
             WEBSOCKET_ENDPOINT, and LOWTIDE_... for every other setting (docs/settings.md)

Examples:
  ./run_stress_tests.sh
  TEST_DURATION=60 CONCURRENT_USERS=2 ./run_stress_tests.sh
  BLUEFIN_ENDPOINT=http://localhost:8082 DASHBOARD_ENDPOINT=http://localhost:8000 \
      WEBSOCKET_ENDPOINT=ws://localhost:8000/ws ./run_stress_tests.sh
  ./run_stress_tests.sh my-profile.json --set test_parameters.stress_test_cycles=3

Exit codes: 0 passed; 1 an objective failed; 2 bad arguments or profile; 3 could not run;
            4 no data; 130 interrupted (the report is written all the same)
HELP
}

# Whether an option of lowtide run has its value in the next word.
takes_value() {
    case $1 in
    --demo | --quiet | --verbose | --version | --help | --*=*) return 1 ;;
    --?*) return 0 ;;
    -v | -h) return 1 ;;
    -?) return 0 ;;
    *) return 1 ;;
    esac
}

for argument in "$@"; do
    if [[ $argument == -h || $argument == --help ]]; then
        usage
        exit 0
    fi
done

case ${ENABLE_MONITORING-false} in
false) ;;
true)
    echo "ENABLE_MONITORING=true: every run samples its services once a second anyway; a separate" \
        "monitoring container is not part of this version." >&2
    ;;
*)
    echo "run_stress_tests.sh: ENABLE_MONITORING: '$ENABLE_MONITORING' is neither true nor false." >&2
    exit 2
    ;;
esac

profile=trading-bot
demo=(--demo)
for variable in BLUEFIN_ENDPOINT DASHBOARD_ENDPOINT WEBSOCKET_ENDPOINT; do
    if [[ -n ${!variable+set} ]]; then
        demo=()
    fi
done
# A word that is neither an option nor the value of one is the PROFILE, wherever it stands.
arguments=()
named=
previous=
for argument in "$@"; do
    if takes_value "$previous"; then
        arguments+=("$argument")
        previous=
        continue
    fi
    previous=$argument
    if [[ $argument == --target || $argument == --target=* ]]; then
        profile=
        demo=()
    fi
    if [[ -z $named && ($argument == - || $argument != -*) ]]; then
        named=$argument
    else
        arguments+=("$argument")
    fi
done
if [[ -n $named ]]; then
    profile=$named
    # A profile of one's own names the services that it is about.
    if [[ $profile == - || -f $profile ]]; then
        demo=()
    elif [[ $profile == */* || $profile == *.* ]]; then
        echo "run_stress_tests.sh: there is no profile $profile." >&2
        exit 2
    fi
fi

"$root/packaging/install-deps.sh" run
build "$root" release || exit 3
exec "$root/build/release/bin/lowtide" run "${demo[@]}" ${profile:+"$profile"} "${arguments[@]}"
