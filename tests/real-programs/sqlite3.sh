# SQLite's shell: a database in memory, stopped in the middle of a query.
package=sqlite3

build() {
	[ -e Makefile ] || ./configure -q --disable-readline >/dev/null
	make -s sqlite3.c shell.c sqlite_cfg.h >/dev/null &&
		gcc -g -O2 -D_HAVE_SQLITE_CONFIG_H -I. -DSQLITE_ENABLE_FTS5 \
			-DSQLITE_ENABLE_RTREE -DSQLITE_ENABLE_DBSTAT_VTAB \
			-o "$1" shell.c sqlite3.c -lm -ldl -lpthread -lz
}

statements() {
	awk -v tables="${SQLITE_TABLES:-200}" 'BEGIN {
	print ".bail on"
	print "PRAGMA cache_size = 100000; PRAGMA foreign_keys = ON;"
	for (t = 0; t < tables; t++) {
		print "CREATE TABLE t" t " (id INTEGER PRIMARY KEY, name TEXT NOT NULL" \
			" DEFAULT \047none\047, amount REAL CHECK (amount > -1)," \
			" parent REFERENCES t" (t ? t - 1 : 0) "(id), note TEXT);"
		print "CREATE INDEX t" t "_name ON t" t " (name, amount);"
		if (t % 2)
			print "CREATE INDEX t" t "_part ON t" t " (amount)" \
				" WHERE note IS NOT NULL;"
		if (t % 3 == 0)
			print "CREATE TRIGGER t" t "_log AFTER UPDATE ON t" t \
				" BEGIN INSERT INTO log VALUES (new.id, old.name);" \
				" UPDATE counts SET n = n + 1 WHERE id = " t "; END;"
		if (t % 5 == 0)
			print "CREATE VIEW v" t " AS SELECT a.id, b.name FROM t" t \
				" a LEFT JOIN t" t " b ON a.parent = b.id;"
	}
	print "CREATE TABLE log (id, what); CREATE TABLE counts (id INTEGER" \
		" PRIMARY KEY, n DEFAULT 0);"
	print "CREATE VIRTUAL TABLE docs USING fts5 (title, body);"
	print "CREATE VIRTUAL TABLE places USING rtree (id, x0, x1, y0, y1);"
	print "CREATE TABLE wide (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID;"
	print "BEGIN;"
	print "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c" \
		" WHERE x < 60000) INSERT INTO t0 SELECT x, \047row \047 || x," \
		" x / 7.0, NULL, hex(x * 77777) FROM c;"
	print "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c" \
		" WHERE x < 20000) INSERT INTO wide SELECT \047key \047 || x," \
		" zeroblob(x % 300) FROM c;"
	for (t = 1; t < tables; t++)
		print "INSERT INTO t" t " SELECT id, name, amount, id, note FROM t" \
			t - 1 " WHERE id <= 200;"
	print "COMMIT;"
	print "INSERT INTO docs SELECT name, note || \047 some words here\047" \
		" FROM t0 LIMIT 5000;"
	print "INSERT INTO places SELECT id, id, id + 1, id, id + 2 FROM t0" \
		" LIMIT 3000;"
	print "UPDATE t0 SET name = name || \047!\047 WHERE id < 2000;"
	print "ANALYZE;"
	}'
}

# The query stops when nobody reads any more of its answer.
query() {
	cat <<'SQL'
SELECT 'now', o.id, o.name, wide.k, d.title, r.x0
FROM (SELECT * FROM t0 ORDER BY note, amount LIMIT 30000) o
	LEFT JOIN places r ON r.id = o.id, docs d, wide
WHERE d.docs MATCH 'words' AND o.name NOT IN (SELECT name FROM t3);
SQL
}

load() {
	rm -f answers end
	mkfifo answers end
	# shellcheck disable=SC2217 # it only holds the other end open
	sleep 1000 <answers &
	clients="$clients $!"
	{
		statements
		echo ".output truth.txt"
		echo ".stats on"
		echo "SELECT count(*) FROM t0;"
		echo ".stats off"
		echo "PRAGMA page_count; PRAGMA page_size;"
		echo "SELECT type, count(*) FROM sqlite_schema GROUP BY type;"
		echo "SELECT 'columns', sum((SELECT count(*) FROM" \
			"pragma_table_info(s.name))) FROM sqlite_schema s" \
			"WHERE type = 'table';"
		echo ".output answers"
		query
	} >script.sql
	record sqlite3 ./exe -init script.sql :memory: <>end
	sleep "${SQLITE_WAIT:-25}"
}

counts() {
	of_schema() {
		sed -n "s/^$1|//p" truth.txt
	}
	holds 'pages (walk)' "$(sed -n '/^[0-9]*$/p' truth.txt | sed -n 2p)" \
		"$(awk '$2 == "char|bytes|unsigned" { n++ } END { print n + 0 }' check)"
	holds Trigger "$(of_schema trigger)" "$(of_type Trigger)"
	holds FKey "$(grep -c ' FKey' check)" "$(of_type FKey)"
	holds Index "$(grep -c ' Index$' check)" "$(of_type Index)"
	holds Table "$(grep -c ' Table$' check)" "$(of_type Table)"
}
