# shellcheck shell=bash
# A private RabbitMQ below STATE/rabbitmq: a node name, an epmd, ports and a data directory of its own.
# The user is cetak, the password lies in STATE/secret/rabbitmq, the port in STATE/rabbitmq/port.

rabbitmq_start() { # STATE
    local state=$1 dir=$1/rabbitmq name=rabbitmq
    if contained_is_running "$state" $name && port_answers "$(cat "$dir/port")"; then return 0; fi
    contained_stop "$state" $name
    mkdir -p "$dir/data"
    port_for "$dir/port" >/dev/null
    port_for "$dir/epmd-port" >/dev/null
    port_for "$dir/distribution-port" >/dev/null
    rabbitmq_conf "$(cat "$dir/port")" "$(secret "$state/secret/rabbitmq")" >"$dir/rabbitmq.conf"
    : >"$dir/enabled_plugins"
    chmod 600 "$dir/rabbitmq.conf"
    chown -R rabbitmq:rabbitmq "$dir"
    contained_start "$state" $name setpriv --reuid rabbitmq --regid rabbitmq --init-groups \
        env -i PATH="$PATH" LANG=C.UTF-8 HOME="$dir" \
        RABBITMQ_NODENAME=cetak@localhost \
        RABBITMQ_CONFIG_FILE="$dir/rabbitmq.conf" RABBITMQ_CONF_ENV_FILE=/dev/null \
        RABBITMQ_ENABLED_PLUGINS_FILE="$dir/enabled_plugins" \
        RABBITMQ_MNESIA_BASE="$dir/data" RABBITMQ_LOG_BASE="$dir" RABBITMQ_LOGS=- \
        RABBITMQ_PID_FILE="$dir/data/pid" RABBITMQ_GENERATED_CONFIG_DIR="$dir/data/config" \
        RABBITMQ_DIST_PORT="$(cat "$dir/distribution-port")" \
        ERL_EPMD_PORT="$(cat "$dir/epmd-port")" ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none" \
        /usr/lib/rabbitmq/bin/rabbitmq-server
    contained_ready "$state" $name 90 "RabbitMQ" port_answers "$(cat "$dir/port")"
}

rabbitmq_conf() { # PORT PASSWORD
    cat <<END
listeners.tcp.local = 127.0.0.1:$1
default_user = cetak
default_pass = $2
default_user_tags.administrator = true
max_message_size = 16777216
vm_memory_high_watermark.absolute = 256MiB
disk_free_limit.absolute = 128MiB
log.console = true
log.console.level = info
log.file = false
END
}

rabbitmq_url() { # STATE
    printf 'amqp://cetak:%s@127.0.0.1:%s/%%2f' "$(cat "$1/secret/rabbitmq")" "$(cat "$1/rabbitmq/port")"
}

rabbitmq_stop() { contained_stop "$1" rabbitmq TERM 30; } # STATE
