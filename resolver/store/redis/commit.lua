-- Applies a batch to one scope, whole or not at all.
-- KEYS: head, changed, then for each table: rows, keys, counts, counted.
-- ARGV: a name for this batch; epoch and data of the head before, epoch and data
-- of the head after, or four empty strings; the channel and the message, or two
-- empty strings; then the number of puts and for each its table, key, packed row
-- and value; of deletes, table and key; of counts, table, key and number; of
-- members of changed, the member. Tables count from 0.
-- Returns 1, or 0 where the scope has another head than the one before.
local at = 0
local function arg()
  at = at + 1
  return ARGV[at]
end
local function key(t, i) return KEYS[3 + 4 * tonumber(t) + i] end

-- Redis runs a script whole, with no other command in between: who reads sees
-- all of a batch or nothing, and of two writers that start from one head the
-- second gets 0. But it does not undo what a script wrote before it failed, so
-- all that is read is read first.
local batch, before, known, after, data = arg(), arg(), arg(), arg(), arg()
local head = redis.call('HMGET', KEYS[1], 'epoch', 'data', 'batch', 'tracked', 'since')
local batches, tracked, since = head[3] or '', head[4], head[5]
if after ~= '' then
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
end
local channel, message = arg(), arg()
local puts, deletes, counts, changed = {}, {}, {}, {}
for i = 1, tonumber(arg()) do puts[i] = {arg(), arg(), arg(), arg()} end
for i = 1, tonumber(arg()) do deletes[i] = {arg(), arg()} end
for i = 1, tonumber(arg()) do
  local t, k, n = arg(), arg(), arg()
  counts[i] = {t, k, n}
  if not tonumber(redis.call('HGET', key(t, 2), k) or '0') then
    return redis.error_reply('WRONGTYPE a counter is not a number')
  end
end
for i = 1, tonumber(arg()) do changed[i] = arg() end

-- changed has what was put or deleted after the epoch since, each at the epoch
-- that did it last; so another node catches up without reading the whole scope.
-- It goes back for some thousand changes, and no further than the last one that
-- was made by a version of sotto that does not keep it.
local forgotten = {}
if after ~= '' then
  if tracked ~= before or not since or #changed > 1000 then
    forgotten = redis.call('ZRANGE', KEYS[2], 0, -1)
    since = #changed > 1000 and after or before
    if #changed > 1000 then changed = {} end
  elseif #redis.call('ZRANGE', KEYS[2], 4000, 4000) > 0 then
    forgotten = redis.call('ZRANGE', KEYS[2], 0, 1999)
    since = redis.call('ZRANGE', KEYS[2], 1999, 1999, 'WITHSCORES')[2]
  end
end

-- Whatever may be refused is tried here, in a way that changes nothing: for want
-- of memory or of a right, of a disk, a replica or a command, or because a key is
-- of another type. Adding to a sorted set comes first, because Redis asks for memory
-- before a script's first write alone.
local refused
local function try(...)
  if not refused then
    local reply = redis.pcall(...)
    if type(reply) == 'table' and reply.err then refused = reply end
  end
end
try('ZADD', KEYS[2], 'XX', 0, batch)
try('ZREM', KEYS[2], batch)
try('HDEL', KEYS[1], batch)
for i = 3, #KEYS, 2 do
  try('HDEL', KEYS[i], batch)
  try('ZADD', KEYS[i + 1], 'XX', 0, batch)
end
try('HSET', KEYS[1], 'epoch', head[1] or '0')
if refused then
  return refused
end
if not head[1] then
  redis.call('HDEL', KEYS[1], 'epoch')
end

if after ~= '' then
  for _, member in ipairs(forgotten) do redis.call('ZREM', KEYS[2], member) end
  for _, member in ipairs(changed) do redis.call('ZADD', KEYS[2], after, member) end
  redis.call('HSET', KEYS[1], 'epoch', after, 'data', data, 'batch', batches, 'tracked', after, 'since', since)
end
for _, put in ipairs(puts) do
  local t, k, packed, value = unpack(put)
  redis.call('HSET', key(t, 0), 'm' .. k, packed)
  if value ~= '' then
    redis.call('HSET', key(t, 0), 'v' .. k, value)
  else
    redis.call('HDEL', key(t, 0), 'v' .. k)
  end
  -- Of one score for all, a sorted set is ordered by the bytes of its members.
  redis.call('ZADD', key(t, 1), 0, k)
end
for _, delete in ipairs(deletes) do
  local t, k = unpack(delete)
  redis.call('HDEL', key(t, 0), 'm' .. k, 'v' .. k)
  redis.call('ZREM', key(t, 1), k)
  redis.call('HDEL', key(t, 2), k)
  redis.call('ZREM', key(t, 3), k)
end
for _, count in ipairs(counts) do
  local t, k, n = unpack(count)
  local sum = tonumber(redis.call('HGET', key(t, 2), k) or '0') + tonumber(n)
  redis.call('HSET', key(t, 2), k, string.format('%.0f', sum))
  redis.call('ZADD', key(t, 3), 0, k)
end
-- In the script and last: a node that hears of the change finds it made. Sent
-- by the client, it would be lost with a client that dies in between, and the
-- other nodes would serve the old value for as long as they cache. Refused, it
-- undoes nothing: the heartbeats are refused too, and every node knows that it
-- hears nothing.
if channel ~= '' then
  redis.pcall('PUBLISH', channel, message)
end
return 1
