#!/usr/bin/env bash
# Removes Hokku from this machine: `sudo dist/uninstall.sh`. Apps and their data stay, unless --purge.
set -euo pipefail
export LC_ALL=C.UTF-8

prefix=/opt/hokku
etc=/etc/hokku
conf=$etc/hokku.conf

usage() {
  cat <<'TXT'
usage: uninstall.sh [--yes] [--purge]

Stops the server and its nginx and removes the program, its services and its commands. The engine, the packages, the apps'
containers, the home and /etc/hokku stay as they are: install.sh takes them up again.

  --purge   remove the apps too: their containers, networks, volumes and images, the home with every repository and key,
            /etc/hokku, the logs and the users
  --yes     do not ask
TXT
}

fail() { printf ' !     %s\n' "$@" >&2; exit 1; }
step() { printf -- '-----> %s\n' "$*"; }

yes=no purge=no
for word; do
  case $word in
    --yes) yes=yes ;;
    --purge) purge=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

[ "$(id -u)" = 0 ] || fail "Hokku is removed as root: sudo $0"
# dpkg runs this as well, in the scripts of the package: what it owns, it removes itself.
by_dpkg=${DPKG_MAINTSCRIPT_PACKAGE:-}
if [ -z "$by_dpkg" ]; then
  [ -e "$conf" ] || [ -d "$prefix" ] || fail "Hokku is not installed here."
  [ ! -d "$prefix/package" ] || fail "Hokku came to this machine as a package: apt-get remove hokku, or, with every app, apt-get purge hokku"
fi
home=$(sed -n 's/^HOKKU_HOME=//p' "$conf" 2>/dev/null || true)
home=${home:-/var/lib/hokku}
cd /

if [ "$yes" = no ]; then
  if [ "$purge" = yes ]; then question="Remove Hokku, EVERY APP and all data in $home?"; else question="Remove Hokku? Apps' data stay in $home."; fi
  read -r -p "$question [y/N] " answer || answer=''
  [[ $answer =~ ^[yY] ]] || fail "Nothing has been removed."
fi

if [ -x "$prefix/bin/openssh" ]; then "$prefix/bin/openssh" take-out || true; fi
step "Stopping server and nginx"
if [ -x "$prefix/bin/hokku" ]; then "$prefix/bin/hokku" stop all; fi
if [ -d /run/systemd/system ]; then systemctl disable -q hokku.service hokku-nginx.service 2>/dev/null || true; fi

if [ "$purge" = yes ] && [ -s "$home/instance" ] && ! docker version >/dev/null 2>&1; then
  printf ' !     %s\n' "No Docker engine answers: the apps' containers and images stay, with the label hokku.instance=$(cat "$home/instance")." >&2
elif [ "$purge" = yes ] && [ -s "$home/instance" ]; then
  instance=$(cat "$home/instance")
  label="label=hokku.instance=$instance"
  step "Removing the apps' containers, networks, volumes and images"
  docker ps -aq --filter "$label" | xargs -r docker rm -fv >/dev/null
  docker network ls -q --filter "$label" | xargs -r docker network rm >/dev/null
  docker volume ls -q --filter "$label" | xargs -r docker volume rm -f >/dev/null
  docker image ls --filter "reference=hokku-$instance/*" --filter "reference=hokku-$instance-*/*" --format '{{.Repository}}:{{.Tag}}' | xargs -r docker image rm -f >/dev/null
fi

step "Removing the program"
rm -f /etc/systemd/system/hokku.service /etc/systemd/system/hokku-nginx.service /etc/sudoers.d/hokku
[ -n "$by_dpkg" ] || rm -f /etc/logrotate.d/hokku
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
for name in dokku hokku; do
  if [[ $(readlink "/usr/bin/$name" || true) = "$prefix"/* ]]; then rm -f "/usr/bin/$name"; fi
done
find /usr/share/{bash-completion/completions,zsh/vendor-completions,man/man1,man/man8} -lname "$prefix/share/*" -delete 2>/dev/null || true
rm -rf /run/hokku
if [ -n "$by_dpkg" ]; then
  [ ! -d "$prefix" ] || find "$prefix" -mindepth 1 -maxdepth 1 ! -name package -exec rm -rf {} +
else
  rm -rf "$prefix"
fi

if [ "$purge" = yes ]; then
  step "Removing $home, $etc and the logs"
  rm -rf "$home" "$etc" /var/log/hokku
  for name in hokku-nginx dokku; do
    if getent passwd "$name" >/dev/null; then userdel "$name" || true; fi
  done
  step "Hokku and its apps are gone"
else
  # The key and the choices stay with the home that they belong to.
  step "Hokku is gone; $home and $etc are left, and so are the apps' containers, which nothing leads requests to any more"
fi
