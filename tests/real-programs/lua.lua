-- Makes objects of every tag and says how many.
local num = tonumber(arg[1])
local made = { table = 0, string = 0, lua_closure = 0, c_closure = 0,
	coroutine = 0, userdata = 0, file = 0 }

local function count(kind)
	made[kind] = made[kind] + 1
end

kept = { records = {}, strings = {}, long = {}, closures = {}, threads = {},
	iterators = {}, files = {}, graph = {}, weak = setmetatable({},
	{ __mode = "k" }) }

-- Tables: array part, hash part, both, with metatables, and nested.
local class = {}
class.__index = class
for i = 1, num do
	local record = setmetatable({ id = i, name = "record number " .. i,
		tags = { i, i * 2, "tag" .. i % 100 } }, class)
	kept.records[i] = record
	count("table")
	count("table")
	count("string")
	if i % 10 == 0 then
		record.parent = kept.records[i - 5]
		record.payload = string.rep("long payload " .. i, 12)
		kept.weak[record] = i
	end
end

-- Short strings are interned, long ones are not.
for i = 1, num do
	kept.strings["key:" .. i] = "value " .. i * 7
	if i % 4 == 0 then
		kept.long[#kept.long + 1] = ("%d "):rep(20):format(
			i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i,
			i, i)
		count("string")
	end
	count("string")
	count("string")
end

-- Closures share upvalues, closed ones and open ones.
for i = 1, num // 5 do
	local shared, step = i, { by = i % 3 }
	kept.closures[#kept.closures + 1] = function()
		shared = shared + step.by
		return shared
	end
	kept.closures[#kept.closures + 1] = function(to) shared = to end
	count("lua_closure")
	count("lua_closure")
	count("table")
end

-- C closures with userdata as upvalues.
for i = 1, num // 10 do
	kept.iterators[i] = string.gmatch("word " .. i .. " word", "%a+")
	kept.iterators[i]()
	count("c_closure")
	count("userdata")
end

-- Coroutines that stopped in the middle.
for i = 1, num // 50 do
	local thread = coroutine.create(function(a)
		local mine = { a }
		local function inner(b)
			coroutine.yield(b, mine)
			return mine
		end
		return inner(a)
	end)
	coroutine.resume(thread, i)
	kept.threads[i] = thread
	count("coroutine")
end

for i = 1, 20 do
	kept.files[i] = io.open("/dev/null")
	count("file")
end

-- A graph with rings.
for i = 1, num // 5 do
	kept.graph[i] = { value = i * 0.5 }
	count("table")
end
for i = 1, #kept.graph do
	kept.graph[i].next = kept.graph[i % #kept.graph + 1]
	kept.graph[i].prev = kept.graph[(i - 2) % #kept.graph + 1]
end

collectgarbage()
collectgarbage()
collectgarbage("stop")
for kind, n in pairs(made) do
	print("at_least_" .. kind, n)
end
print("collectgarbage_bytes", collectgarbage("count") * 1024)
print("ready")
io.stdout:flush()

local function wait(depth, held)
	if depth > 0 then
		return wait(depth - 1, { held }), held
	end
	return io.read()
end
wait(20, {})
