# Sourced by tests/real-programs/run: sources of Debian's packages by name.
#
# unpack PACKAGE	the source of PACKAGE, patched, in a folder whose name
#			begins with PACKAGE; prints the folder
#
# Which archives they come from is what the machine's own list of sources says,
# read as sources of sources: a list made at run time, which touches nothing of
# the system's.

apt_lists() {
	mkdir -p apt/lists/partial
	: >apt/sources.list
	: >apt/debian.sources
	for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ ! -e "$list" ] ||
			sed -n 's/^deb /deb-src /p' "$list" >>apt/sources.list
	done
	list=/etc/apt/sources.list.d/debian.sources
	[ ! -e $list ] ||
		sed 's/^Types: .*/Types: deb-src/' $list >apt/debian.sources
	if [ -s apt/debian.sources ]; then
		apt_list=$PWD/apt/debian.sources
	else
		apt_list=$PWD/apt/sources.list
	fi
}

apt_get() {
	apt-get -qq -o Dir::Etc::sourcelist="$apt_list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::Lists="$PWD/apt/lists" "$@"
}

# The newest version that the archives still have.
get_source() {
	apt_get source "$1" && return
	for version in $(apt-cache -o Dir::Etc::sourcelist="$apt_list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::Lists="$PWD/apt/lists" showsrc "$1" |
		sed -n 's/^Version: //p'); do
		apt_get source "$1=$version" && return
	done
	return 1
}

unpack() {
	for folder in "$1"-[0-9]*/; do
		[ ! -d "$folder" ] || {
			echo "${folder%/}"
			return 0
		}
	done
	[ -d apt/lists/partial ] || {
		apt_lists
		apt_get update || return 1
	} >&2
	apt_lists
	get_source "$1" >unpack.log 2>&1 || return 1
	for folder in "$1"-[0-9]*/; do
		[ ! -d "$folder" ] || echo "${folder%/}"
	done
}
