# tmux: its server with sessions, windows, panes full of text, and options.
package=tmux

build() {
	[ -e configure ] || sh autogen.sh >/dev/null
	[ -e Makefile ] || ./configure -q CFLAGS='-g -O2' >/dev/null
	make -s -j2 >/dev/null && cp tmux "$1"
}

say_to() {
	./exe -S "$PWD/socket" "$@"
}

load() {
	rm -f socket
	unset TMUX
	record tmux ./exe -S "$PWD/socket" -f /dev/null -D
	sleep 1
	for session in 1 2 3 4 5 6; do
		say_to new-session -d -s "session$session" -x 180 -y 50 \
			"seq -f 'line %g of session $session with text' 3000; cat"
		for window in 1 2 3 4; do
			say_to new-window -t "session$session" -n "window$window" \
				"ls -lR --color=always /usr/include/*.h | head -n 1500; cat"
			say_to split-window -t "session$session:window$window" -h \
				"seq 1 500; cat"
			say_to split-window -t "session$session:window$window" -v cat
		done
		say_to set-option -t "session$session" status-left "[#S $session]"
		say_to set-option -t "session$session" @mine "value $session"
		say_to set-environment -t "session$session" VARIABLE "of $session"
	done
	for i in $(seq 60); do
		say_to set-buffer -b "buffer$i" "text number $i, kept for later"
		say_to bind-key -T mine "M-F$((i % 12 + 1))" if-shell 'true' \
			"display-message 'key $i'" "split-window -h"
		say_to set-hook -g "after-new-window[$i]" "set -w @hook$i 'on'"
	done
	sleep 4
	{
		say_to list-sessions
		say_to list-panes -a
		say_to list-keys
	} >truth.txt
	sleep 1
}
