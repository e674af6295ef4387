# `make real-programs`: by hand, needs Debian's sources; not part of check.
EXTRA_DIST += tests/real-programs/run tests/real-programs/unpack.sh \
	tests/real-programs/goals.sh tests/real-programs/share.awk \
	tests/real-programs/lua.sh tests/real-programs/lua.lua tests/real-programs/lua.gdb \
	tests/real-programs/redis.sh tests/real-programs/redis.gdb \
	tests/real-programs/sqlite3.sh tests/real-programs/sqlite3.gdb \
	tests/real-programs/nginx.sh tests/real-programs/nginx.gdb \
	tests/real-programs/ninja.sh tests/real-programs/ninja.gdb \
	tests/real-programs/aria2.sh tests/real-programs/zoo.sh \
	tests/real-programs/tmux.sh tests/real-programs/cppcheck.sh \
	tests/real-programs/jq.sh tests/real-programs/dnsmasq.sh \
	tests/real-programs/taskwarrior.sh \
	tests/real-programs/rust.sh tests/real-programs/rust.rs \
	tests/real-programs/mosquitto.sh tests/real-programs/ledger.sh \
	tests/real-programs/bash.sh tests/real-programs/tcl.sh \
	tests/real-programs/zsh.sh tests/real-programs/vim.sh \
	tests/real-programs/gawk.sh tests/real-programs/unbound.sh \
	tests/real-programs/haproxy.sh tests/real-programs/hunspell.sh \
	tests/real-programs/iverilog.sh \
	tests/real-programs/walk.py tests/real-programs/bash.py \
	tests/real-programs/dnsmasq.py tests/real-programs/mosquitto.py \
	tests/real-programs/tcl.py tests/real-programs/vim.py \
	tests/real-programs/zsh.py

.PHONY: real-programs
real-programs: corewalk$(EXEEXT)
	$(top_srcdir)/tests/real-programs/run $(builddir) $(PROGRAMS_UNDER_LOAD)
