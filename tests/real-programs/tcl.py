# Values, variables, commands, objects and timers of Tcl's interpreter.
from walk import as_a, each, say, text, type_of, value, variable_of_frames

IS_ARRAY, IS_LINK = 1, 2
empty = int(value("tclEmptyStringRep"))
todo = []


def name_of(function):
    return str(function).rpartition("<")[2].rpartition(">")[0]


def entries(table):
    """Of a table that is no block itself."""
    if int(table["buckets"]) != int(table["staticBuckets"].address):
        say(table["buckets"])
    for i in range(int(table["numBuckets"])):
        yield from each(table["buckets"][i], "nextPtr")


def named(table):
    for entry in entries(table):
        say(entry)
        if int(entry["clientData"]):
            yield entry["clientData"]


def later(*objects):
    todo.extend(objects)


def proc(one):
    if not say(one):
        return
    later(one["bodyPtr"])
    for local in each(one["firstLocalPtr"], "nextPtr"):
        say(local)
        later(local["defValuePtr"])


def byte_code(one):
    if not say(one):
        return
    for i in range(int(one["numLitObjects"])):
        later(one["objArrayPtr"][i])
    if int(one["localCachePtr"]) and say(one["localCachePtr"]):
        names = one["localCachePtr"]["varName0"].address
        for i in range(int(one["localCachePtr"]["numVars"])):
            later(names[i])
    for i in range(int(one["numAuxDataItems"])):
        data = one["auxDataArrayPtr"][i]
        kind = data["type"]["name"].string()
        if kind in ("ForeachInfo", "NewForeachInfo"):
            info = as_a(data["clientData"], "ForeachInfo")
            say(info)
            for j in range(int(info["numLists"])):
                say(info["varLists"][j])
        elif kind == "JumptableInfo":
            info = as_a(data["clientData"], "JumptableInfo")
            if say(info):
                for entry in entries(info["hashTable"]):
                    say(entry)
        elif kind == "DictUpdateInfo":
            say(as_a(data["clientData"], "DictUpdateInfo"))


def as_list(obj, one):
    one = as_a(one, "List")
    if say(one):
        elements = one["elements"].address
        for i in range(int(one["elemCount"])):
            later(elements[i])


def as_dict(obj, one):
    one = as_a(one, "Dict")
    if say(one):
        table = one["table"]
        if int(table["buckets"]) != int(table["staticBuckets"].address):
            say(table["buckets"])
        for entry in each(one["entryChainHead"], "nextPtr"):
            say(entry)
            later(entry["entry"]["key"]["objPtr"],
                  as_a(entry["entry"]["clientData"], "Tcl_Obj"))


def as_proc(obj, one):
    proc(as_a(one, "Proc"))


def as_code(obj, one):
    byte_code(as_a(one, "ByteCode"))


def as_chain(obj, one):
    call_chain(as_a(one, "CallChain"))


def as_path(obj, one):
    one = as_a(one, "FsPath")
    if say(one):
        for field in ("translatedPathPtr", "normPathPtr", "cwdPtr"):
            later(one[field])


def plainly(name):
    return lambda obj, one: say(as_a(one, name))


of_kind = {
    "list": as_list, "dict": as_dict, "procbody": as_proc,
    "lambdaExpr": as_proc, "bytecode": as_code, "exprcode": as_code,
    "substcode": as_code, "string": plainly("String"),
    "cmdName": plainly("ResolvedCmdName"),
    "nsName": plainly("ResolvedNsName"), "bytearray": plainly("ByteArray"),
    "ensembleCommand": plainly("EnsembleCmdRep"),
    "regexp": plainly("TclRegexp"), "path": as_path,
    "TclOO method name": as_chain,
}


# Values lie a hundred to a block: those that are no first of one are said too.
def objects():
    while todo:
        obj = todo.pop()
        if not int(obj) or not say(obj, "Tcl_Obj|pool"):
            continue
        if int(obj["bytes"]) != empty:
            text(obj["bytes"])
        if int(obj["typePtr"]):
            held = obj["internalRep"]["twoPtrValue"]["ptr1"]
            kind = obj["typePtr"]["name"].string()
            if int(held) and kind in of_kind:
                of_kind[kind](obj, held)


def variables(table):
    behind = [f.bitpos // 8 for f in type_of("VarInHash").fields()
              if f.name == "entry"][0]
    for entry in entries(table["table"]):
        var = as_a(as_a(entry, "char") - behind, "VarInHash")
        if not say(var):
            continue
        later(entry["key"]["objPtr"])
        flags = int(var["var"]["flags"])
        held = var["var"]["value"]
        if flags & IS_ARRAY:
            if say(held["tablePtr"]):
                variables(held["tablePtr"])
        elif not flags & IS_LINK:
            later(held["objPtr"])


def command(one):
    if not say(one):
        return
    for trace in each(one["tracePtr"], "nextPtr"):
        say(trace)
    for ref in each(one["importRefPtr"], "nextPtr"):
        say(ref)
    data = one["objClientData"]
    called = name_of(one["objProc"])
    if called == "TclObjInterpProc":
        proc(as_a(data, "Proc"))
    elif called in ("NsEnsembleImplementationCmd", "TclEnsembleImplementationCmd"):
        ensemble(as_a(data, "EnsembleConfig"))
    elif called == "AliasObjCmd":
        alias = as_a(data, "Alias")
        if say(alias):
            later(alias["token"])
            words = alias["objPtr"].address
            for i in range(int(alias["objc"])):
                later(words[i])
            say(alias["targetPtr"])
    elif called == "PublicObjectCmd":
        oo_object(as_a(data, "Object"))
    elif called == "InvokeImportedCmd":
        say(as_a(data, "ImportedCmdData"))


