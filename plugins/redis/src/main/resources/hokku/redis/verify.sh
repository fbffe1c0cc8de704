# Looks whether the input is a dump, to its end.
said=$(redis-check-rdb /dev/stdin 2>&1)
exit=$?
cat >/dev/null
if [ $exit != 0 ]; then
  printf '%s\n' "It is no dump of this Redis or an older one, or not a whole one." "$(printf '%s\n' "$said" | grep '^---\|^\[offset' | tail -n 2)" >&2
  exit 1
fi
printf '%s\n' "$said"
