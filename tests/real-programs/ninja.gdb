# Nodes and edges of ninja's graph with what they own:
# "0xADDRESS NAME[|NAME...]" a line.
set pagination off
set confirm off
set print symbol off
frame function NinjaMain::RunBuild
set $s = &this->state_
define text
	if (void *)$arg0._M_dataplus._M_p != (void *)&$arg0._M_local_buf
		printf "0x%lx char\n", $arg0._M_dataplus._M_p
	end
end
printf "0x%lx Edge *\n", $s->edges_._M_impl._M_start
printf "0x%lx std::__detail::_Hash_node_base *|std::__detail::_Hash~\n", $s->paths_._M_h._M_buckets
set $h = $s->paths_._M_h._M_before_begin._M_nxt
set $size = sizeof(void *)
while $h
	printf "0x%lx std::__detail::_Hash_node<~\n", $h
	# After the link: the key, two words, then the value.
	set $n = *(Node **)((char *)$h + 3 * $size)
	printf "0x%lx Node\n", $n
	text $n->path_
	if $n->out_edges_._M_impl._M_start
		printf "0x%lx Edge *\n", $n->out_edges_._M_impl._M_start
	end
	set $h = $h->_M_nxt
end
set $e = $s->edges_._M_impl._M_start
set $i = 0
while $e < $s->edges_._M_impl._M_finish
	set $i = $i + 1
	printf "0x%lx Edge\n", *$e
	if (*$e)->inputs_._M_impl._M_start
		printf "0x%lx Node *\n", (*$e)->inputs_._M_impl._M_start
	end
	if (*$e)->outputs_._M_impl._M_start
		printf "0x%lx Node *\n", (*$e)->outputs_._M_impl._M_start
	end
	set $v = (*$e)->env_
	if $v != &$s->bindings_
		printf "0x%lx BindingEnv\n", $v
		set $t = $v->bindings_._M_t._M_impl._M_header._M_parent
		# The leftmost path is enough for small trees.
		while $t
			printf "0x%lx std::_Rb_tree_node<~\n", $t
			set $t = $t->_M_left
		end
	end
	set $e = $e + 1
end
