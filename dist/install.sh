#!/usr/bin/env bash
# Installs or upgrades Hokku on this machine: `sudo dist/install.sh`. `--help` lists the options.
# Run again it changes nothing; run from newer sources or beside a newer package it upgrades, and apps stay up.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
umask 022

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd -P)
prefix=/opt/hokku
etc=/etc/hokku
conf=$etc/hokku.conf
socket=/var/run/docker.sock
user=dokku
nginx_user=hokku-nginx

usage() {
  cat <<'TXT'
usage: install.sh [options]      as root, on Debian 12 or 13 or Ubuntu 24.04

  --home FOLDER      where apps, keys and settings are kept (default /var/lib/hokku)
  --ssh-port PORT    for git push and commands (default 22 if it is free, else 3022)
  --http-port PORT   for the apps' web pages (default 80)
  --address HOST     the name or address of this host that people use (default: found out)
  --key FILE         the public key to register (default: the caller's, made if there is none)
  --tarball FILE     the package to install (default: hokku-*.tar.gz beside this script, else built from the sources)
  --no-sample        do not deploy the sample app
  --help             this text

Options of the first run are kept in /etc/hokku/hokku.conf: later runs need none.
TXT
}

step() { printf -- '-----> %s\n' "$*"; }
detail() { printf '       %s\n' "$*"; }
told=no
fail() { told=yes; printf ' !     %s\n' "$@" >&2; exit 1; }

made_policy=''
at_the_end() {
  local code=$?
  [ -z "$made_policy" ] || rm -f "$made_policy"
  if [ "$code" != 0 ] && [ "$told" = no ]; then
    printf ' !     install.sh stopped at: %s (exit code %s)\n' "$BASH_COMMAND" "$code" >&2
  fi
}

# --- what is asked for ---

home='' ssh_port='' http_port='' address='' key_file='' tarball='' sample=yes
parse() {
  while [ $# -gt 0 ]; do
    case $1 in
      --home | --ssh-port | --http-port | --address | --key | --tarball)
        [ $# -ge 2 ] || { usage >&2; told=yes; exit 2; }
        case $1 in
          --home) home=$2 ;;
          --ssh-port) ssh_port=$2 ;;
          --http-port) http_port=$2 ;;
          --address) address=$2 ;;
          --key) key_file=$2 ;;
          --tarball) tarball=$2 ;;
        esac
        shift 2 ;;
      --no-sample) sample=no; shift ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; told=yes; exit 2 ;;
    esac
  done
  key_file=${key_file:+$(realpath -m "$key_file")} tarball=${tarball:+$(realpath -m "$tarball")}
  # Programs of other users are started from here: they may not be allowed to see the caller's folder.
  cd /
}

kept() { [ ! -e "$conf" ] || sed -n "s/^$1=//p" "$conf"; }

# --- what must hold before anything is changed ---

check_machine() {
  [ "$(id -u)" = 0 ] || fail "Hokku is installed as root: sudo $0"
  command -v apt-get >/dev/null || fail "This machine has no apt-get: Hokku is installed on Debian 12 or 13 or Ubuntu 24.04."
  local system
  # shellcheck source=/dev/null
  system=$(. /etc/os-release && echo "$ID ${VERSION_ID:-}")
  case $system in
    "debian 12" | "debian 13" | "ubuntu 24.04") ;;
    *) detail "This is $system: Hokku is tried on Debian 12 and 13 and Ubuntu 24.04. Going on." ;;
  esac
  if [ ! -e "$conf" ] && [ -e /usr/bin/dokku ]; then
    fail "This machine has a /usr/bin/dokku already: is Dokku installed? It and Hokku cannot share a machine."
  fi
}

# The key itself, without what stands around it.
key_blob() { grep -ohE '(ssh|ecdsa|sk-)[^ ]* AAAA[^ ]*' "$1" 2>/dev/null | head -n 1 | cut -d' ' -f2; }

check_number() { [[ $2 =~ ^[0-9]{1,5}$ && $2 -ge 1 && $2 -le 65535 ]] || fail "$1 must be a port, 1 to 65535, not '$2'."; }

