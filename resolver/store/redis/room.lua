-- Stands before the commit of a batch that removes rows.
-- Nothing has this field. But Redis, where it has used all the memory that it may,
-- refuses what takes memory only as the first write of a script, and to remove
-- needs none. So a token can be revoked on a server that takes nothing else.
redis.call('HDEL', KEYS[1], 'room')
