-- Returns the epoch and data of the head, then for each table a list of all
-- keys and packed rows.
-- KEYS: head, then for each table: rows, keys.
-- Head and rows are of one moment, as a script runs alone. Read one after the
-- other, a change in between would look like rows that somebody removed or put
-- back, for the digest in the head would not be theirs.
local head = redis.call('HMGET', KEYS[1], 'epoch', 'data')
local out = {head[1] or '0', head[2] or ''}
for i = 2, #KEYS, 2 do
  local list = {}
  for n, k in ipairs(redis.call('ZRANGE', KEYS[i + 1], 0, -1)) do
    list[2 * n - 1] = k
    list[2 * n] = redis.call('HGET', KEYS[i], 'm' .. k) or ''
  end
  out[#out + 1] = list
end
return out
