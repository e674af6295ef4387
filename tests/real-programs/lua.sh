# Lua: a script of ours whose objects are counted by tag.
package=lua5.4

build() {
	# What Debian's own rules write for the architecture.
	printf '#define DEB_HOST_MULTIARCH "%s"\n' "$(gcc -print-multiarch)" \
		>src/lua5.4-deb-multiarch.h
	for unit in src/*.c; do
		case $unit in
		src/luac.c | src/ltests.c | src/onelua.c) continue ;;
		esac
		gcc -g -O2 -std=gnu99 -DLUA_COMPAT_5_3 -DLUA_USE_POSIX \
			-DLUA_USE_DLOPEN -c "$unit" || return 1
	done
	gcc -g -o "$1" ./*.o -Wl,-E -lm -ldl
}

# The script says when it is done, and waits in a read.
load() {
	mkfifo end
	record lua ./exe "$here/lua.lua" "${LUA_OBJECTS:-50000}" <>end
	wait_for lua.out "^ready" || return 1
	cp lua.out truth.txt
}

# The walk of all objects is Lua's own count by tag.
counts() {
	for type in TString Table LClosure CClosure Udata UpVal Proto; do
		holds "$type" "$(grep -c " $type\(|\|\$\)" check)" \
			"$(of_type "(struct |union )?$type")"
	done
}