def ensemble(one):
    if not say(one):
        return
    for name in named(one["subcommandTable"]):
        later(as_a(name, "Tcl_Obj"))
    say(one["subcommandArrayPtr"])
    for field in ("subcommandDict", "subcmdList", "unknownHandler",
                  "parameterList"):
        later(one[field])


def namespace(first):
    left = [first]
    while left:
        one = left.pop()
        if not say(one):
            continue
        text(one["name"])
        text(one["fullName"])
        for child in named(one["childTable"]):
            left.append(as_a(child, "Namespace"))
        for held in named(one["cmdTable"]):
            command(as_a(held, "Command"))
        variables(one["varTable"])
        for found in each(one["ensembles"].cast(
                type_of("EnsembleConfig").pointer()), "next"):
            ensemble(found)
        if say(one["exportArrayPtr"]):
            for i in range(int(one["numExportPatterns"])):
                text(one["exportArrayPtr"][i])
        say(one["commandPathArray"])


def call_chain(one):
    if say(one) and int(one["chain"]) != int(one["staticChain"].address):
        say(one["chain"])


def method(one):
    if int(one) and say(one):
        later(one["namePtr"])
        if int(one["typePtr"]) and \
                one["typePtr"]["name"].string() in ("method", "constructor"):
            held = as_a(one["clientData"], "ProcedureMethod")
            if int(held) and say(held):
                proc(held["procPtr"])


def methods(table):
    if not int(table) or not say(table):
        return
    for entry in entries(table.dereference()):
        say(entry)
        method(as_a(entry["clientData"], "Method"))


def chains(table):
    if int(table) and say(table):
        for entry in entries(table.dereference()):
            say(entry)
            if int(entry["clientData"]):
                call_chain(as_a(entry["clientData"], "CallChain"))


def oo_object(one):
    if not say(one):
        return
    methods(one["methodsPtr"])
    chains(one["chainCache"])
    later(one["cachedNameObj"])
    for field in ("mixins", "filters", "variables"):
        say(one[field]["list"])
    if int(one["selfCls"]):
        oo_class(one["selfCls"])


def oo_class(one):
    if not say(one):
        return
    for field in ("superclasses", "subclasses", "instances", "filters",
                  "mixins", "mixinSubs", "variables"):
        say(one[field]["list"])
    for i in range(int(one["instances"]["num"])):
        oo_object(one["instances"]["list"][i])
    for i in range(int(one["variables"]["num"])):
        later(one["variables"]["list"][i])
    for entry in entries(one["classMethods"]):
        say(entry)
        method(as_a(entry["clientData"], "Method"))
    method(one["constructorPtr"])
    method(one["destructorPtr"])
    chains(one["classChainCache"])
    for field in ("constructorChainPtr", "destructorChainPtr"):
        if int(one[field]):
            call_chain(one[field])
    oo_object(one["thisPtr"])


def locations(table):
    if not int(table) or not say(table):
        return
    for entry in entries(table.dereference()):
        say(entry)
        yield entry["clientData"]


def command_frame(one, num_words):
    if int(one) and say(one):
        say(one["line"])


interp = as_a(variable_of_frames("interp"), "Interp")
say(interp)
namespace(interp["globalNsPtr"])
literals = interp["literalTable"]
if int(literals["buckets"]) != int(literals["staticBuckets"].address):
    say(literals["buckets"])
for i in range(int(literals["numBuckets"])):
    for entry in each(literals["buckets"][i], "nextPtr"):
        say(entry)
        later(entry["objPtr"])
for entry in entries(interp["varTraces"]):
    say(entry)
    for trace in each(as_a(entry["clientData"], "VarTrace"), "nextPtr"):
        if name_of(trace["traceProc"]) == "TraceVarProc":
            say(trace, "CombinedTraceVarInfo|VarTrace")
        else:
            say(trace)
for held in locations(interp["lineBCPtr"]):
    one = as_a(held, "ExtCmdLoc")
    if say(one):
        later(one["path"])
        say(one["loc"])
        for i in range(int(one["nuloc"])):
            say(one["loc"][i]["line"])
            say(one["loc"][i]["next"])
for table in ("linePBodyPtr", "lineLAPtr", "lineLABCPtr"):
    for held in locations(interp[table]):
        if table == "linePBodyPtr":
            command_frame(as_a(held, "CmdFrame"), 0)
if say(interp["assocData"]):
    for entry in entries(interp["assocData"].dereference()):
        say(entry)
        data = as_a(entry["clientData"], "AssocData")
        say(data)
        if name_of(data["proc"]) == "AfterCleanupProc":
            after = as_a(data["clientData"], "AfterAssocData")
            say(after)
            for one in each(after["firstAfterPtr"], "nextPtr"):
                say(one)
                later(one["commandPtr"])
foundation = as_a(interp["objectFoundation"], "Foundation")
if int(foundation):
    say(foundation)
    oo_class(foundation["objectCls"])
    oo_class(foundation["classCls"])
timers = value("*(struct TimerHandler ***) &'tclTimer.c'::dataKey")
for timer in each(timers[0], "nextPtr"):
    say(timer)
for field in ("emptyObjPtr", "objResultPtr", "returnOpts", "errorInfo",
              "eiVar", "errorCode", "ecVar", "errorStack", "scriptFile"):
    later(interp[field])
objects()
