# What the bundled buildpacks share. Sourced by their bin/detect and bin/compile; those run with the app's folder as first word.
# shellcheck shell=bash
set -euo pipefail

step() { echo "-----> $*"; }
detail() { echo "       $*"; }
warn() { echo " !     $*" >&2; }

# Says what is wrong, and in a second line what to do about it.
fail() {
  while [ $# -gt 0 ]; do warn "$1"; shift; done
  exit 1
}

# Runs a command with its output below the last step, as it comes.
run() { "$@" 2>&1 </dev/null | sed -u 's/^/       /'; }

# Whether the app has one of the files that the buildpack's list `accepts` names; says what kind of app it is then.
detect() {
  local pack kind=$1 app=$2 pattern
  pack=$(cd "$(dirname "$0")/.." && pwd)
  cd "$app"
  while IFS= read -r pattern; do
    case $pattern in '' | '#'*) continue ;; esac
    if compgen -G "$pattern" >/dev/null; then echo "$kind"; exit 0; fi
  done <"$pack/accepts"
  exit 1
}

# A key for `restore` and `keep`: of the contents of files, and of words such as versions. And of the distribution: what was linked against the
# libraries of another stack may not run on this one.
key() {
  local word
  for word in /etc/os-release "$@"; do if [ -f "$word" ]; then sha256sum <"$word"; else echo "$word"; fi; done | sha256sum | cut -c1-32
}

# restore CACHE NAME KEY FOLDER: puts back what was kept under that name, if it was kept under the same key.
restore() {
  [ -d "$1/$2" ] && [ "$(cat "$1/$2.key" 2>/dev/null)" = "$3" ] || return 1
  mkdir -p "$(dirname "$4")"
  rm -rf "$4"
  cp -a "$1/$2" "$4"
}

# keep CACHE NAME KEY FOLDER: keeps a folder for the builds to come. The key comes last: a copy that was cut off counts for nothing.
keep() {
  [ "$(cat "$1/$2.key" 2>/dev/null)" = "$3" ] && return
  rm -rf "$1/$2.key" "$1/$2"
  mkdir -p "$1"
  cp -a "$4" "$1/$2"
  echo "$3" >"$1/$2.key"
}
