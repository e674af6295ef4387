"""damage.py CORE OUT SEED: the core with 3000 words of its data changed."""
import random
import struct
import sys

core = bytearray(open(sys.argv[1], "rb").read())
random.seed(int(sys.argv[3]))
headers = struct.unpack_from("<Q", core, 32)[0]
words = []
for number in range(struct.unpack_from("<H", core, 56)[0]):
    kind, flags, offset, _, _, size = struct.unpack_from(
        "<IIQQQQ", core, headers + 56 * number)
    if kind == 1 and flags & 2:
        words += range(offset, offset + size - 7, 8)
for _ in range(3000):
    other = struct.unpack_from("<Q", core, random.choice(words))[0]
    value = random.choice([0, 2**64 - 1, random.getrandbits(64), other,
                           other + 8, other + 1])
    struct.pack_into("<Q", core, random.choice(words), value % 2**64)
open(sys.argv[2], "wb").write(core)
