-- Returns a key and what the hash has for it, for each key in a range.
-- KEYS: a sorted set of keys, a hash.
-- ARGV: the command of the range, its two ends, the limit, and what a field of
-- the hash starts with.
local keys = redis.call(ARGV[1], KEYS[1], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])
local out = {}
for i, k in ipairs(keys) do
  out[2 * i - 1] = k
  out[2 * i] = redis.call('HGET', KEYS[2], ARGV[5] .. k) or ''
end
return out