# Who listens on a tcp port, as "program (pid N, user U)": read from /proc, since a small machine has neither ss nor lsof.
listener() {
  local inode link pid
  inode=$(awk -v port="$(printf ':%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == port {print $10; exit}' /proc/net/tcp /proc/net/tcp6 2>/dev/null || true)
  [ -n "$inode" ] || return 0
  link=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null || true)
  pid=${link#/proc/}; pid=${pid%%/*}
  if [ -n "$pid" ]; then
    echo "$(cat "/proc/$pid/comm") (pid $pid, user $(stat -c %U "/proc/$pid"))"
  else
    echo "a program outside of this container"
  fi
}

# A port is ours if the process of this installation has it.
held_by_another() { # port, our user
  local who; who=$(listener "$1")
  [ -n "$who" ] && [[ $who != *", user $2)" ]] && echo "$who"
}

settle_options() {
  local who old_home
  old_home=$(kept HOKKU_HOME)
  home=${home:-${old_home:-/var/lib/hokku}}
  [[ $home =~ ^/[A-Za-z0-9._/-]+$ ]] || fail "--home must be an absolute path of letters, digits, dots, dashes and slashes, not '$home'."
  home=$(realpath -m "$home")
  [ -z "$old_home" ] || [ "$home" = "$old_home" ] || fail "Hokku is installed with its home in $old_home." \
    "To move it: hokku stop all, move the folder, change HOKKU_HOME in $conf, and run this again without --home."
  ssh_port=${ssh_port:-$(kept HOKKU_SSH_PORT)}
  if [ -z "$ssh_port" ]; then ssh_port=22; [ -z "$(listener 22)" ] || ssh_port=3022; fi
  http_port=${http_port:-$(kept HOKKU_HTTP_PORT)}; http_port=${http_port:-80}
  address=${address:-$(kept HOKKU_ADVERTISED_ADDRESS)}
  check_number --ssh-port "$ssh_port"
  check_number --http-port "$http_port"
  [ "$ssh_port" != "$http_port" ] || fail "--ssh-port and --http-port are the same."
  [[ $address =~ ^[A-Za-z0-9.:-]*$ ]] || fail "--address must be a host name or an IP address, not '$address'."
  [ -z "$key_file" ] || [ -n "$(key_blob "$key_file")" ] || fail "$key_file holds no public key."
  if who=$(held_by_another "$http_port" "$nginx_user"); then
    fail "Port $http_port already serves something else: $who." \
      "Stop that program, or choose another port for the apps: install.sh --http-port 8080" \
      "Nothing has been changed."
  fi
  if who=$(held_by_another "$ssh_port" "$user"); then
    fail "Port $ssh_port is taken by $who: choose another one with --ssh-port." "Nothing has been changed."
  fi
}

# --- packages and the engine ---

installed() { dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
available() { apt-cache policy "$1" 2>/dev/null | grep -qE '^  Candidate: [^(]'; }

apt_updated=no
apt_update() {
  [ "$apt_updated" = no ] || return 0
  apt-get update -qq || fail "apt-get update failed: mend the package sources (or the proxy in /etc/apt) and run this again."
  apt_updated=yes
}

apt_install() {
  apt_update
  step "Installing packages: $*"
  local log; log=$(mktemp)
  if ! apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; then
    tail -n 8 "$log" >&2; rm -f "$log"
    fail "apt-get could not install $*: mend what it says above and run this again."
  fi
  rm -f "$log"
}

engine_answers() { curl -sf --max-time 5 --unix-socket "$socket" http://engine/_ping >/dev/null 2>&1; }

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

wait_for() { # seconds, command…
  local end=$((SECONDS + $1)); shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}

ensure_engine() {
  if ! engine_answers; then
    if ! command -v dockerd >/dev/null; then
      apt_update
      local packages=(docker.io iptables)
      # Debian 13 has the client in a package of its own; a kernel with AppArmor wants its parser.
      ! available docker-cli || packages+=(docker-cli)
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
  local beside root built
  if [ -n "$tarball" ]; then [ -r "$tarball" ] || fail "There is no $tarball."; return; fi
  beside=$(find "$here" -maxdepth 1 -name 'hokku-*.tar.gz' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
  if [ -n "$beside" ]; then tarball=$beside; return; fi
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
  built=$(find "$1/dist/target" -maxdepth 1 -name 'hokku-*.tar.gz' -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d' ' -f2-)
  [ -n "$built" ] || return 0
  newer=$(cd "$1" && find pom.xml LICENSE plugin-api core plugins dist/pom.xml dist/src dist/bin dist/systemd dist/samples \
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

# --- files ---

# Writes a file from stdin, and only if that changes it: $changed then names it.
changed=''
put() { # file, mode
  local new; new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  chmod "$2" "$new"
  if [ -e "$1" ] && cmp -s "$new" "$1" && [ "$(stat -c %a "$new")" = "$(stat -c %a "$1")" ]; then
    rm -f "$new"
  else
    mv "$new" "$1"
    changed="$changed $1"
  fi
}

folder() { # mode, owner, group, path
  if [ "$(stat -c '%a %U %G' "$4" 2>/dev/null)" != "$1 $2 $3" ]; then install -d -m "$1" -o "$2" -g "$3" "$4"; fi
}

ensure_users() {
  local socket_group
  if ! getent passwd "$user" >/dev/null; then
    step "Making the users $user and $nginx_user"
    useradd --system --user-group --home-dir "$home" --no-create-home --shell /usr/sbin/nologin "$user"
  fi
  getent passwd "$nginx_user" >/dev/null ||
    useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin "$nginx_user"
  socket_group=$(stat -L -c %g "$socket")
  [ "$socket_group" != 0 ] || fail "$socket belongs to the group root: give it to a group of its own (docker), so that the user $user can be let in."
  # A socket from outside of a container may belong to a group that has no name here.
  getent group "$socket_group" >/dev/null || groupadd --system --gid "$socket_group" docker-engine
  id -G "$user" | tr ' ' '\n' | grep -qx "$socket_group" || usermod -aG "$(getent group "$socket_group" | cut -d: -f1)" "$user"
}

# The new version beside the one that runs. It is complete, tried out, or not there.
version=''
stage_version() {
  local name id staged
  id=$(sha256sum "$tarball" | cut -c1-12)
  name=$(tar -tzf "$tarball" 2>/dev/null | sed -n '1s:^hokku-\([^/]*\)/.*:\1:p;1q' || true)
  [ -n "$name" ] || fail "$tarball is not a package of Hokku."
  version=$prefix/versions/$name-$id
  [ ! -e "$version/.complete" ] || return 0
  step "Unpacking Hokku $name to $version"
  rm -rf "$version"
  mkdir -p "$prefix/versions"
  staged=$(mktemp -d "$prefix/versions/.new.XXXXXX")
  tar -xzf "$tarball" -C "$staged" --strip-components=1 --no-same-owner || { rm -rf "$staged"; fail "$tarball cannot be unpacked. Is the disk full?"; }
  chmod 755 "$staged"
  mv "$staged" "$version"
  try_version
  touch "$version/.complete"
}

# One start in a home of its own, with no engine and none of the real state. It shows that the new version starts here at all, and
# leaves a cache of its classes behind, with which the real server starts in half the time.
try_version() {
  local trial port pid
  step "Trying it out"
  trial=$(mktemp -d /tmp/hokku-trial.XXXXXX)
  chown "$user" "$trial"
  setpriv --reuid="$user" --regid="$user" --clear-groups env -i HOME="$trial" PATH="$PATH" HOKKU_CONF=/dev/null HOKKU_HOME="$trial/home" \
    HOKKU_SSH_PORT=0 HOKKU_SSH_ADDRESS=127.0.0.1 DOCKER_HOST="unix://$trial/no-engine.sock" HOKKU_CACHE_OUTPUT="$trial/hokku.aot" \
    "$version/bin/hokku" run >"$trial/log" 2>&1 </dev/null &
  pid=$!
  trial_is_decided() { [ -e "$trial/home/run/ready" ] || ! kill -0 "$pid" 2>/dev/null; }
  wait_for 60 trial_is_decided || true
  if [ ! -e "$trial/home/run/ready" ]; then
    kill -KILL "$pid" 2>/dev/null || true
    grep -vE 'AOT|JAVA_TOOL_OPTIONS' "$trial/log" | head -n 20 >&2
    rm -rf "$trial" "$version"
    fail "This version does not start on this machine; what ran here before still runs."
  fi
  # A connection, so that the classes of ssh are in the cache as well; nobody's key is known, and none is needed.
  port=$(sed -n 's/.*"sshPort" *: *\([0-9]*\).*/\1/p' "$trial/home/run/ready")
  ssh-keyscan -p "$port" -T 5 127.0.0.1 >/dev/null 2>&1 || true
  kill -TERM "$pid"
  wait "$pid" || true
  if [ -s "$trial/hokku.aot" ]; then install -m 0644 "$trial/hokku.aot" "$version/hokku.aot"; fi
  rm -rf "$trial"
}

# Home, keys, configuration: what the server needs to find when it starts.
prepare_home() {
  local nginx_folder=$home/plugins-data/nginx-vhosts
  # nginx' user may pass through to its folder, and look at nothing on the way.
  folder 711 "$user" "$user" "$home"
  folder 711 "$user" "$user" "$home/plugins-data"
  folder 755 "$user" "$user" "$nginx_folder"
  folder 2770 "$nginx_user" "$user" "$nginx_folder/run"
  folder 2770 "$nginx_user" "$user" "$nginx_folder/logs"
  folder 755 root root "$etc"
  folder 755 root root /var/log/hokku
  put "$conf" 644 <<CONF
# Written by install.sh, whose options change these lines; lines that you add stay.
HOKKU_HOME=$home
HOKKU_SSH_PORT=$ssh_port
HOKKU_HTTP_PORT=$http_port
HOKKU_NGINX_USER=$nginx_user${address:+
HOKKU_ADVERTISED_ADDRESS=$address}
$(own_lines)
CONF
  [ "$(readlink /usr/bin/dokku || true)" = "$prefix/bin/dokku" ] || ln -sfn "$prefix/bin/dokku" /usr/bin/dokku
  [ "$(readlink /usr/bin/hokku || true)" = "$prefix/bin/hokku" ] || ln -sfn "$prefix/bin/hokku" /usr/bin/hokku
  link_shared
}

# Manual pages and completions, where man and the shells look for them.
link_shared() {
  local file
  while read -r file; do
    mkdir -p "/usr/share/${file%/*}"
    [ "$(readlink "/usr/share/$file" || true)" = "$prefix/share/$file" ] || ln -sfn "$prefix/share/$file" "/usr/share/$file"
  done < <(find "$version/share" -type f -printf '%P\n')
}

own_lines() {
  [ ! -e "$conf" ] || grep -vE '^(# Written by install.sh|HOKKU_(HOME|SSH_PORT|HTTP_PORT|NGINX_USER|ADVERTISED_ADDRESS)=|$)' "$conf" || true
}

# The server may validate and reload nginx as nginx' user, in exactly these words.
put_sudoers() {
  local new as nginx=$home/plugins-data/nginx-vhosts
  as="$user ALL=($nginx_user) NOPASSWD: /usr/sbin/nginx -p $nginx/"
  new=$(mktemp)
  cat >"$new" <<SUDOERS
# Written by Hokku's install.sh.
$as -c $nginx/candidate/nginx.conf -t -q
$as -c $nginx/nginx.conf -s reload
$as -c $nginx/nginx.conf -s reopen
SUDOERS
  visudo -cqf "$new" || { rm -f "$new"; fail "sudo does not understand the rules for $user: please report this."; }
  put /etc/sudoers.d/hokku 440 <"$new"
  rm -f "$new"
}

put_logrotate() {
  [ -d /etc/logrotate.d ] || return 0
  put /etc/logrotate.d/hokku 644 <<ROTATE
# Written by Hokku's install.sh.
/var/log/hokku/*.log {
  weekly
  rotate 4
  maxsize 50M
  missingok
  notifempty
  compress
  copytruncate
}
ROTATE
}

# The host's own key, by which `dokku` on this machine may do everything.
ensure_admin_key() {
  local keys=$home/authorized_keys line new
  [ -e "$etc/admin_key" ] || ssh-keygen -q -t ed25519 -N '' -C "admin@$(uname -n)" -f "$etc/admin_key"
  line="name=\"admin\",access=\"admin\" $(cut -d' ' -f1,2 "$etc/admin_key.pub")"
  grep -qxF -- "$line" "$keys" 2>/dev/null && return
  new=$(mktemp "$home/.authorized_keys.XXXXXX")
  { grep -vE '^name="admin",' "$keys" 2>/dev/null || true; echo "$line"; } >"$new"
  chmod 600 "$new"
  chown "$user:$user" "$new"
  mv "$new" "$keys"
}

put_units() {
  [ -d /run/systemd/system ] || return 0
  local unit
  for unit in hokku.service hokku-nginx.service; do
    put "/etc/systemd/system/$unit" 644 < <(sed "s|@HOME@|$home|g" "$version/systemd/$unit")
  done
  [[ $changed != */etc/systemd/system/* ]] || systemctl daemon-reload
  systemctl enable -q hokku.service hokku-nginx.service
}

# --- the switch ---

running_version() {
  local pid
  pid=$("$prefix/bin/hokku" status --pid 2>/dev/null) || return 0
  tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n '1s|/runtime/bin/java$||p'
}

# One rename: at no moment is there half a version.
switch_to() {
  local part
  ln -sfn "${1#"$prefix"/}" "$prefix/.current.new"
  mv -T "$prefix/.current.new" "$prefix/current"
  for part in bin lib plugins runtime samples share LICENSE; do
    [ "$(readlink "$prefix/$part" || true)" = "current/$part" ] || ln -sfn "current/$part" "$prefix/$part"
  done
}

switch_and_start() {
  local before running
  before=$(readlink -f "$prefix/current" 2>/dev/null || true)
  running=$(running_version)
  [ "$before" = "$version" ] || switch_to "$version"
  if [ "$running" = "$version" ] && [ ! "$conf" -nt "$home/run/ready" ]; then
    detail "The server runs, and is up to date."
  elif [ -n "$running" ]; then
    step "Restarting the server; apps and nginx go on serving"
    "$prefix/bin/hokku" stop server
    "$prefix/bin/hokku" start server || go_back "$before"
  else
    step "Starting the server"
    "$prefix/bin/hokku" start server || go_back "$before"
  fi
  put "$etc/known_hosts" 644 <<KNOWN
hokku $(cut -d' ' -f1,2 "$home/host_keys/ssh_host_ed25519_key.pub")
KNOWN
}

go_back() {
  if [ -n "$1" ] && [ "$1" != "$version" ] && [ -d "$1" ]; then
    switch_to "$1"
    "$prefix/bin/hokku" start server && fail "The new version does not run; the former one does again."
  fi
  fail "The server does not run. Mend what it says above, then: hokku start"
}

start_nginx() {
  local listens
  # nginx listens where the server's configuration says.
  listens=$(dokku_quietly proxy:report --global --format json | sed -n 's/.*"proxy-computed-proxy-port" *: *"\{0,1\}\([0-9]*\).*/\1/p')
  if [ "${listens:-80}" != "$http_port" ]; then
    step "Leading port $http_port to the apps"
    # Routes are made anew by the setting; where there is no app yet, the plugin writes its configuration when it is loaded.
    { dokku_quietly proxy:set --global proxy-port "$http_port" && dokku_quietly plugin:reload; } >/dev/null ||
      fail "The port could not be set. Try: dokku proxy:set --global proxy-port $http_port"
  fi
  if ! "$prefix/bin/hokku" status >/dev/null; then step "Starting nginx"; fi
  "$prefix/bin/hokku" start || { told=yes; exit 1; }
}

dokku_quietly() { "$prefix/bin/dokku" "$@" </dev/null; }

remove_old_versions() {
  local old keep
  keep=$(find "$prefix/versions" -mindepth 2 -maxdepth 2 -name .complete -printf '%T@ %h\n' | sort -rn | head -n 2 | cut -d' ' -f2-)
  for old in "$prefix"/versions/* "$prefix"/versions/.new.*; do
    if [ -d "$old" ] && [ "$old" != "$version" ] && ! grep -qxF "$old" <<<"$keep"; then rm -rf "$old"; fi
  done
}

# --- the caller's key ---

caller=root caller_home=/root public_key=''
settle_caller() {
  local name
  if [ -n "${SUDO_USER:-}" ] && getent passwd "$SUDO_USER" >/dev/null; then caller=$SUDO_USER; fi
  caller_home=$(getent passwd "$caller" | cut -d: -f6)
  public_key=$key_file
  for name in id_ed25519 id_ecdsa id_rsa; do
    [ -n "$public_key" ] || [ ! -r "$caller_home/.ssh/$name.pub" ] || public_key=$caller_home/.ssh/$name.pub
  done
}

as_caller() { runuser -u "$caller" -- env HOME="$caller_home" "$@"; }

register_caller() {
  local name=$caller number=1 blob
  if [ -z "$public_key" ]; then
    step "Making an ssh key for $caller: $caller_home/.ssh/id_ed25519"
    as_caller mkdir -p -m 700 "$caller_home/.ssh"
    as_caller ssh-keygen -q -t ed25519 -N '' -f "$caller_home/.ssh/id_ed25519"
    public_key=$caller_home/.ssh/id_ed25519.pub
  fi
  blob=$(key_blob "$public_key")
  [ -n "$blob" ] || fail "$public_key holds no public key."
  grep -qF -- "$blob" "$home/authorized_keys" && return
  step "Registering $public_key as $name"
  while grep -q "^name=\"$name\"," "$home/authorized_keys"; do
    number=$((number + 1))
    name=$caller-$number
  done
  "$prefix/bin/dokku" ssh-keys:add --access admin "$name" <"$public_key" >/dev/null ||
    fail "The key was not taken: dokku ssh-keys:add --access admin $name < $public_key"
}

# So that the first `git push` from here asks nothing.
know_host() {
  local at file=$caller_home/.ssh/known_hosts host
  for host in "$(shown_address)" 127.0.0.1 localhost; do
    at=$host; [ "$ssh_port" = 22 ] || at="[$host]:$ssh_port"
    as_caller ssh-keygen -F "$at" -f "$file" >/dev/null 2>&1 ||
      echo "$at $(cut -d' ' -f2,3 "$etc/known_hosts")" | as_caller tee -a "$file" >/dev/null
  done
}

shown_address() {
  local found=$address
  [ -n "$found" ] || ! command -v ip >/dev/null || found=$(ip -4 route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
  [ -n "$found" ] || found=$(hostname -I 2>/dev/null | cut -d' ' -f1)
  echo "${found:-127.0.0.1}"
}

# --- the sample ---

have_image() { docker image inspect "$1" >/dev/null 2>&1; }

ensure_busybox() {
  have_image busybox:latest && return
  step "Fetching the image busybox:latest"
  timeout 90 docker pull -q busybox:latest >/dev/null 2>&1 && return
  detail "No registry can be reached: it is made from this system's busybox-static."
  installed busybox-static || apt_install busybox-static
  local root applet
  root=$(mktemp -d)
  mkdir -p "$root"/{bin,etc,tmp,root,var}
  cp /bin/busybox "$root/bin/busybox"
  for applet in $(/bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  tar -C "$root" --numeric-owner --owner=0 --group=0 -c . | docker import -c 'CMD ["sh"]' -c 'ENV PATH=/bin' \
    -c 'LABEL org.opencontainers.image.description="busybox from the packages of this host"' - busybox:latest >/dev/null ||
    fail "The base image could not be made: is there room on the disk of /var/lib/docker?"
  rm -rf "$root"
}

deploy_sample() {
  # Whoever removed the sample does not want it back at the next upgrade.
  [ "$sample" = yes ] && [ ! -e "$etc/sample-deployed" ] || return 0
  if dokku_quietly apps:exists hello >/dev/null 2>&1 && [ -n "$(sample_url)" ] && sample_answers; then touch "$etc/sample-deployed"; return; fi
  ensure_busybox
  step "Deploying the sample app: git push"
  local work key=${public_key%.pub} pusher=$caller
  # Without a private key that opens by itself, the host's own key pushes.
  if [ -n "$key_file" ] || ! as_caller ssh-keygen -y -P '' -f "$key" >/dev/null 2>&1; then pusher=root key=$etc/admin_key; fi
  work=$(mktemp -d)
  cp -RL "$prefix/samples/hello/." "$work"
  chmod -R a+rX "$work"
  chown -R "$pusher" "$work"
  # The same commit each time: a push that was cut off goes on where it was.
  runuser -u "$pusher" -- env -i HOME="$work" PATH="$PATH" GIT_CONFIG_NOSYSTEM=1 \
    GIT_AUTHOR_NAME=Hokku GIT_AUTHOR_EMAIL=hokku@localhost GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' \
    GIT_COMMITTER_NAME=Hokku GIT_COMMITTER_EMAIL=hokku@localhost GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' \
    GIT_SSH_COMMAND="ssh -F none -i '$key' -o IdentitiesOnly=yes -o BatchMode=yes -o HostKeyAlias=hokku -o UserKnownHostsFile=$etc/known_hosts -o StrictHostKeyChecking=yes" \
    bash -ec "cd '$work'; git -c init.defaultBranch=main init -q; git add .; git commit -qm 'Say hello'; git push ssh://dokku@127.0.0.1:$ssh_port/hello HEAD:main" ||
    { rm -rf "$work"; fail "The sample app was not deployed; server and nginx run. Mend what it says above and run this again."; }
  rm -rf "$work"
  wait_for 15 sample_answers || fail "The sample app was deployed, but $(sample_url) does not answer: dokku logs hello; hokku status"
  touch "$etc/sample-deployed"
}

sample_url() { dokku_quietly url hello 2>/dev/null | head -n 1; }
sample_answers() { curl -sf --noproxy '*' --max-time 5 --connect-to "::127.0.0.1:" "$(sample_url)" 2>/dev/null | grep -q 'Hello from Hokku'; }

# --- the end ---

summary() {
  local host remote url
  host=$(shown_address)
  if [ "$ssh_port" = 22 ]; then remote="dokku@$host"; else remote="ssh://dokku@$host:$ssh_port"; fi
  printf '\n=====> Hokku %s is installed\n' "$(basename "$version")"
  url=$(sample_url || true)
  if [ -n "$url" ]; then
    printf '\n'
    detail "The sample app:       $url"
    detail "Without DNS:          curl --noproxy '*' --connect-to ::127.0.0.1: $url"
  fi
  printf '\n'
  detail "Deploy your own app, in any repository with a Dockerfile:"
  if [ "$ssh_port" = 22 ]; then detail "    git remote add dokku $remote:myapp"; else detail "    git remote add dokku $remote/myapp"; fi
  detail "    git push dokku HEAD:main"
  if [ "$ssh_port" != 22 ]; then
    printf '\n'
    detail "With this in ~/.ssh/config the remote is just hokku:myapp, and commands are ssh hokku COMMAND:"
    detail "    Host hokku"
    detail "      HostName $host"
    detail "      User dokku"
    detail "      Port $ssh_port"
  fi
  printf '\n'
  detail "Let somebody in:      sudo dokku ssh-keys:add NAME < key.pub"
  detail "All commands:         sudo dokku help"
  detail "Server and nginx:     sudo hokku status"
  if [ ! -d /run/systemd/system ]; then detail "After a reboot:       hokku start (this machine has no systemd to do it)"; fi
}

main() {
  trap at_the_end EXIT
  parse "$@"
  check_machine
  settle_options
  settle_caller
  ensure_packages
  ensure_engine
  find_tarball
  ensure_users
  stage_version
  prepare_home
  ensure_admin_key
  put_sudoers
  put_logrotate
  put_units
  switch_and_start
  register_caller
  start_nginx
  know_host
  deploy_sample
  remove_old_versions
  summary
}

# test.sh takes functions from here.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
