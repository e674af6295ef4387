# Variables, functions, aliases, completions and history of bash.
from walk import as_a, each, say, text, value

ARRAY, FUNCTION, ASSOC = 4, 8, 0x40


def entries(table):
    if not int(table):
        return
    say(table)
    say(table["bucket_array"])
    if not int(table["bucket_array"]):
        return
    for i in range(int(table["nbuckets"])):
        for entry in each(table["bucket_array"][i], "next"):
            say(entry)
            text(entry["key"])
            if int(entry["data"]):
                yield entry["data"]


def word(one):
    if say(one):
        text(one["word"])


def words(first):
    for one in each(first, "next"):
        say(one)
        word(one["word"])


def redirects(first):
    for one in each(first, "next"):
        say(one)
        text(one["here_doc_eof"])
        # With a file name: r_output_direction to r_input_direction, to a
        # descriptor: what duplicates one.
        kind = str(one["instruction"])
        if "duplicating" not in kind and "move" not in kind and \
                "close" not in kind:
            word(one["redirectee"]["filename"])


def condition(first):
    todo = [first]
    while todo:
        one = todo.pop()
        if say(one):
            word(one["op"])
            todo += [one["left"], one["right"]]


def command(first):
    todo = [first]
    while todo:
        one = todo.pop()
        if not say(one):
            continue
        redirects(one["redirects"])
        kind = str(one["type"])
        of = {"cm_for": "For", "cm_case": "Case", "cm_while": "While",
              "cm_until": "While", "cm_if": "If", "cm_simple": "Simple",
              "cm_connection": "Connection", "cm_group": "Group",
              "cm_function_def": "Function_def", "cm_cond": "Cond",
              "cm_arith": "Arith", "cm_subshell": "Subshell",
              "cm_arith_for": "ArithFor", "cm_select": "Select",
              "cm_coproc": "Coproc"}[kind]
        body = one["value"][of]
        say(body)
        if of == "Case":
            word(body["word"])
            for clause in each(body["clauses"], "next"):
                say(clause)
                words(clause["patterns"])
                todo.append(clause["action"])
            continue
        for field in body.type.target().fields():
            held = body[field.name]
            kind = str(field.type)
            if kind == "COMMAND *":
                todo.append(held)
            elif kind == "WORD_LIST *":
                words(held)
            elif kind == "WORD_DESC *":
                word(held)
            elif kind == "REDIRECT *":
                redirects(held)
            elif kind == "char *":
                text(held)
            elif kind == "struct cond_com *":
                condition(held)


def variable(data):
    one = as_a(data, "SHELL_VAR")
    if not say(one):
        return
    text(one["name"])
    text(one["exportstr"])
    flags = int(one["attributes"])
    if flags & ARRAY:
        array = as_a(one["value"], "ARRAY")
        if say(array):
            for held in each(array["head"], "next"):
                say(held)
                text(held["value"])
    elif flags & ASSOC:
        for held in entries(as_a(one["value"], "HASH_TABLE")):
            text(held)
    elif flags & FUNCTION:
        command(as_a(one["value"], "COMMAND"))
    else:
        text(one["value"])


def texts(first):
    say(first)
    i = 0
    while int(first) and int(first[i]):
        text(first[i])
        i += 1


for context in each(value("shell_variables"), "down"):
    say(context)
    text(context["name"])
    for data in entries(context["table"]):
        variable(data)
for table in ("shell_functions", "temporary_env", "invalid_env"):
    for data in entries(value(table)):
        variable(data)
for data in entries(value("shell_function_defs")):
    one = as_a(data, "FUNCTION_DEF")
    if say(one):
        word(one["name"])
        text(one["source_file"])
        command(one["command"])
for data in entries(value("aliases")):
    one = as_a(data, "alias_t")
    say(one)
    text(one["name"])
    text(one["value"])
for data in entries(value("prog_completes")):
    one = as_a(data, "COMPSPEC")
    say(one)
    for field in ("globpat", "words", "prefix", "suffix", "funcname",
                  "command", "lcommand", "filterpat"):
        text(one[field])
for data in entries(value("hashed_filenames")):
    one = as_a(data, "PATH_DATA")
    say(one)
    text(one["path"])
history = value("the_history")
say(history)
for i in range(int(value("history_length"))):
    say(history[i])
    text(history[i]["line"])
    text(history[i]["timestamp"])
    text(history[i]["data"])
texts(value("export_env"))
# "Ignored" and "by default" are small numbers in place of a text.
traps = value("trap_list")
for i in range(traps.type.range()[1] + 1):
    if int(traps[i]) > 1 and value("&initialize_traps") != traps[i]:
        text(traps[i])
command(value("global_command"))
# The commands that are being executed, of all frames.
