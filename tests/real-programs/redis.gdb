# Every eighth bucket of redis' databases: entries, keys, values and what they
# are encoded in: "0xADDRESS NAME[|NAME...]" a line.
set pagination off
set confirm off
set print symbol off
# The header before the characters of a string, by its flags.
define sds
	set $flags = ((unsigned char *)$arg0)[-1] & 7
	if $flags == 0
		printf "0x%lx char|sdshdr5\n", (char *)$arg0 - 1
	end
	if $flags == 1
		printf "0x%lx sdshdr8|char\n", (char *)$arg0 - 3
	end
	if $flags == 2
		printf "0x%lx sdshdr16|char\n", (char *)$arg0 - 5
	end
	if $flags == 3
		printf "0x%lx sdshdr32|char\n", (char *)$arg0 - 9
	end
end
# A dictionary's entries, at most 40 a table; $arg1: what values are.
define members
	set $m = (dict *)$arg0
	printf "0x%lx dict\n", $m
	set $mi = 0
	set $mn = 0
	while $mi < (1UL << $m->ht_size_exp[0]) && $mn < 40 && $m->ht_table[0]
		if $mi == 0
			printf "0x%lx dictEntry *\n", $m->ht_table[0]
		end
		set $me = $m->ht_table[0][$mi]
		while $me
			printf "0x%lx dictEntry\n", $me
			sds $me->key
			if $arg1 && $me->v.val
				sds $me->v.val
			end
			set $mn = $mn + 1
			set $me = $me->next
		end
		set $mi = $mi + 1
	end
end
define value
	set $o = (robj *)$arg0
	printf "0x%lx redisObject\n", $o
	if $o->encoding == 0 && $o->type == 0
		sds $o->ptr
	end
	if $o->encoding == 2
		set $is_hash = $o->type == 4
		members $o->ptr $is_hash
	end
	if $o->encoding == 6
		printf "0x%lx intset\n", $o->ptr
	end
	if $o->encoding == 11
		printf "0x%lx unsigned char|char|bytes\n", $o->ptr
	end
	if $o->encoding == 7
		set $z = (zset *)$o->ptr
		printf "0x%lx zset\n0x%lx zskiplist\n", $z, $z->zsl
		members $z->dict 0
		set $zn = $z->zsl->header
		set $zi = 0
		while $zn && $zi < 100
			printf "0x%lx zskiplistNode\n", $zn
			set $zn = $zn->level[0].forward
			set $zi = $zi + 1
		end
	end
	if $o->encoding == 9
		set $q = (quicklist *)$o->ptr
		printf "0x%lx quicklist\n", $q
		set $qn = $q->head
		while $qn
			printf "0x%lx quicklistNode\n", $qn
			printf "0x%lx unsigned char|char|bytes\n", $qn->entry
			set $qn = $qn->next
		end
	end
	if $o->encoding == 10
		set $s = (stream *)$o->ptr
		printf "0x%lx stream\n0x%lx rax\n0x%lx raxNode\n", $s, $s->rax, $s->rax->head
	end
end
set $db = 0
while $db < 2
	set $d = server.db[$db].dict
	printf "0x%lx dict\n0x%lx dictEntry *\n", $d, $d->ht_table[0]
	set $i = $db
	while $i < (1UL << $d->ht_size_exp[0])
		set $e = $d->ht_table[0][$i]
		while $e
			printf "0x%lx dictEntry\n", $e
			sds $e->key
			value $e->v.val
			set $e = $e->next
		end
		set $i = $i + 8
	end
	set $db = $db + 1
end
set $c = server.clients->head
while $c
	printf "0x%lx listNode\n0x%lx client\n", $c, $c->value
	printf "0x%lx connection\n", ((client *)$c->value)->conn
	if ((client *)$c->value)->argv
		printf "0x%lx robj *|redisObject *\n", ((client *)$c->value)->argv
	end
	set $c = $c->next
end
