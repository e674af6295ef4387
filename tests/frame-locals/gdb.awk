# Locals as GDB says them, to the lines of locals.c.

# Without what is in < > behind addresses, and text behind pointers to it.
function plain(value,   text) {
	if (value ~ /^</)
		return value ~ /^<No data/ ? value : "U"
	gsub(/, <No data fields>/, "", value)
	if (value ~ /^@0x/)
		sub(/:.*/, "", value)
	gsub(/\\\\/, "", value)
	gsub(/\\"/, "", value)
	gsub(/0x[0-9a-f]+ L?u?U?"[^"]*"(\.\.\.)?/, "&@", value)
	while (match(value, / L?u?U?"[^"]*"(\.\.\.)?@/))
		value = substr(value, 1, RSTART - 1) \
			substr(value, RSTART + RLENGTH)
	gsub(/[LuU]?"[^"]*"(\.\.\.)?/, "S", value)
	gsub(/<error: [^>]*>/, "U", value)
	gsub(/<(optimized out|synthetic pointer|unavailable)>/, "U", value)
	while (match(value, /0x[0-9a-f]+ <[^<>=]*(<[^<>]*>[^<>=]*)*>/)) {
		text = substr(value, RSTART, RLENGTH)
		sub(/ .*/, "", text)
		value = substr(value, 1, RSTART - 1) text \
			substr(value, RSTART + RLENGTH)
	}
	return value
}
/^FRAME / { thread = $2; stack = $3; is_tail_call = 0; next }
# A frame that is gone, which GDB shows as far as it can be told.
/^ tail call frame|^ caller of.*tail call/ { is_tail_call = 1 }
is_tail_call { next }
/^[A-Za-z_][A-Za-z_0-9]* = / {
	name = $1
	sub(/^[A-Za-z_][A-Za-z_0-9]* = /, "")
	print thread, stack, name, "=", plain($0)
}
