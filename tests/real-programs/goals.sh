# Sourced by run: the programs, and the share of live bytes that is to have a
# type: exact and derived / with likely, in %.
names='redis lua tmux sqlite3 nginx ninja aria2 zoo rust0 rust2 rustlto'

# Those tried as they came first, when nobody had tuned anything to them.
last_names='jq cppcheck dnsmasq taskwarrior mosquitto ledger bash tcl zsh vim
	gawk unbound iverilog haproxy hunspell'

goal_of() {
	case $1 in
	redis | lua | tmux | jq | dnsmasq | mosquitto | bash | tcl | zsh | vim | \
		gawk | unbound | haproxy) echo 90/97 ;;
	sqlite3 | nginx) echo 80/90 ;;
	zoo) echo 97/99 ;;
	rust*) echo 95/98 ;;
	*) echo 90/95 ;;
	esac
}

# The programs in Rust and their build are one script.
script_of() {
	case $1 in
	rust*) echo rust ;;
	*) echo "$1" ;;
	esac
}
