-- Many strings, made, sorted and added up.
local t = {}
for i = 1, 300000 do t[#t+1] = string.format("%d:%s", i*7919%10007, tostring(i)) end
table.sort(t)
local c = 0
for i, s in ipairs(t) do c = (c * 31 + #s + s:byte(-1)) % 1000000007; if i % 10000 == 0 then io.write(s, " ", c, "\n") end end
print(c)
