/**
 * How a queue lies in Redis, and what all scripts share, as Lua.
 *
 * A queue has, behind its base key:
 * - `:1` to `:5`, a stream for each priority with the group `parley`; a finished message is deleted from its stream
 *   at once, so nothing is ever trimmed;
 * - `:back`, what is to be given again, by priority and age. It stays pending, under the consumer `-`;
 * - `:owner`, for each key whose messages are out, how many are and who has them; `:parked:KEY`, what waits for them,
 *   also pending under `-`;
 * - `:delayed`, what is not due yet, by its time, with `:delays` counting, since a set would take two alike as one;
 * - `:ring`, a channel that wakes readers.
 *
 * Time is Redis's own. Where Redis is full, publishing is refused before it has changed anything; every other script
 * begins with a write that is never refused, and Redis lets what has begun go on.
 */

/** Comes before every script. */
export const PRELUDE = `
local base = KEYS[1]
local group, waiting = 'parley', '-'

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function stream(priority) return base .. ':' .. priority end

local function ring() redis.call('PUBLISH', base .. ':ring', '1') end

local function field(fields, name)
  for at = 1, #fields, 2 do if fields[at] == name then return fields[at + 1] end end
  return nil
end

local function ownerOf(key)
  local value = redis.call('HGET', base .. ':owner', key)
  if not value then return nil, 0 end
  local count, consumer = value:match('^(%d+) (.*)$')
  return consumer, tonumber(count)
end

local function own(key, consumer, count)
  if count > 0 then redis.call('HSET', base .. ':owner', key, count .. ' ' .. consumer)
  else redis.call('HDEL', base .. ':owner', key) end
end

-- Says where a message is as text that sorts by age. Two streams can give the same id, so the priority is in it.
local function memberOf(priority, id)
  local ms, seq = id:match('^(%d+)%-(%d+)$')
  return priority .. ':' .. string.rep('0', 20 - #ms) .. ms .. '-' .. string.rep('0', 20 - #seq) .. seq
end
local function idOf(member)
  local ms, seq = member:match('^%d:0*(%d+)%-0*(%d+)$')
  return ms .. '-' .. seq
end

local function comeBack(priority, id)
  redis.call('ZADD', base .. ':back', priority, memberOf(priority, id))
end

-- One less of this key is out.
local function leave(key, consumer)
  local owner, count = ownerOf(key)
  if owner == consumer then own(key, consumer, count - 1) end
end

-- Where a message of this key is no more, the next that waited for it can be given.
local function unpark(key)
  local place = redis.call('LPOP', base .. ':parked:' .. key)
  if place then comeBack(place:match('^(%d):(.*)$')) end
end

local function pendingOf(priority, id)
  local found = redis.call('XPENDING', stream(priority), group, id, id, 1)
  return found[1]
end

local function keyOf(priority, id)
  local found = redis.call('XRANGE', stream(priority), id, id)[1]
  return found and field(found[2], 'k')
end

-- Adds to a stream, which comes into being together with its group.
local function add(priority, fields)
  if redis.call('EXISTS', stream(priority)) == 0 then
    redis.call('XGROUP', 'CREATE', stream(priority), group, '0', 'MKSTREAM')
  end
  redis.call('XADD', stream(priority), '*', unpack(fields))
end

local function priorities()
  local found = {}
  for priority = 1, 5 do
    if redis.call('EXISTS', stream(priority)) == 1 then found[#found + 1] = priority end
  end
  return found
end
`;
