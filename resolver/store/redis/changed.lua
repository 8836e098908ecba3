-- Returns the epoch and data of the head, 1 or 0 for whether it is known what was
-- changed after an epoch, and then the member, the epoch of its last change and
-- what stands there now, packed, for each change in the order of the epochs.
-- KEYS: head, changed, then for each table: rows.
-- ARGV: the epoch; the most changes returned; then the name of each table.
local head = redis.call('HMGET', KEYS[1], 'epoch', 'data', 'tracked', 'since')
local epoch, since = head[1] or '0', tonumber(head[4] or '')
local out = {epoch, head[2] or '', 1}
if epoch == ARGV[1] then return out end
-- Another version of sotto, which does not keep changed, moves the epoch alone on.
if head[3] ~= epoch or not since or since > tonumber(ARGV[1]) then
  out[3] = 0
  return out
end
local rows = {}
for i = 3, #ARGV do rows[ARGV[i]] = KEYS[i] end
local found = redis.call('ZRANGE', KEYS[2], '(' .. ARGV[1], '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
for i = 1, #found, 2 do
  local name, key = string.match(found[i], '^(%a+):(.*)$')
  out[#out + 1] = found[i]
  out[#out + 1] = found[i + 1]
  out[#out + 1] = rows[name] and redis.call('HGET', rows[name], 'm' .. key) or false
end
return out
