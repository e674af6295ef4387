# Values, buffers, undo, mappings and autocommands of vim.
from walk import as_a, each, say, text, type_of, value

todo = []


def offset_of(kind, field):
    return [f.bitpos // 8 for f in type_of(kind).fields()
            if f.name == field][0]


# What a variable or an element is: union by v_type.
def typed_value(held):
    kind = str(held["v_type"])
    inner = held["vval"]
    if kind in ("VAR_STRING", "VAR_FUNC"):
        text(inner["v_string"])
    elif kind in ("VAR_LIST", "VAR_DICT", "VAR_PARTIAL", "VAR_BLOB"):
        todo.append((kind, inner))


def items(table):
    """The keys of a hash table that is part of something."""
    if int(table["ht_array"]) != int(table["ht_smallarray"].address):
        say(table["ht_array"])
    removed = int(value("&hash_removed"))
    for i in range(int(table["ht_mask"]) + 1):
        key = table["ht_array"][i]["hi_key"]
        if int(key) and int(key) != removed:
            yield key


key_of_item = offset_of("struct dictitem_S", "di_key")


def variables(table):
    # Some are of the program itself.
    for key in items(table):
        item = as_a(as_a(key, "char") - key_of_item, "dictitem_T")
        if int(item["di_flags"]) & 0x10:
            say(item)
        typed_value(item["di_tv"])


def values():
    while todo:
        kind, held = todo.pop()
        if kind == "VAR_LIST":
            one = held["v_list"]
            if int(one) and say(one) and \
                    int(one["lv_first"]) != int(value("&range_list_item")):
                for item in each(one["lv_first"], "li_next"):
                    say(item)
                    typed_value(item["li_tv"])
        elif kind == "VAR_DICT":
            one = held["v_dict"]
            if int(one) and say(one):
                variables(one["dv_hashtab"])
        elif kind == "VAR_PARTIAL":
            one = held["v_partial"]
            if int(one) and say(one):
                text(one["pt_name"])
                function(one["pt_func"])
                if say(one["pt_argv"]):
                    for i in range(int(one["pt_argc"])):
                        typed_value(one["pt_argv"][i])


def growing(array, name):
    """The elements of an array that grows."""
    first = as_a(array["ga_data"], name)
    if int(first):
        say(first)
        for i in range(int(array["ga_len"])):
            yield first[i]


def function(one):
    if not int(one) or not say(one):
        return
    text(one["uf_name_exp"])
    for names in ("uf_args", "uf_def_args", "uf_lines"):
        for name in growing(one[names], "char_u *"):
            text(name)


def memory_file(one):
    if not say(one):
        return
    text(one["mf_fname"])
    text(one["mf_ffname"])
    for block in each(one["mf_used_first"], "bh_next"):
        say(block)
        say(block["bh_data"], "char|unsigned char|bytes|data_block|DATA_BL|"
            "pointer_block|PTR_BL|block0|ZERO_BL|zero_block")
    for block in each(one["mf_free_first"], "bh_next"):
        say(block)
    for table in ("mf_hash", "mf_trans"):
        if int(one[table]["mht_buckets"]) != \
                int(one[table]["mht_small_buckets"].address):
            say(one[table]["mht_buckets"])


def undo(first):
    for header in headers(first):
        say(header)
        for entry in each(header["uh_entry"], "ue_next"):
            say(entry)
            lines = entry["ue_array"]
            if say(lines):
                for i in range(int(entry["ue_size"])):
                    text(lines[i]["ul_line"])


def headers(first):
    met = set()
    left = [first]
    while left:
        one = left.pop()
        if int(one) and int(one) not in met:
            met.add(int(one))
            yield one
            left += [one["uh_next"]["ptr"], one["uh_alt_next"]["ptr"]]


def buffers():
    for one in each(value("firstbuf"), "b_next"):
        say(one)
        for name in ("b_ffname", "b_sfname"):
            text(one[name])
        line = one["b_ml"]
        if int(line["ml_mfp"]):
            memory_file(line["ml_mfp"])
        say(line["ml_stack"])
        say(line["ml_chunksize"])
        undo(one["b_u_oldhead"])
        variables(one["b_vars"]["dv_hashtab"])
        say(one["b_vars"])
        for info in each(one["b_wininfo"], "wi_next"):
            say(info)


def windows():
    for page in each(value("first_tabpage"), "tp_next"):
        say(page)
        say(page["tp_vars"])
        say(page["tp_topframe"])
        first = page["tp_firstwin"]
        if int(page) == int(value("curtab")):
            first = value("firstwin")
        for one in each(first, "w_next"):
            say(one)
            say(one["w_vars"])
            variables(one["w_vars"]["dv_hashtab"])
            say(one["w_lines"])
            for match in each(one["w_match_head"], "mit_next"):
                say(match)
                text(match["mit_pattern"])
                say(match["mit_match"]["regprog"],
                    "bt_regprog_T|nfa_regprog_T|regprog|bt_regprog|nfa_regprog")


def mappings():
    tables = value("maphash")
    firsts = [tables[i] for i in range(tables.type.range()[1] + 1)]
    for first in firsts + [value("first_abbr")]:
        for one in each(first, "m_next"):
            say(one)
            for name in ("m_keys", "m_str", "m_orig_str"):
                text(one[name])


def auto_commands():
    tables = value("first_autopat")
    for i in range(tables.type.range()[1] + 1):
        for one in each(tables[i], "next"):
            say(one)
            text(one["pat"])
            say(one["reg_prog"],
                "bt_regprog_T|nfa_regprog_T|regprog|bt_regprog|nfa_regprog")
            for command in each(one["cmds"], "next"):
                say(command)
                text(command["cmd"])


def history():
    tables = value("history")
    for i in range(tables.type.range()[1] + 1):
        if int(tables[i]) and say(tables[i]):
            for j in range(int(value("hislen"))):
                text(tables[i][j]["hisstr"])


variables(value("globvardict")["dv_hashtab"])
variables(value("vimvardict")["dv_hashtab"])
in_name = offset_of("struct ufunc_S", "uf_name")
for key in items(value("func_hashtab")):
    function(as_a(as_a(key, "char") - in_name, "ufunc_T"))
buffers()
windows()
mappings()
auto_commands()
history()
for one in growing(value("ucmds"), "ucmd_T"):
    text(one["uc_name"])
    text(one["uc_rep"])
    text(one["uc_compl_arg"])
for one in growing(value("highlight_ga"), "hl_group_T"):
    for name in ("sg_name", "sg_name_u", "sg_start", "sg_stop"):
        text(one[name])
values()
