# zsh: parameters of all kinds, functions, aliases and a history, held in a
# read from a pipe.  Its exe is put there by hand.
package=

build() {
	false
}

words() {
	cat <<'EOF'
typeset -A map
typeset -a arr
for ((i = 1; i < num; i++)); do
	map[key$i]="value number $i"
	arr+=("element $i")
	typeset -g var_$i="text of $i"
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
		(1|2) return 1 ;;
		(*) b=\${a//x/y} ;;
		esac
	}"
	alias al$i="ls -l $i"
done
for ((i = 0; i < 200; i++)); do
	typeset -a arr$i
	eval "arr$i=(a b c$i)"
	typeset -i int$i=$i
	typeset -A h$i
	eval "h$i=(x $i y z)"
done
for ((i = 0; i < 1000; i++)); do
	print -s "command number $i --with options"
done
f1 5 >/dev/null
zmodload zsh/parameter
autoload -U compinit colors
hash foo=/bin/ls
unset LD_PRELOAD RECORD
echo ready
while :; do
	read -t 1000 x <pipe
done
EOF
}

load() {
	rm -f pipe zsh.out
	mkfifo pipe
	{
		echo "num=${ZSH_VALUES:-8000}"
		words
	} >script
	record zsh ./exe -f script
	wait_for zsh.out ready && sleep 1
}
