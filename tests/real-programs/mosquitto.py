# Messages, topics and clients of mosquitto with what they own.
from walk import as_a, each, say, text, value


# uthash's table of the elements that begin at FIRST, linked by their HANDLE.
def hash_of(first, handle):
    if not int(first):
        return
    table = first[handle]["tbl"]
    say(table)
    say(table["buckets"])
    here = first
    kind = first.type
    while int(here):
        yield here
        here = here[handle]["next"].cast(kind)


def topics(first, of_leaves):
    todo = [first]
    while todo:
        for topic in hash_of(todo.pop(), "hh"):
            say(topic)
            text(topic["topic"])
            of_leaves(topic)
            todo.append(topic["children"])


def leaves(topic):
    for leaf in each(topic["subs"], "next"):
        say(leaf)
    for shared in hash_of(topic["shared"], "hh"):
        say(shared)
        text(shared["name"])
        for leaf in each(shared["subs"], "next"):
            say(leaf)


def message(stored):
    if not say(stored):
        return
    text(stored["topic"])
    text(stored["payload"])
    text(stored["source_id"])
    text(stored["source_username"])
    if say(stored["dest_ids"]):
        for i in range(int(stored["dest_id_count"])):
            text(stored["dest_ids"][i])


def packets(first):
    for packet in each(first, "next"):
        say(packet)
        text(packet["payload"])


def client(one):
    if not say(one):
        return
    for field in ("address", "id", "username", "password", "auth_method"):
        text(one[field])
    text(one["in_packet"]["payload"])
    packets(one["current_out_packet"])
    packets(one["out_packet"])
    for queue in ("msgs_in", "msgs_out"):
        for list_of in ("inflight", "queued"):
            for sent in each(one[queue][list_of], "next"):
                say(sent)
                message(sent["store"])
    if say(one["subs"]):
        for i in range(int(one["sub_count"])):
            say(one["subs"][i])


db = value("db")
config = db["config"]
topics(db["normal_subs"], leaves)
topics(db["shared_subs"], leaves)
topics(db["retains"], lambda topic: message(topic["retained"])
       if int(topic["retained"]) else None)
for stored in each(db["msg_store"], "next"):
    message(stored)
for one in hash_of(db["contexts_by_id"], "hh_id"):
    client(one)
for one in hash_of(db["contexts_by_sock"], "hh_sock"):
    client(one)
say(config["listeners"])
for i in range(int(config["listener_count"])):
    listener = config["listeners"][i]
    say(listener["socks"])
    text(listener["host"])
say(config["security_options"]["pid"])
text(config["security_options"]["auto_id_prefix"])
text(config["user"])
