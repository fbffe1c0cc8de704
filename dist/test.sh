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
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  [ -x /usr/sbin/nginx ] || apt_install_stopped nginx nginx
  [ -x /usr/sbin/sshd ] || apt_install_stopped ssh openssh-server
}

ensure_debian_image() {
  local root log
  have_image debian:bookworm-slim && return
  step "Fetching the image debian:bookworm-slim"
  timeout 120 docker pull -q debian:bookworm-slim >/dev/null 2>&1 && return
  detail "No registry can be reached: it is made from Debian's packages."
  command -v debootstrap >/dev/null || apt_install debootstrap
  root=$(mktemp -d)
  log=$root/log
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root/system" >"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "debootstrap failed."; }
  # Behind a mirror with a certificate authority of its own the image trusts what this machine trusts.
  if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
    cp /usr/local/share/ca-certificates/*.crt "$root/system/usr/local/share/ca-certificates/"
    chroot "$root/system" update-ca-certificates >/dev/null 2>&1
  fi
  rm -rf "$root"/system/var/cache/apt/archives/*.deb "$root"/system/var/lib/apt/lists/*
  tar -C "$root/system" -c . | docker import -c 'CMD ["bash"]' - debian:bookworm-slim >/dev/null
  rm -rf "$root"
}

trap at_the_end EXIT
ensure_test_packages
ensure_engine
ensure_busybox
ensure_debian_image
ensure_build_tools

step "mvn verify"
cd "$here/.."
exec mvn -B -ntp verify "$@"
