-- Makes the list of a table's keys agree with its rows, for these keys.
-- KEYS: rows, keys. ARGV: the keys.
for _, k in ipairs(ARGV) do
  if redis.call('HGET', KEYS[1], 'm' .. k) then
    redis.call('ZADD', KEYS[2], 0, k)
  else
    redis.call('HDEL', KEYS[1], 'v' .. k)
    redis.call('ZREM', KEYS[2], k)
  end
end
return 1
