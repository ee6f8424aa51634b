# Makes the project's Python environment in .venv; sourced by serve, test and lint.
#
# Sets `root`. `prepare runtime` or `prepare dev` installs what requirements/ pins, with hashes, and
# the project itself, and does nothing when that is there already. Runs at the same time wait for
# each other.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$root/.venv"

# The editor that a person has may set these; they would lead Python astray.
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV __PYVENV_LAUNCHER__

tell() {
    echo "madang: $*"
}

give_up() {
    echo "madang: $*" >&2
    exit 1
}

may_use_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# What apt-get says matters only when it fails.
apt_quietly() {
    local log
    log="$(mktemp)"
    if ! DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 </dev/null; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# The newest of the Pythons that the pinned packages have been tried with, else any that is new enough.
find_python() {
    local name
    for name in ${MADANG_PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    return 1
}

require_python() {
    python="$(find_python)" && return
    if may_use_apt; then
        tell "there is no Python 3.11 or newer here; installing it with apt ..."
        apt_quietly update && apt_quietly install --no-install-recommends python3 python3-venv
        python="$(find_python)" && return
    fi
    give_up "needs Python 3.11 or newer, and found none. Install python3 (Debian 12, Ubuntu 24.04" \
        "or newer have it), or name one: MADANG_PYTHON=/path/to/python3 $0"
}

# Debian's Python comes without what `python -m venv` needs; package by package what may help.
make_venv() {
    rm -rf "$venv"
    if ! has_venv && may_use_apt; then
        tell "installing python3-venv with apt ..."
        apt_quietly update || true
        apt_quietly install --no-install-recommends "$(venv_package)" ||
            apt_quietly install --no-install-recommends python3-venv || true
    fi
    if has_venv; then
        "$python" -m venv "$venv"
    elif "$python" -m virtualenv --version >/dev/null 2>&1; then
        "$python" -m virtualenv --quiet "$venv"
    elif command -v uv >/dev/null; then
        uv venv --quiet --seed --python "$python" "$venv"
    else
        give_up "$python can't make environments. Install its venv module (Debian, Ubuntu:" \
            "sudo apt install $(venv_package)) and start again."
    fi
}

has_venv() {
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1
}

venv_package() {
    "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

# What an installed environment depends on: the pins, the project's commands, where it lies.
fingerprint() {
    cat "$root/requirements/build.txt" "$root/requirements/$1.txt" "$root/pyproject.toml" |
        cksum | tr -d '\n'
    echo " $root"
}

is_ready() {
    [ "$(cat "$venv/.$1.stamp" 2>/dev/null)" = "$(fingerprint "$1")" ] &&
        "$venv/bin/python" -c '' >/dev/null 2>&1
}

pip() {
    "$venv/bin/python" -m pip --quiet --quiet --no-input --disable-pip-version-check "$@"
}

fill_venv() {
    tell "installing $(grep -c '==' "$root/requirements/$1.txt") packages into .venv" \
        "(about a minute, once) ..."
    pip install --no-deps --require-hashes -r "$root/requirements/build.txt" \
        -r "$root/requirements/$1.txt" &&
        pip install --no-deps --no-build-isolation --editable "$root" ||
        give_up "the packages could not be installed, see above. Is the package index in reach?"
    fingerprint "$1" >"$venv/.$1.stamp"
    # dev holds all of runtime, at the same versions
    if [ "$1" = dev ]; then fingerprint runtime >"$venv/.runtime.stamp"; fi
}

prepare() {
    is_ready "$1" && return
    exec 9<"$root/pyproject.toml"
    if command -v flock >/dev/null && ! flock --nonblock 9; then
        tell "waiting for another run that is installing ..."
        flock 9
    fi
    if ! is_ready "$1"; then
        if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || moved; then
            require_python
            make_venv
        fi
        fill_venv "$1"
    fi
    exec 9<&- # else whatever is started next would hold the lock
}

# An environment knows its own address; one that was moved is made anew.
moved() {
    ! grep -qF "$venv" "$venv/bin/pip" 2>/dev/null
}
