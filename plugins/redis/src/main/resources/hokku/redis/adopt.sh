# Replaces the data of the server by that of a dump. $1: the folder of the data, $2: the file with the configuration.
work=$1/restore
port=16379

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

clean_up() {
  kill $second 2>/dev/null && wait $second 2>/dev/null
  rm -rf "$work"
}

# Another server loads the dump: what it cannot load never comes near the data. Only this container reaches it, with the same password.
redis-server - --port $port --bind 127.0.0.1 --dir "$work" --appendonly no --repl-diskless-sync yes --repl-diskless-sync-delay 0 \
  <"$2" >"$work/log" 2>&1 &
second=$!
trap clean_up EXIT
until [ "$(redis-cli -p $port ping 2>&1)" = PONG ]; do
  kill -0 $second 2>/dev/null || fail "$(tail -n 3 "$work/log")"
  sleep 0.05
done

# The one that serves goes back to what is on its disk when it cannot become what the other one is.
give_up() {
  redis-cli shutdown nosave >/dev/null 2>&1
  fail "$@" "The server was ended, and starts again with the former data"
}
[ "$(redis-cli replicaof 127.0.0.1 $port)" = OK ] || fail "It cannot become a replica"
while true; do
  case $(redis-cli info replication 2>&1) in *master_link_status:up*) break ;; esac
  # Once and no more: another try would begin with what the failed one left.
  case $(redis-cli -p $port info stats 2>&1) in *sync_full:[01][!0-9]*) ;; *) give_up "The data could not be taken over" ;; esac
  sleep 0.05
done
[ "$(redis-cli replicaof no one)" = OK ] || give_up "It cannot be a server of its own again"

# Done when it is on the disk.
while true; do
  state=$(redis-cli info persistence 2>&1)
  case $state in
    *aof_enabled:0*) break ;;
    *aof_rewrite_in_progress:1* | *aof_rewrite_scheduled:1*) sleep 0.05 ;;
    *aof_last_bgrewrite_status:ok*) break ;;
    *) give_up "The data could not be written" ;;
  esac
done
