# Icarus Verilog's compiler: a large design, all of it in memory when the code
# for it is to be written.
package=iverilog

build() {
	sh autoconf.sh >/dev/null 2>&1
	CFLAGS='-g -O2' CXXFLAGS='-g -O2' CPP='gcc -E' ./configure -q && make -s >/dev/null &&
		cp ivl "$1" && cp tgt-vvp/vvp.tgt "${1%/*}/"
}

design() {
	awk -v num="${IVERILOG_MODULES:-2000}" 'BEGIN {
	for (i = 0; i < num; i++) {
		width = i % 24 + 4
		printf "module part%d #(parameter P = %d)(input clk, input [%d:0] a, ",
			i, i, width
		printf "output reg [%d:0] q);\n", width
		printf "  reg [%d:0] store [0:%d];\n  wire [%d:0] sum = a + %d;\n",
			width, i % 30 + 2, width, i
		printf "  localparam LAST = P * 2 + %d;\n", i % 9
		printf "  function [%d:0] mix(input [%d:0] x, input [3:0] n);\n", width,
			width
		printf "    mix = (x << n) ^ (x >> %d);\n  endfunction\n", i % 4 + 1
		printf "  task clear; integer k; begin for (k = 0; k < %d; k = k + 1) ",
			i % 30 + 2
		print "store[k] = 0; end endtask"
		print "  integer n;\n  initial begin n = 0; clear; end"
		print "  always @(posedge clk) begin"
		print "    case (a[2:0])"
		for (k = 0; k < 6; k++)
			printf "      3\047d%d: q <= mix(sum, %d) + store[n %% %d];\n", k, k,
				i % 30 + 2
		printf "      default: if (a > LAST) q <= ~q; else store[n %% %d] <= a;\n",
			i % 30 + 2
		print "    endcase\n    n <= n + 1;\n  end"
		if (i > 0 && i % 3 == 0)
			printf "  wire [%d:0] got; part%d inner(clk, a[%d:0], got);\n",
				(i - 1) % 24 + 4, i - 1, (i - 1) % 24 + 4
		print "endmodule"
	}
	print "module top; reg clk; always #5 clk = ~clk;"
	print "  initial begin clk = 0; $display(\"begun\"); #100 $finish; end"
	for (i = 0; i < num; i++)
		printf "  reg [%d:0] a%d; wire [%d:0] q%d; part%d #(%d) p%d(clk, a%d, q%d);\n",
			i % 24 + 4, i, i % 24 + 4, i, i, i + 5, i, i, i
	print "endmodule"
	}'
}

# What it writes to is not read before the core is there.
load() {
	design >design.v
	rm -f written
	mkfifo written
	printf '%s\n' "out:written" \
		"generation:2009" "flag:DLL=$PWD/vvp.tgt" "flag:VVP_EXECUTABLE=vvp" \
		"iwidth:32" "root:top" >ivl.conf
	record ivl ./exe -C ivl.conf -- design.v
	for _ in $(seq 120); do
		kill -0 "$pid" || return 1
		sleep 1
		! grep -qs "^257 " "/proc/$pid/syscall" || break # openat
	done
	echo "modules ${IVERILOG_MODULES:-2000}" >truth.txt
}
