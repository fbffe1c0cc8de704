# Takes a dump to the folder $1, and looks whether it is one.
umask 077
trap 'rm -rf "$1/restore"; exit 1' HUP INT TERM

refuse() {
  rm -rf "$1/restore"
  printf '%s\n' "$2" >&2
  exit 1
}

rm -rf "$1/restore"
if ! { mkdir "$1/restore" && cat >"$1/restore/dump.rdb"; }; then refuse "$1" "It could not be written to the volume of the data"; fi
said=$(redis-check-rdb "$1/restore/dump.rdb" 2>&1) || refuse "$1" "It is no dump of this Redis or an older one, or not a whole one.
$(printf '%s\n' "$said" | grep '^---\|^\[offset' | tail -n 2)"
