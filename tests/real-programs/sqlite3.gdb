# What SQLite's database handle leads to: "0xADDRESS NAME[|NAME...]" a line.
# $header: bytes that sqlite3_malloc() puts before what it returns.
set pagination off
set confirm off
set print symbol off
set $db = globalDb
printf "0x%lx sqlite3\n", (char *)$db - $header
if $db->aDb != $db->aDbStatic
	printf "0x%lx Db\n", (char *)$db->aDb - $header
end
# Small objects lie in the handle's own pool and are no blocks.
define object
	if !($arg0 >= $db->lookaside.pStart && $arg0 < $db->lookaside.pEnd)
		printf "0x%lx $arg1\n", (char *)$arg0 - $header
	end
end
set $d = 0
while $d < $db->nDb
	set $s = $db->aDb[$d].pSchema
	if $s
		printf "0x%lx Schema\n", (char *)$s - $header
		set $h = $s->tblHash.first
		if $s->tblHash.ht
			printf "0x%lx _ht\n", (char *)$s->tblHash.ht - $header
		end
		while $h
			object $h HashElem
			set $t = (Table *)$h->data
			object $t Table
			object $t->zName char
			if $t->aCol
				object $t->aCol Column
			end
			set $c = 0
			while $c < $t->nCol
				object $t->aCol[$c].zCnName char
				set $c = $c + 1
			end
			if $t->eTabType == 0
				set $f = $t->u.tab.pFKey
				while $f
					object $f FKey
					set $f = $f->pNextFrom
				end
				if $t->u.tab.pDfltList
					object $t->u.tab.pDfltList ExprList
				end
			end
			if $t->eTabType == 2
				object $t->u.view.pSelect Select
			end
			if $t->pCheck
				object $t->pCheck ExprList
			end
			set $x = $t->pIndex
			while $x
				object $x Index
				if $x->pPartIdxWhere
					object $x->pPartIdxWhere Expr
				end
				set $x = $x->pNext
			end
			set $h = $h->next
		end
		set $h = $s->trigHash.first
		while $h
			object $h HashElem
			set $t = (Trigger *)$h->data
			object $t Trigger
			set $x = $t->step_list
			while $x
				object $x TriggerStep
				set $x = $x->pNext
			end
			set $h = $h->next
		end
		set $h = $s->idxHash.first
		while $h
			object $h HashElem
			set $h = $h->next
		end
		set $h = $s->fkeyHash.first
		while $h
			object $h HashElem
			set $h = $h->next
		end
	end
	set $b = $db->aDb[$d].pBt
	if $b
		object $b Btree
		object $b->pBt BtShared
		set $p = $b->pBt->pPager
		object $p Pager
		set $cache = (PCache1 *)$p->pPCache->pCache
		object $cache PCache1
		printf "0x%lx PgHdr1 *\n", (char *)$cache->apHash - $header
		set $i = 0
		while $i < $cache->nHash
			set $g = $cache->apHash[$i]
			while $g
				if !$g->isBulkLocal
					printf "0x%lx char|bytes|unsigned char|void|PgHdr1|PgHdr\n", (char *)$g->page.pBuf - $header
				end
				set $g = $g->pNext
			end
			set $i = $i + 1
		end
	end
	set $d = $d + 1
end
set $h = $db->aModule.first
while $h
	object $h HashElem
	object $h->data Module
	set $h = $h->next
end
set $h = $db->aFunc.first
while $h
	object $h HashElem
	object $h->data FuncDef
	set $h = $h->next
end
set $v = $db->pVdbe
while $v
	object $v Vdbe
	object $v->aOp VdbeOp|Op
	set $i = 0
	while $i < $v->nOp
		set $o = $v->aOp[$i]
		if $o.p4type == -8
			object $o.p4.pKeyInfo KeyInfo
		end
		if $o.p4type == -14
			object $o.p4.ai unsigned int|u32|int
		end
		if $o.p4type == -5
			object $o.p4.pTab Table
		end
		if $o.p4type == -15
			object $o.p4.pCtx sqlite3_context
		end
		if $o.p4type == -4
			object $o.p4.pProgram SubProgram
		end
		set $i = $i + 1
	end
	set $v = $v->pVNext
end
