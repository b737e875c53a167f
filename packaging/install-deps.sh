#!/usr/bin/env bash
# Installs what Lowtide needs on Debian 12 and Ubuntu 24.04; does nothing where all of it is there.
#
#   packaging/install-deps.sh [run] [test]     "run" is always included
#
# Exit codes: 0 all is there; 2 bad argument; 3 it could not be installed.
# LOWTIDE_SKIP_INSTALL=1 skips the check, for systems that get the packages in another way.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# One package a line, with the reason that is shown before it is installed.
run_packages() {
    cat <<'LIST'
cmake configures the build
ninja-build builds
g++ compiles C++20
qt6-base-dev Qt Core, Network and Test
qt6-websockets-dev Qt WebSockets
libcli11-dev reads the command line
LIST
}

# qt6-charts-dev does not depend on libqt6opengl6-dev, and without it find_package(Qt6Charts) fails.
gui_packages() {
    cat <<'LIST'
qt6-charts-dev charts of the desktop application
libqt6opengl6-dev needed by Qt Charts' CMake files
qt6-svg-dev icons of the desktop application
qt6-tools-dev translations
qt6-l10n-tools translations
LIST
}

test_packages() {
    cat <<'LIST'
python3 runs the layering and integration tests
python3-jsonschema checks events and reports against their schema
python3-aiohttp a service that the integration tests load
nginx-light a service that the integration tests load
jq reads reports as users' scripts do
clang-format checks the formatting
LIST
}

wanted=$(run_packages)
if compgen -G "$root/src/gui/*.cpp" >/dev/null; then
    wanted+=$'\n'$(gui_packages)
fi
for set in "$@"; do
    case $set in
    run) ;;
    test) wanted+=$'\n'$(test_packages) ;;
    tidy) wanted+=$'\nclang-tidy checks the code' ;;
    -h | --help)
        sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    *)
        echo "install-deps: unknown set '$set': it is run, test or tidy" >&2
        exit 2
        ;;
    esac
done

if [[ ${LOWTIDE_SKIP_INSTALL:-} == 1 ]]; then
    exit 0
fi

missing=()
reasons=''
is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}
while read -r package reason; do
    if ! command -v dpkg-query >/dev/null || ! is_installed "$package"; then
        missing+=("$package")
        reasons+=$(printf '  %-20s %s' "$package" "$reason")$'\n'
    fi
done <<<"$wanted"
if ((${#missing[@]} == 0)); then
    exit 0
fi

system=unknown
if [[ -r /etc/os-release ]]; then
    # shellcheck source=/dev/null
    system=$(. /etc/os-release && echo "${ID:-unknown} ${VERSION_ID:-}")
fi
case $system in
"debian 12" | "ubuntu 24.04") ;;
*)
    {
        echo "install-deps: this system ($system) is not one I install on (Debian 12, Ubuntu 24.04)."
        echo "Please install these, by the names that your system has for them:"
        printf '%s' "$reasons"
        echo "Then run again with LOWTIDE_SKIP_INSTALL=1."
    } >&2
    exit 3
    ;;
esac

as_root=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        {
            echo "install-deps: these packages are missing, and neither root nor sudo is at hand:"
            printf '%s' "$reasons"
            echo "As root: apt-get install --no-install-recommends ${missing[*]}"
        } >&2
        exit 3
    fi
    as_root=(sudo)
fi

{
    echo "Installing (${as_root[*]:+with sudo, }apt-get, without recommended packages):"
    printf '%s' "$reasons"
} >&2

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" \
        >>"$log" 2>&1 </dev/null
}
if ! apt update || ! apt install -y --no-install-recommends "${missing[@]}"; then
    {
        echo "install-deps: apt-get failed; the end of its output:"
        tail -n 15 "$log"
        echo "Is the network up, and are Debian's main or Ubuntu's universe packages enabled?"
    } >&2
    exit 3
fi
