#!/usr/bin/env bash
# Makes a fresh machine ready for Hokku's tests, as root, and runs all of them. Its output ends with Maven's summary.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)
# shellcheck source=install.sh
. "$here/install.sh"

ensure_test_packages() {
  local missing=()
  command -v ssh >/dev/null || missing+=(openssh-client)
  command -v git >/dev/null || missing+=(git)
  command -v sudo >/dev/null || missing+=(sudo)
  command -v curl >/dev/null || missing+=(curl)
  command -v busybox >/dev/null || missing+=(busybox-static)
  command -v ip >/dev/null || missing+=(iproute2)
  command -v iptables >/dev/null || missing+=(iptables)
  command -v openssl >/dev/null || missing+=(openssl)
  # Network namespaces with engines of their own: nsenter, unshare, mount, mountpoint.
  command -v nsenter >/dev/null && command -v unshare >/dev/null && command -v mountpoint >/dev/null || missing+=(util-linux mount)
  command -v man >/dev/null || missing+=(man-db)
  command -v groff >/dev/null || missing+=(groff-base)
  command -v zsh >/dev/null || missing+=(zsh)
  [ -x /usr/sbin/debootstrap ] || missing+=(debootstrap)
  [ -x /usr/sbin/mkfs.ext4 ] || [ -x /sbin/mkfs.ext4 ] || missing+=(e2fsprogs)
  command -v systemd-analyze >/dev/null || missing+=(systemd)
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  [ -x /usr/sbin/nginx ] || apt_install_stopped nginx nginx
  [ -x /usr/sbin/sshd ] || apt_install_stopped ssh openssh-server
}

# BuildKit is reached by docker's plugin buildx. A Debian that has it not takes the next one's, which needs nothing but the C library;
# on a machine for tests only: install.sh adds nobody's packages to those that a machine was set up with.
ensure_buildx() {
  local work mirror option=()
  docker buildx version >/dev/null 2>&1 && return
  apt_update
  if available docker-buildx; then apt_install docker-buildx; return; fi
  step "Installing docker-buildx from Debian 13"
  mirror=$(grep -ohsE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/mirrors/* | head -n 1 || true)
  [ -n "$mirror" ] || fail "The sources of apt name no mirror of Debian's: install docker-buildx by hand, then run this again."
  work=$(mktemp -d)
  mkdir "$work/lists" "$work/cache"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main\n' "$mirror" >"$work/sources.list"
  option=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache"
    -o APT::Sandbox::User=root -qq)
  (cd "$work" && apt-get "${option[@]}" update && apt-get "${option[@]}" download docker-buildx && dpkg -i docker-buildx_*.deb) >"$work/log" 2>&1 ||
    { tail -n 5 "$work/log" >&2; fail "docker-buildx could not be installed."; }
  rm -rf "$work"
}

trap at_the_end EXIT
ensure_test_packages
ensure_engine
ensure_buildx
ensure_busybox
"$here/image/base" bookworm
"$here/image/base" trixie
"$here/image/postgres" 15
"$here/image/postgres" 17
"$here/image/redis" 7
"$here/image/redis" 8
"$here/image/registry"
ensure_build_tools

step "mvn verify"
cd "$here/.."
exec mvn -B -ntp verify "$@"
