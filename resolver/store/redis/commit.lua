-- Applies a batch to one scope.
-- KEYS: head, then for each table: rows, keys, counts, counted.
-- ARGV: epoch and data of the head before, epoch and data of the head after and a
-- name for this batch, or five empty strings; the channel and the message, or two empty
-- strings; then the number of puts and for each its table, key, packed row and
-- value; of deletes, table and key; of counts, table, key and number. Tables
-- count from 0.
-- Returns 1, or 0 where the scope has another head than the one before.
local at = 0
local function arg()
  at = at + 1
  return ARGV[at]
end
local function key(t, i) return KEYS[2 + 4 * tonumber(t) + i] end

-- Redis runs a script whole, with no other command in between: who reads sees
-- all of a batch or nothing, and of two writers that start from one epoch the
-- second gets 0. All is checked before the first write, for Redis does not undo
-- what a script wrote before it failed.
local before, known, after, data, batch = arg(), arg(), arg(), arg(), arg()
if after ~= '' then
  local head = redis.call('HMGET', KEYS[1], 'epoch', 'data', 'batch')
  local batches = head[3] or '' -- the names of the last batches, newest first
  -- Before the epoch is compared: the batch itself has moved it on, and the
  -- client would be told of a conflict with its own work.
  if string.find(batches, batch, 1, true) then
    return 1 -- the client sends again what was applied, having lost the reply
  end
  -- The data too: a head of the same epoch that another history came to, after a
  -- failover or in another store, is not the one that the batch was made on.
  if (head[1] or '0') ~= before or (head[2] or '') ~= known then
    return 0
  end
  batches = string.sub(batch .. batches, 1, 16 * #batch)
  redis.call('HSET', KEYS[1], 'epoch', after, 'data', data, 'batch', batches)
end
local channel, message = arg(), arg()
for _ = 1, tonumber(arg()) do
  local t, k, packed, value = arg(), arg(), arg(), arg()
  redis.call('HSET', key(t, 0), 'm' .. k, packed)
  if value ~= '' then
    redis.call('HSET', key(t, 0), 'v' .. k, value)
  else
    redis.call('HDEL', key(t, 0), 'v' .. k)
  end
  -- Of one score for all, a sorted set is ordered by the bytes of its members.
  redis.call('ZADD', key(t, 1), 0, k)
end
for _ = 1, tonumber(arg()) do
  local t, k = arg(), arg()
  redis.call('HDEL', key(t, 0), 'm' .. k, 'v' .. k)
  redis.call('ZREM', key(t, 1), k)
  redis.call('HDEL', key(t, 2), k)
  redis.call('ZREM', key(t, 3), k)
end
for _ = 1, tonumber(arg()) do
  local t, k, n = arg(), arg(), arg()
  redis.call('HINCRBY', key(t, 2), k, n)
  redis.call('ZADD', key(t, 3), 0, k)
end
-- In the script and last: a node that hears of the change finds it made. Sent
-- by the client, it would be lost with a client that dies in between, and the
-- other nodes would serve the old value for as long as they cache.
if channel ~= '' then
  redis.call('PUBLISH', channel, message)
end
return 1
