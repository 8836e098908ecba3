-- Takes a lease or keeps it.
-- KEYS: its hash. ARGV: who asks, the time now, the time until which it is wanted, and
-- the latest until which another may have it, all in milliseconds.
-- Returns 1, or 0 where another has it.
local have = redis.call('HMGET', KEYS[1], 'holder', 'until')
local till = tonumber(have[2] or '') or 0
-- One that lasts too long was taken by a clock that is ahead, and is not believed.
if have[1] and have[1] ~= ARGV[1] and till > tonumber(ARGV[2]) and till <= tonumber(ARGV[4]) then
  return 0
end
-- Removing is first, for a Redis without memory to spare: what is past its time is
-- removed there above all.
redis.call('HDEL', KEYS[1], 'holder', 'until')
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'until', ARGV[3])
return 1
