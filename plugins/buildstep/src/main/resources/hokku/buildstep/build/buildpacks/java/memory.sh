# shellcheck shell=bash
# A Java machine takes a quarter of the memory that it sees: too little of a container with a limit, which is there for it alone.
# Without a limit it sees the whole server, and a quarter of that is enough.
if [ -z "${JAVA_TOOL_OPTIONS:-}" ] && grep -qsE '^[0-9]{1,15}$' /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; then
  export JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=70
fi
