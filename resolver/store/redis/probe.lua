-- Tries whether a script may write, and writes nothing. KEYS: a sorted set.
return redis.call('ZADD', KEYS[1], 'XX', 0, '')
