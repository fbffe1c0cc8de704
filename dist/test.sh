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
  command -v curl >/dev/null || missing+=(curl)
  command -v busybox >/dev/null || missing+=(busybox-static)
  command -v ip >/dev/null || missing+=(iproute2)
  command -v man >/dev/null || missing+=(man-db)
  command -v groff >/dev/null || missing+=(groff-base)
  command -v zsh >/dev/null || missing+=(zsh)
  [ -x /usr/sbin/mkfs.ext4 ] || [ -x /sbin/mkfs.ext4 ] || missing+=(e2fsprogs)
  command -v systemd-analyze >/dev/null || missing+=(systemd)
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  [ -x /usr/sbin/nginx ] || apt_install_stopped nginx nginx
  [ -x /usr/sbin/sshd ] || apt_install_stopped ssh openssh-server
}

trap at_the_end EXIT
ensure_test_packages
ensure_engine
ensure_busybox
"$here/image/base" bookworm
"$here/image/base" trixie
ensure_build_tools

step "mvn verify"
cd "$here/.."
exec mvn -B -ntp verify "$@"
