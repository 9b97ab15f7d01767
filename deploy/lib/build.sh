# shellcheck shell=bash
# The worker's build, without its tests, beside whatever the caller does meanwhile.
#   build_start ROOT LOG     sets build_pid; runs as the user who called sudo, and ends with the caller
#   build_wait ROOT LOG

build_start() {
    local as=() home=${HOME:-/root}
    if [ "${SUDO_UID:-0}" != 0 ]; then
        as=(--reuid "$SUDO_UID" --regid "$SUDO_GID" --init-groups)
        home=$(getent passwd "$SUDO_UID" | cut -d: -f6)
    fi
    setpriv "${as[@]}" --pdeathsig TERM env --chdir="$1" HOME="$home" JAVA_HOME="$JAVA_HOME" \
        ./mvnw -q -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -Dcyclonedx.skip=true package \
        </dev/null >"$2" 2>&1 9>&- &
    build_pid=$!
}

build_wait() {
    wait "$build_pid" || {
        tail -n 15 "$2" | sed 's/^/    /' >&2
        fail "The build failed. Its log is $2; by hand: ./mvnw -Dmaven.test.skip=true -Dspotless.check.skip=true package"
    }
    build_pid=
    [ -e "$1/target/quarkus-app/quarkus-run.jar" ] ||
        fail "The build made no target/quarkus-app/quarkus-run.jar. Its log is $2."
}
