# A store of documents in Rust with std only, without and with optimisation.
package=

build() {
	case $name in
	rust0) flags='-C opt-level=0' ;;
	rust2) flags='-C opt-level=2' ;;
	*) flags='-C opt-level=3 -C lto=fat -C codegen-units=1' ;;
	esac
	# shellcheck disable=SC2086
	rustc --edition 2021 -g $flags --crate-name rust -o "$1" \
		"$here/rust.rs"
}

# It aborts by itself.
load() {
	record rust ./exe "${RUST_DOCUMENTS:-20000}" said.txt
	wait "$pid"
	cp rust.out truth.txt
}
