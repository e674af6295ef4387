# Every object of Lua's list of all of them, by its tag, with what it owns:
# "0xADDRESS NAME[|NAME...]" a line.
set pagination off
set confirm off
set print symbol off
set $g = globalL->l_G
printf "0x%lx LG\n", (char *)$g->mainthread - sizeof(LX) + sizeof(lua_State)
printf "0x%lx TString *\n", $g->strt.hash
set $o = $g->allgc
set $list = 0
while $list < 3
	while $o
		set $tt = $o->tt & 0x3f
		if $tt == 4 || $tt == 20
			printf "0x%lx TString\n", $o
		end
		if $tt == 5
			set $t = (Table *)$o
			printf "0x%lx Table\n", $o
			if $t->array
				printf "0x%lx TValue|lua_TValue\n", $t->array
			end
			if $t->lastfree
				printf "0x%lx Node\n", $t->node
			end
		end
		if $tt == 6
			printf "0x%lx LClosure|Closure\n", $o
		end
		if $tt == 38
			printf "0x%lx CClosure|Closure\n", $o
		end
		if $tt == 7
			printf "0x%lx Udata|Udata0\n", $o
		end
		if $tt == 9
			printf "0x%lx UpVal\n", $o
		end
		if $tt == 8
			set $th = (lua_State *)$o
			printf "0x%lx LX|lua_State\n", (char *)$o - 8
			printf "0x%lx StackValue\n", $th->stack
			set $ci = $th->base_ci.next
			while $ci
				printf "0x%lx CallInfo\n", $ci
				set $ci = $ci->next
			end
		end
		if $tt == 10
			set $p = (Proto *)$o
			printf "0x%lx Proto\n", $o
			if $p->k
				printf "0x%lx TValue|lua_TValue\n", $p->k
			end
			if $p->code
				printf "0x%lx Instruction|unsigned int|uint\n", $p->code
			end
			if $p->p
				printf "0x%lx Proto *\n", $p->p
			end
			if $p->upvalues
				printf "0x%lx Upvaldesc\n", $p->upvalues
			end
			if $p->locvars
				printf "0x%lx LocVar\n", $p->locvars
			end
			if $p->lineinfo
				printf "0x%lx ls_byte|signed char\n", $p->lineinfo
			end
		end
		set $o = $o->next
	end
	set $list = $list + 1
	if $list == 1
		set $o = $g->finobj
	end
	if $list == 2
		set $o = $g->fixedgc
	end
end
