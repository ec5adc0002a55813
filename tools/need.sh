#!/usr/bin/env bash
# Says what this machine lacks for a purpose, in words, and installs from
# Debian what root may install.
#
#   tools/need.sh go        the Go part builds
#   tools/need.sh build     the whole product builds (Go, Node, npm)
#   tools/need.sh cluster   a server of PostgreSQL can be started
#   tools/need.sh test      the whole suite runs; what cannot be had is skipped by name
set -euo pipefail

want_go=26
want_node=20

missing=()

need_go() {
	local minor
	if ! command -v go >/dev/null; then
		missing+=("Go 1.$want_go or newer: the command 'go' was not found. Install it and put it on PATH.")
		return
	fi
	minor=$(go env GOVERSION | sed -nE 's/^go1\.([0-9]+).*/\1/p')
	if [ "${minor:-0}" -lt "$want_go" ]; then
		missing+=("Go 1.$want_go or newer: this is $(go env GOVERSION).")
	fi
}

need_node() {
	local major
	if ! command -v node >/dev/null; then
		missing+=("Node $want_node or newer: the command 'node' was not found.")
	else
		major=$(node --version | sed -nE 's/^v([0-9]+).*/\1/p')
		if [ "${major:-0}" -lt "$want_node" ]; then
			missing+=("Node $want_node or newer: this is $(node --version).")
		fi
	fi
	if ! command -v npm >/dev/null; then
		missing+=("npm: the command 'npm' was not found; it comes with Node.")
	fi
}

has() { command -v "$1" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null; }

# debian PACKAGE COMMAND WHAT-IT-IS-FOR
debian() {
	has "$2" && return
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		echo "Installing Debian's $1 ($3)."
		if { [ -n "${updated:-}" ] || apt-get update -qq; } && apt-get install -y -qq --no-install-recommends "$1" >/dev/null; then
			updated=1
			has "$2" && return
		fi
	fi
	echo "Missing: Debian's package $1 ($3). What needs it is skipped by name. To have it: sudo apt-get install $1"
}

# Debian puts the programs of a server where no path leads; none is to be started.
postgres() {
	has initdb && return
	if [ "$(id -u)" = 0 ] && [ -d /etc/apt ]; then
		mkdir -p /etc/postgresql-common
		[ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
	fi
	debian postgresql initdb "the tests of PostgreSQL"
}

case "${1:-build}" in
go) need_go ;;
build)
	need_go
	need_node
	;;
test)
	need_go
	need_node
	debian gcc gcc "the race detector"
	debian strace strace "the power-cut test"
	debian chromium chromium "the browser flows"
	postgres
	;;
cluster) postgres ;;
*)
	echo "usage: tools/need.sh go|build|cluster|test" >&2
	exit 2
	;;
esac

if [ "${#missing[@]}" -gt 0 ]; then
	echo "Earshot cannot be built here. Missing:" >&2
	printf '  - %s\n' "${missing[@]}" >&2
	exit 1
fi
