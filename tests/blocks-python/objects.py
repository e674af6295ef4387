"""Makes objects of many types and sizes, counts them, and ends by abort().

objects.py COUNTS [smash WHERE]: writes "NAME NUMBER" there for each type of what the
collector tracks; how the allocator sees its blocks goes to the error output.
With "smash" the header of a pool is overwritten: one between others, the first
or the last that was taken of an arena.  COUNTS gets its address and size then.
"""
import gc
import os
import sys


class Thing:
    def __init__(self, number):
        self.number = number
        self.others = [number] * 3


class Slotted:
    __slots__ = ("left", "right")


def numbers():
    yield from range(10)


def write_counts():
    counts = {}
    for one in gc.get_objects():
        name = type(one).__name__
        counts[name] = counts.get(name, 0) + 1
    found = gc.get_objects()
    with open(sys.argv[1] + ".storages", "w", encoding="utf-8") as out:
        for kind, label in (list, "list items"), (set, "set table"):
            size = sys.getsizeof(kind())
            num = 0
            for one in found:
                num += isinstance(one, kind) and sys.getsizeof(one) > size
            out.write("Python %s %d\n" % (label, num))
    del found, one
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        for name in counts:
            out.write("%s %d\n" % (name, counts[name]))


things = [Thing(i) for i in range(3000)]
slotted = [Slotted() for i in range(2000)]
texts = ["text number %d, some more of it" % i for i in range(20000)]
sized = [bytes(i) for i in range(600)]
sets = [{i, i + 1} for i in range(500)]
large_sets = [set(range(i, i + 20)) for i in range(100)]
generators = [numbers() for i in range(200)]
lambdas = [(lambda x, i=i: x + i) for i in range(500)]
# Of some pools only a part is left, of some nothing.
del texts[5000:15000]
del texts[::7]
abort = os.abort


def number_of_arena(memory, pool):
    try:
        memory.seek(pool + 32)
        return memory.read(4)
    except OSError:
        return b""


def smash(where):
    size = 4096 if sys.version_info < (3, 10) else 16384
    step = {"first": -size, "between": 0, "last": size}[where]
    with open("/proc/self/mem", "r+b", 0) as memory:
        for text in texts:
            pool = id(text) // size * size
            number = number_of_arena(memory, pool)
            if any(number):
                break
        while step and number_of_arena(memory, pool + step) == number:
            pool += step
        with open(sys.argv[1], "w", encoding="utf-8") as out:
            out.write("%d %d\n" % (pool, size))
        memory.seek(pool)
        memory.write(b"A" * 48)
    abort()


if sys.argv[2:3] == ["smash"]:
    smash(sys.argv[3])
stats = sys._debugmallocstats
gc.collect()
gc.disable()
write_counts()
stats()
abort()
