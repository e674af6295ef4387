# Calls, containers, regular expressions, exceptions, waits.
import json, re, collections, time
def f(n):
    if n < 2: return n
    return f(n-1) + f(n-2)
d = collections.defaultdict(list)
for i in range(60000):
    d[i % 97].append(str(i * 7919 % 10007))
print(f(20), len(json.dumps(d)), sum(len(x) for v in d.values() for x in v))
err = 0
for i in range(3000):
    try:
        if i % 3 == 0: raise ValueError(i)
        int("x" * (i % 3) + str(i))
    except ValueError as e: err += len(str(e))
print(err, sorted(re.findall(r'\d+7', ' '.join(d[3])))[:20])
for i in range(10): time.sleep(0.005); print(i)
