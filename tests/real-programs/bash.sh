# bash: variables of all kinds, functions, aliases, completions and a history,
# held in a read from a pipe.  Its exe is put there by hand.
package=
signal=SEGV

build() {
	false
}

words() {
	cat <<'EOF'
declare -A map
declare -a arr
for ((i = 0; i < num; i++)); do
	map[key$i]="value number $i"
	arr[i]="element $i"
	printf -v "var_$i" 'text of %d' $i
done
for ((i = 0; i < 400; i++)); do
	eval "f$i() {
		local a=\$1 b
		for x in 1 2 3; do
			if [[ \$x -gt \$a ]]; then
				echo \"\$x and \$a\" | tee
			else
				b=\$((a + x))
			fi
		done
		case \$b in
		(1 | 2) return 1 ;;
		*) b=\${a//x/y} ;;
		esac
		while read -r line; do
			break
		done </dev/null
	}"
	alias al$i="ls -l $i"
done
for ((i = 0; i < 200; i++)); do
	trap "echo $i" USR1
	complete -W "a b c$i" cmd$i
done
set -o history
for ((i = 0; i < 1000; i++)); do
	history -s "command number $i --with options"
done
hash ls cat grep sed awk sort
unset LD_PRELOAD RECORD
echo ready
while :; do
	read -r -t 1000 x <pipe
done
EOF
}

load() {
	rm -f pipe bash.out
	mkfifo pipe
	{
		echo "num=${BASH_VALUES:-8000}"
		words
	} >script
	record bash ./exe script
	wait_for bash.out ready && sleep 1
}
