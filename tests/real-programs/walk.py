"""What walks of a program's own structures have in common, inside of GDB.

say(pointer) prints "0xADDRESS NAME[|NAME...]" of the block that begins there:
by the type that the pointer has, or by the names given.  It is true the first
time, so that what hangs on a block is walked once.
"""
import gdb

said = set()
for setting in ("pagination", "confirm"):
    gdb.execute("set %s off" % setting)


def short(name):
    for tag in ("const ", "volatile ", "struct ", "union ", "class ", "enum "):
        if name.startswith(tag):
            name = name[len(tag):]
    return name


def names_of(kind):
    kind = kind.unqualified()
    plain = kind.strip_typedefs().unqualified()
    found = {short(str(kind)), short(str(plain))}
    if plain.code == gdb.TYPE_CODE_PTR:
        aim = plain.target().unqualified()
        for one in names_of(aim):
            found.add(one + " *")
    if plain.sizeof == 1 and plain.code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR):
        found |= {"char", "unsigned char", "bytes"}
    return found


named = {}


def say(pointer, *names):
    address = int(pointer)
    if not address or address in said:
        return False
    said.add(address)
    if not names:
        aim = pointer.type.strip_typedefs().target()
        key = str(aim)
        if key not in named:
            named[key] = "|".join(sorted(names_of(aim)))
        names = (named[key],)
    print("0x%x %s" % (address, "|".join(names)))
    return True


def text(pointer):
    return say(pointer, "char|unsigned char|bytes")


def each(first, link):
    """The members of a list, the end of which is a null pointer or a ring's."""
    met = set()
    while int(first) and int(first) not in met:
        met.add(int(first))
        yield first
        first = first[link]


def value(text):
    return gdb.parse_and_eval(text)


def type_of(name):
    if name.endswith("*"):
        return type_of(name[:-1].rstrip()).pointer()
    return gdb.lookup_type(name)


def as_a(pointer, name):
    return pointer.cast(type_of(name).pointer())


def variable_of_frames(name):
    """The value of a variable in the innermost frame that still has it."""
    frame = gdb.newest_frame()
    while frame is not None:
        try:
            found = frame.read_var(name)
            if not found.is_optimized_out:
                return found
        except ValueError:
            pass
        frame = frame.older()
    raise ValueError(name)
