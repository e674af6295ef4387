# Parameters, functions, aliases, history and modules of zsh.
import gdb
from walk import as_a, each, say, text, value

ARRAY, INTEGER, FLOATS, HASHED, SPECIAL = 1, 2, 12, 16, 1 << 20
IS_ALIAS = 2  # of a module


def nodes(table):
    if not int(table):
        return
    say(table)
    if not say(table["nodes"]):
        return
    for i in range(int(table["hsize"])):
        yield from each(table["nodes"][i], "next")


def texts(first):
    if not int(first):
        return
    say(first)
    i = 0
    while int(first[i]):
        text(first[i])
        i += 1


def list_of(links):
    """What a list holds."""
    if not int(links):
        return
    say(links, "linkroot|linklist|union linkroot")
    for node in each(links["list"]["first"], "next"):
        say(node)
        yield node["dat"]


# The patterns, the words of code and the texts are one block.
def program(one):
    if not int(one) or not say(one):
        return
    if int(one["pats"]):
        say(one["pats"], "patprog *|Patprog")
    elif not int(one["dump"]):
        say(one["prog"])
    if int(one["shf"]):
        function(one["shf"])


def function(one):
    if not say(one):
        return
    text(one["node"]["nam"])
    text(one["filename"])
    program(one["funcdef"])
    program(one["redir"])
    say(one["sticky"])


# Those of the parameters that are special point to variables of the program.
def parameters(table):
    todo = [table]
    while todo:
        for node in nodes(todo.pop()):
            one = as_a(node, "struct param")
            while int(one) and say(one):
                text(one["node"]["nam"])
                text(one["env"])
                flags = int(one["node"]["flags"])
                held = one["u"]
                if flags & HASHED:
                    if not flags & SPECIAL:
                        todo.append(held["hash"])
                elif flags & ARRAY:
                    if not flags & SPECIAL:
                        texts(held["arr"])
                elif not flags & (INTEGER | FLOATS | SPECIAL):
                    text(held["str"])
                one = one["old"]


parameters(value("realparamtab"))
for node in nodes(value("shfunctab")):
    function(as_a(node, "struct shfunc"))
for table in ("aliastab", "sufaliastab"):
    for node in nodes(value(table)):
        one = as_a(node, "struct alias")
        say(one)
        text(one["node"]["nam"])
        text(one["text"])
for node in nodes(value("cmdnamtab")):
    one = as_a(node, "struct cmdnam")
    say(one)
    text(one["node"]["nam"])
    if int(one["node"]["flags"]) & 2:
        text(one["u"]["cmd"])
for node in nodes(value("builtintab")):
    say(as_a(node, "struct builtin"))
for node in nodes(value("nameddirtab")):
    one = as_a(node, "struct nameddir")
    say(one)
    text(one["node"]["nam"])
    text(one["dir"])
for node in nodes(value("modulestab")):
    one = as_a(node, "struct module")
    say(one)
    text(one["node"]["nam"])
    if int(one["node"]["flags"]) & IS_ALIAS:
        text(one["u"]["alias"])
    for links in ("autoloads", "deps"):
        for name in list_of(one[links]):
            text(name)
for node in nodes(value("reswdtab")):
    say(as_a(node, "struct reswd"))
for node in nodes(value("optiontab")):
    say(as_a(node, "struct optname"))
for links in ("linkedmodules", "bufstack", "prepromptfns"):
    for held in list_of(value(links)):
        if links == "linkedmodules":
            say(as_a(held, "struct linkedmod"))
if int(value("histtab")):
    say(value("histtab"))
    say(value("histtab")["nodes"])
ring = value("hist_ring")
for one in each(ring, "up"):
    if int(one) == int(value("&curline")):
        continue
    say(one)
    text(one["node"]["nam"])
    text(one["zle_text"])
    say(one["words"], "short|short int")
for name in ("pparams", "path", "fpath", "cdpath", "module_path", "fignore",
             "manpath", "mailpath", "watch", "psvar", "zsh_eval_context"):
    try:
        texts(value(name))
    except gdb.error:
        pass
say(value("jobtab"))
