# What the engine scripts share; sourced by them, not run.
#
# A script sets `engine` and `version`, says how to get it and how to start it, and calls `run_on_engine`:
#   install_engine DIR       puts the engine into DIR; a failure means that it cannot be had here
#   start_engine DIR PORT    becomes (exec) the server on 127.0.0.1:PORT

# The code that test runners know as "skipped".
readonly unavailable=77

cannot() {
    echo "==== $engine CANNOT BE HAD: $1" >&2
    echo "==== nothing was run on it" >&2
    exit "$unavailable"
}

# Installs `version` into target/engines, once.
prepare_engine() {
    local root
    root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
    engine_dir="${CARGO_TARGET_DIR:-$root/target}/engines/$engine"
    log="$engine_dir/log"
    if [[ ! -e $engine_dir/installed-$version ]]; then
        rm -rf -- "$engine_dir"
        mkdir -p -- "$engine_dir"
        echo "installing $engine $version" >&2
        if ! install_engine "$engine_dir" >"$log" 2>&1; then
            tail -n 20 -- "$log" >&2
            cannot "the installation failed"
        fi
        touch -- "$engine_dir/installed-$version"
    fi
}

# Whether an HTTP server answers on a port of the loopback address.
answers() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET / HTTP/1.0\r\n\r\n' >&3
    read -r -t 5 line <&3 || line=
    exec 3>&-
    [[ $line == HTTP/* ]]
} 2>/dev/null

stop_engine() {
    if [[ -n ${server:-} ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        server=
    fi
}

# Starts the engine on a free port, or fails after some that were taken.
listen() {
    local attempt
    for attempt in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 12000))
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            continue
        fi
        (start_engine "$engine_dir" "$port") >"$log" 2>&1 &
        server=$!
        for _ in {1..300}; do
            if ! kill -0 "$server" 2>/dev/null; then
                break
            fi
            if answers "$port"; then
                return 0
            fi
            sleep 0.1
        done
        stop_engine
    done
    tail -n 20 -- "$log" >&2
    return 1
}

run_on_engine() {
    if (($# == 0)); then
        echo "usage: $0 COMMAND [ARGUMENT]..." >&2
        exit 2
    fi
    trap stop_engine EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    listen || cannot "it does not start"
    echo "$engine answers on http://127.0.0.1:$port" >&2
    local code=0
    DYNORM_TEST_ENGINE=$engine DYNORM_TEST_ENDPOINT="http://127.0.0.1:$port" "$@" || code=$?
    exit "$code"
}
