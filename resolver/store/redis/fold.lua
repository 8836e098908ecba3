-- Moves counters of one scope.
-- KEYS: for each table: rows, keys, counts, counted, as for a commit.
-- ARGV: for each counter its table and key, and the table and key that it is added
-- to, or two empty strings to drop it. Tables count from 0.
local function key(t, i) return KEYS[1 + 4 * tonumber(t) + i] end
for i = 1, #ARGV, 4 do
  local t, k, into, name = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local n = tonumber(redis.call('HGET', key(t, 2), k) or '')
  local sum = into ~= '' and tonumber(redis.call('HGET', key(into, 2), name) or '0')
  -- What another node has moved is not there any more; what is no number is left
  -- for those who read it to say so.
  if n and (sum or into == '') then
    -- Removing is first: a Redis without memory to spare does it, too, and then does
    -- not refuse the rest.
    redis.call('ZREM', key(t, 3), k)
    redis.call('HDEL', key(t, 2), k)
    if into ~= '' then
      redis.call('HSET', key(into, 2), name, string.format('%.0f', sum + n))
      redis.call('ZADD', key(into, 3), 0, name)
    end
  end
end
return 1
