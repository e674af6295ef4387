# Records, names, servers and hosts of dnsmasq.
from walk import each, say, text, value

BIG_NAME, NAME_POINTER = 1 << 9, 1 << 1
d = value("dnsmasq_daemon")


def members(first, link, *names):
    for one in each(first, link):
        say(one)
        for name in names:
            text(one[name])
        yield one


def tags(first):
    for one in members(first, "next", "net"):
        pass


say(d)
for one in members(d["mxnames"], "next", "name", "target"):
    pass
for records in ("txt", "rr"):
    for one in members(d[records], "next", "name", "txt"):
        pass
for one in members(d["ptr"], "next", "name", "ptr"):
    pass
for one in members(d["cnames"], "next", "alias", "target"):
    pass
for one in members(d["host_records"], "next"):
    for name in members(one["names"], "next", "name"):
        pass
for one in members(d["servers"], "next", "domain"):
    pass
# Those that answer themselves are cut off behind what they need.
for one in each(d["local_domains"], "next"):
    say(one, "server|serv_addr4|serv_addr6|serv_local")
    text(one["domain"])
say(d["serverarray"])
for one in members(d["dhcp_conf"], "next", "hostname", "domain", "clid"):
    for held in members(one["netid"], "next"):
        tags(held["list"])
    tags(one["filter"])
    for held in members(one["hwaddr"], "next"):
        pass
for options in ("dhcp_opts", "dhcp_match", "dhcp_opts6"):
    for one in members(d[options], "next", "val"):
        tags(one["netid"])
for one in members(d["dhcp"], "next", "template_interface"):
    tags(one["filter"])
for one in members(d["addn_hosts"], "next", "fname"):
    pass
for one in members(d["interfaces"], "next", "name"):
    pass
for one in members(d["listeners"], "next"):
    pass
table = value("hash_table")
say(table)
for i in range(int(value("hash_size"))):
    for one in each(table[i], "hash_next"):
        # Those of a file are one block of many, without the room for a name.
        say(one)
        flags = int(one["flags"])
        if flags & BIG_NAME:
            say(one["name"]["bname"])
        elif flags & NAME_POINTER:
            text(one["name"]["namep"])
for one in each(value("big_free"), "next"):
    say(one)
