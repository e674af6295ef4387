# Connections of nginx, their pools, and the cycle's own:
# "0xADDRESS NAME[|NAME...]" a line.
set pagination off
set confirm off
set print symbol off
define pool
	set $pool = (ngx_pool_t *)$arg0
	set $q = $pool
	while $q
		printf "0x%lx ngx_pool_s\n", $q
		set $q = $q->d.next
	end
end
set $y = ngx_cycle
printf "0x%lx ngx_connection_s\n", $y->connections
printf "0x%lx ngx_event_s\n", $y->read_events
printf "0x%lx ngx_event_s\n", $y->write_events
pool $y->pool
set $i = 0
while $i < $y->connection_n
	set $c = $y->connections + $i
	if $c->fd != -1 && $c->pool
		pool $c->pool
	end
	set $i = $i + 1
end
