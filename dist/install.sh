#!/usr/bin/env bash
# Installs or upgrades Hokku on this machine: `sudo dist/install.sh`. `--help` lists the options.
# Run again it changes nothing; run from newer sources or beside a newer package it upgrades, and apps stay up.
#
# It brings what Hokku needs and the files; all that comes after is bin/setup's, which a package of the system runs as well.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)

# --- what is asked for: the package first, since it may be the one place where the rest is ---

tarball='' words=()
parse_tarball() {
  while [ $# -gt 0 ]; do
    if [ "$1" = --tarball ] && [ $# -ge 2 ]; then
      tarball=$(realpath -m "$2")
      [ -r "$tarball" ] || { printf ' !     There is no %s.\n' "$tarball" >&2; exit 1; }
      shift 2
    elif [ "$1" = --key ] && [ $# -ge 2 ]; then
      words+=(--key "$(realpath -m "$2")")
      shift 2
    else
      words+=("$1")
      shift
    fi
  done
}

# The newest package of a folder.
newest() { find "$1" -maxdepth 1 -name 'hokku-*.tar.gz' -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d' ' -f2-; }

take_functions() {
  if [ -e "$here/bin/setup" ]; then
    # shellcheck source=bin/setup
    . "$here/bin/setup"
    return
  fi
  [ -n "$tarball" ] || tarball=$(newest "$here")
  [ -n "$tarball" ] || { printf ' !     There is no hokku-*.tar.gz beside %s, and no sources to build it from: give it with --tarball.\n' "$0" >&2; exit 1; }
  local functions
  functions=$(mktemp)
  tar -xzOf "$tarball" --wildcards --occurrence=1 'hokku-*/bin/setup' >"$functions" 2>/dev/null ||
    { rm -f "$functions"; printf ' !     %s is not a package of Hokku, or a damaged one.\n' "$tarball" >&2; exit 1; }
  # shellcheck source=bin/setup
  . "$functions"
  rm -f "$functions"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then parse_tarball "$@"; fi
take_functions
for word in ${words[@]+"${words[@]}"}; do
  case $word in
    -h | --help) usage | sed -e 's/^usage: hokku setup/usage: install.sh/' -e '/--from-package/d' -e '/--no-sample/a\
  --tarball FILE     the package to install (default: hokku-*.tar.gz beside this script, else built from the sources)'; exit 0 ;;
  esac
done

# --- packages and the engine ---

ensure_packages() {
  local missing=()
  command -v git >/dev/null || missing+=(git)
  command -v ssh-keyscan >/dev/null || missing+=(openssh-client)
  command -v sudo >/dev/null || missing+=(sudo)
  command -v curl >/dev/null || missing+=(curl)
  [ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  [ -x /usr/sbin/nginx ] || apt_install_stopped nginx nginx
}

# Debian starts a service when it is installed: this one must not take its port, neither now nor at the next boot.
apt_install_stopped() { # service, packages…
  local service=$1 policy=/usr/sbin/policy-rc.d; shift
  if [ -e "$policy" ]; then
    apt_install "$@"
  else
    printf '%s\n' '#!/bin/sh' "[ \"\$1\" != $service ] || exit 101" >"$policy"
    chmod 755 "$policy"
    made_policy=$policy
    apt_install "$@"
    rm -f "$policy"
    made_policy=''
  fi
  if [ -d /run/systemd/system ]; then systemctl disable --now "$service.service" >/dev/null 2>&1 || true; fi
}

ensure_engine() {
  if ! engine_answers; then
    if ! command -v dockerd >/dev/null; then
      apt_update
      local packages=(docker.io iptables)
      # Debian 13 has the client in a package of its own; a kernel with AppArmor wants its parser.
      ! available docker-cli || packages+=(docker-cli)
      # With it builds use BuildKit; Debian 12 has none, and the engine's own builder does without.
      ! available docker-buildx || packages+=(docker-buildx)
      [ ! -e /sys/kernel/security/apparmor ] || packages+=(apparmor)
      apt_install "${packages[@]}"
    fi
    start_engine
  fi
  if ! command -v docker >/dev/null; then
    apt_update
    # The program alone: an engine of its own would take the socket from the one that answers.
    if available docker-cli; then apt_install docker-cli; else apt_install_stopped docker docker.io; fi
  fi
  docker buildx version >/dev/null 2>&1 ||
    detail "Builds do without BuildKit: docker has no plugin buildx. It comes with the package docker-buildx (Debian 13, Ubuntu) or docker-buildx-plugin (Docker's own)."
}

start_engine() {
  engine_answers && return
  step "Starting the Docker engine"
  if [ -d /run/systemd/system ]; then
    systemctl enable --now docker.service || fail "The Docker engine does not start: journalctl -u docker -n 50"
  else
    mkdir -p /var/log/hokku
    setsid --fork dockerd >>/var/log/hokku/dockerd.log 2>&1 </dev/null
  fi
  wait_for 60 engine_answers || fail "The Docker engine does not answer on $socket. Its log: journalctl -u docker, or /var/log/hokku/dockerd.log" \
    "Start it, and run this again."
}

# --- the package ---

sources_root() { [ -e "$here/../pom.xml" ] && [ -e "$here/pom.xml" ] && (cd "$here/.." && pwd -P); }

find_tarball() {
  local root built
  [ -z "$tarball" ] || return 0
  tarball=$(newest "$here")
  [ -z "$tarball" ] || return 0
  root=$(sources_root) || fail "There is no hokku-*.tar.gz beside $0, and no sources to build it from: give it with --tarball."
  built=$(find_built "$root")
  if [ -z "$built" ]; then build "$root"; built=$(find_built "$root"); fi
  [ -n "$built" ] || fail "The build left no package in $root/dist/target that is newer than the sources."
  tarball=$built
}

# The built package, unless a source is newer.
find_built() {
  local built newer
  [ -d "$1/dist/target" ] || return 0
  built=$(newest "$1/dist/target")
  [ -n "$built" ] || return 0
  newer=$(cd "$1" && find pom.xml LICENSE plugin-api core plugins dist/pom.xml dist/src dist/bin dist/etc dist/deb dist/systemd dist/samples \
    -name target -prune -o -type f -newer "$built" -print -quit)
  [ -n "$newer" ] || echo "$built"
}

java_version() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }

find_jdk() {
  local candidate version
  for candidate in "${JAVA_HOME:-/nowhere}" /usr/lib/jvm/* /opt/*jdk* /usr/local/*jdk*; do
    version=$(java_version "$candidate")
    if [ -x "$candidate/bin/javac" ] && [ -x "$candidate/bin/jlink" ] && [ "${version:-0}" -ge 25 ]; then echo "$candidate"; return; fi
  done
}

# Sees to Maven and to a JDK that Maven finds.
ensure_build_tools() {
  local jdk
  jdk=$(find_jdk)
  if [ -z "$jdk" ]; then
    apt_update
    available openjdk-25-jdk-headless || fail "Building Hokku takes a JDK 25 or newer, and this system's packages have none." \
      "Unpack one below /usr/lib/jvm (Eclipse Temurin, for example) or set JAVA_HOME, or put a built hokku-*.tar.gz beside install.sh."
    apt_install openjdk-25-jdk-headless
    jdk=$(find_jdk)
  fi
  command -v mvn >/dev/null || apt_install maven
  # Maven finds what lies below /usr/lib/jvm, and may run with another Java itself.
  if [[ $jdk != /usr/lib/jvm/* ]] || ! command -v java >/dev/null; then export JAVA_HOME=$jdk; fi
}

build() {
  local root=$1 owner owner_home log
  ensure_build_tools
  step "Building the package from $root (a few minutes the first time)"
  # As the owner of the sources: nothing of root's is left in the folder.
  owner=$(stat -c %U "$root")
  owner_home=$(getent passwd "$owner" | cut -d: -f6)
  log=$(mktemp)
  if ! (cd "$root" && runuser -u "$owner" -- env HOME="$owner_home" mvn -B -q -ntp -Dstyle.color=never -DskipTests package) >"$log" 2>&1; then
    grep -m 20 ERROR "$log" >&2
    fail "The build failed; what runs here has not been touched. All it said: $log"
  fi
  rm -f "$log"
}

# The files beside those that run, where setup takes them up.
unpacked=''
unpack() {
  local build staged
  build=$(tar -xzOf "$tarball" --wildcards --occurrence=1 'hokku-*/BUILD' 2>/dev/null || true)
  [ -n "$build" ] || fail "$tarball is not a package of Hokku."
  unpacked=$prefix/versions/$build
  [ ! -e "$unpacked/.complete" ] || return 0
  step "Unpacking Hokku $build to $unpacked"
  rm -rf "$unpacked"
  mkdir -p "$prefix/versions"
  staged=$(mktemp -d "$prefix/versions/.new.XXXXXX")
  tar -xzf "$tarball" -C "$staged" --strip-components=1 --no-same-owner || { rm -rf "$staged"; fail "$tarball cannot be unpacked. Is the disk full?"; }
  chmod 755 "$staged"
  mv "$staged" "$unpacked"
}

main() {
  trap at_the_end EXIT
  parse ${words[@]+"${words[@]}"}
  check_machine
  ! installed hokku || fail "Hokku came to this machine as a package: upgrade it the same way, apt install ./hokku_<version>.deb"
  settle_options
  check_ports
  ensure_packages
  ensure_engine
  find_tarball
  unpack
  trap - EXIT
  exec "$unpacked/bin/setup" ${words[@]+"${words[@]}"}
}

# test.sh takes functions from here.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then main; fi
