# shellcheck shell=sh disable=SC2034,SC2046,SC2086
# Sourced by ./try and ./check: what has to be installed, and the build.
#
# Each line of a table: the Debian package, and a probe that says without any
# package manager whether it is there: a command, or a file (a pattern).

packages_to_build='
gcc              gcc
libc6-dev        /usr/include/stdio.h
make             make
autoconf         autoconf
automake         automake
libtool          libtoolize
pkg-config       pkg-config
libdwarf-dev     /usr/include/libdwarf*/libdwarf.h
libelf-dev       /usr/include/gelf.h
libiberty-dev    /usr/include/libiberty/demangle.h
liblzma-dev      /usr/include/lzma.h
libcapstone-dev  /usr/include/capstone/capstone.h
libjson-c-dev    /usr/include/json-c/json.h
zlib1g-dev       /usr/include/zlib.h
libprotobuf-c-dev /usr/include/protobuf-c/protobuf-c.h
protobuf-c-compiler protoc-c
libsmartcols-dev /usr/include/libsmartcols/libsmartcols.h
gdb              /usr/include/gdb/jit-reader.h
'
packages_to_try='
gdb              gdb
g++              g++
'
# A test without its tool skips itself and says so.
packages_to_test='
gdb              gdb
gdbserver        gdbserver
nginx-light      nginx
apache2-utils    ab
redis-server     redis-server
g++              g++
clang            clang
libc++-14-dev    /usr/lib/llvm-14/include/c++/v1/vector
libc++abi-14-dev /usr/lib/llvm-14/lib/libc++abi.so
clang-format-14  clang-format-14
binutils         objcopy
xz-utils         xz
jq               jq
groff-base       groff
python3-minimal  python3
libglib2.0-0     /usr/lib/*/libgobject-2.0.so.0
libglib2.0-dev   /usr/include/glib-2.0/glib.h
dwz              dwz
redis-tools      redis-check-rdb
libc6-dbg        /usr/lib/debug/.build-id
valgrind         valgrind
procps           ps
file             file
shellcheck       shellcheck
'

is_there() {
	case $1 in
	/*)
		for found in $1; do
			[ -e "$found" ] && return 0
		done
		return 1
		;;
	*) command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# missing_of TABLE: the packages whose probe finds nothing.
missing_of() {
	echo "$1" | while read -r package probe; do
		[ -z "$package" ] || is_there "$probe" || echo "$package"
	done | sort -u | tr '\n' ' '
}

# apt_install NEEDED WANTED: of the wanted those that this release has.
# No daemon of a package that we install may start on the user's machine.
apt_install() {
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod +x $policy
		own_policy=yes
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get update &&
		apt-get install -y --no-install-recommends $1 $(
			for package in $2; do
				! apt-cache show "$package" >/dev/null 2>&1 ||
					echo "$package"
			done
		)
	apt_status=$?
	[ "${own_policy:-}" != yes ] || rm -f $policy
	return $apt_status
}

# install_missing NEEDED [WANTED]: two tables.  Root on Debian installs what
# is missing; anybody else is told.  Fails when something needed is missing.
install_missing() {
	needed=$(missing_of "$1")
	wanted=$(missing_of "${2:-}")
	[ -n "$needed$wanted" ] || return 0
	if [ "$(id -u)" = 0 ] && is_there apt-get; then
		echo "apt-get install $needed$wanted"
		quietly "install them" apt_install "$needed" "$wanted"
		return
	fi
	if [ -n "$wanted" ]; then
		echo "not installed, tests that use them are skipped: $wanted"
	fi
	[ -n "$needed" ] || return 0
	echo "These packages are missing; as root on Debian or Ubuntu:"
	echo "    apt-get install $needed"
	return 1
}

log=${TMPDIR:-/tmp}/corewalk-prepare-$(id -u).log

# quietly WHAT COMMAND...: one line with the time it took; what the command
# wrote goes to $log, and its end to the terminal when it fails.
quietly() {
	what=$1
	shift
	started=$(date +%s)
	printf '%-58s ' "$what"
	if "$@" >"$log" 2>&1 </dev/null; then
		echo "$(($(date +%s) - started)) s"
		return 0
	fi
	echo "FAILED"
	tail -n 40 "$log"
	echo "all of it: $log"
	return 1
}

# build FOLDER [CONFIGURE-OPTION...]: makes what is out of date.
build() {
	folder=$1
	shift
	mkdir -p "$folder" || return 1
	log=$PWD/$folder/build.log
	if [ ! -x configure ]; then
		quietly "autoreconf" autoreconf -fi || return 1
	fi
	if [ ! -e "$folder/Makefile" ]; then
		quietly "configure in $folder $*" \
			configure_in "$folder" "$@" || return 1
	fi
	quietly "make in $folder" make -C "$folder" -j"$(nproc)"
}

configure_in() (
	cd "$1" || exit 1
	shift
	../configure "$@"
)
