"""Makes objects of many types, says where they are, and ends by abort().

ADDRESS NAME: of all that the collector tracks, and of some that it does not.
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


things = [Thing(i) for i in range(300)]
slotted = [Slotted() for i in range(200)]
texts = ["text number %d, some more of it" % i for i in range(400)]
short = ["t%d" % i for i in range(200)]
longs = [10**40 + i for i in range(100)]
floats = [i + 0.5 for i in range(100)]
raw = [bytes([i]) * 50 for i in range(100)]
pairs = [(i, str(i)) for i in range(100)]
sets = [{i, i + 1} for i in range(50)]
generators = [numbers() for i in range(20)]
lambdas = [(lambda x, i=i: x + i) for i in range(50)]
gc.collect()
found = gc.get_objects() + texts + short + longs + floats + raw
lines = ["%#x %s" % (id(one), type(one).__name__) for one in found]
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write("\n".join(lines) + "\n")
os.abort()
