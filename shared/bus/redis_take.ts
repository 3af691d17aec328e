/** How a reader on Redis is given messages: by priority, what came back before what is new, and each key to one reader. */

/**
 * Arguments: the consumer, and how many messages it wants. Gives when the next delayed message is due (milliseconds,
 * or -1), whether there may be more now, and the messages: priority, id, attempt, fields.
 */
export const TAKE = `
local me, want = ARGV[1], tonumber(ARGV[2])
local clock, given, bytes, looked, isFull = now(), {}, 0, 0, false
local MOST_BYTES, MOST_LOOKED, STEP = 1048576, want + 512, 32

local due = redis.call('ZRANGEBYSCORE', base .. ':delayed', '-inf', clock, 'LIMIT', 0, 256)
for _, member in ipairs(due) do
  redis.call('ZREM', base .. ':delayed', member)
  local packed = cmsgpack.unpack(member:sub(21))
  add(packed[1], packed[2])
end

local function give(priority, id, attempt, fields)
  given[#given + 1] = { tonumber(priority), id, attempt, fields }
  for at = 2, #fields, 2 do bytes = bytes + #fields[at] end
  isFull = #given >= want or bytes >= MOST_BYTES
end

local function isGone(priority, id, fields)
  local expiresAt = fields and tonumber(field(fields, 'x'))
  if fields and not (expiresAt and expiresAt <= clock) then return false end
  redis.call('XACK', stream(priority), group, id)
  redis.call('XDEL', stream(priority), id)
  return true
end

-- Gives one that stayed pending; its attempt is one more than the deliveries before.
local function giveAgain(priority, id, fields)
  local before = pendingOf(priority, id)
  local attempt = (before and before[4] or 0) + 1
  redis.call('XCLAIM', stream(priority), group, me, 0, id, 'RETRYCOUNT', attempt, 'JUSTID')
  give(priority, id, attempt, fields)
end

-- What was parked behind a message of this key goes to whoever has that one.
local function giveParked(key)
  while not isFull do
    local place = redis.call('LPOP', base .. ':parked:' .. key)
    if not place then return end
    local priority, id = place:match('^(%d):(.*)$')
    local found = redis.call('XRANGE', stream(priority), id, id)[1]
    if not isGone(priority, id, found and found[2]) then
      local _, count = ownerOf(key)
      own(key, me, count + 1)
      giveAgain(priority, id, found[2])
    end
  end
end

local function giveBack(priority)
  local keys, members = {}, redis.call('ZRANGEBYSCORE', base .. ':back', priority, priority, 'LIMIT', 0, 256)
  for _, member in ipairs(members) do
    if isFull then return end
    local id = idOf(member)
    local found = redis.call('XRANGE', stream(priority), id, id)[1]
    local key = found and field(found[2], 'k')
    if isGone(priority, id, found and found[2]) then
      redis.call('ZREM', base .. ':back', member)
      if key then unpark(key) end
    else
      local owner, count
      if key then owner, count = ownerOf(key) end
      if not owner or owner == me then
        redis.call('ZREM', base .. ':back', member)
        if key then
          own(key, me, count + 1)
          keys[#keys + 1] = key
        end
        giveAgain(priority, id, found[2])
      end
    end
  end
  -- What was parked is younger than all that came back.
  if #members < 256 then
    for _, key in ipairs(keys) do giveParked(key) end
  end
end

local function giveNew(priority, id, fields)
  if isGone(priority, id, fields) then return end
  local key = field(fields, 'k')
  if key then
    local owner, count = ownerOf(key)
    local parked = base .. ':parked:' .. key
    if (owner and owner ~= me) or redis.call('EXISTS', parked) == 1 then
      -- Parked first: where that is refused it is still ours, and goes back.
      redis.call('RPUSH', parked, priority .. ':' .. id)
      redis.call('XCLAIM', stream(priority), group, waiting, 0, id, 'RETRYCOUNT', 0, 'JUSTID')
      return
    end
    own(key, me, count + 1)
  end
  give(priority, id, 1, fields)
end

local function read(priority)
  while not isFull and looked < MOST_LOOKED do
    local count = math.min(STEP, want - #given)
    local answer = redis.call('XREADGROUP', 'GROUP', group, me, 'COUNT', count, 'STREAMS', stream(priority), '>')
    if not answer then return end
    local entries = answer[1][2]
    looked = looked + #entries
    for _, entry in ipairs(entries) do giveNew(priority, entry[1], entry[2]) end
    if #entries < count then return end
  end
end

local hasBack = redis.call('EXISTS', base .. ':back') == 1
for _, priority in ipairs(priorities()) do
  if hasBack and not isFull then giveBack(priority) end
  read(priority)
end

local first = redis.call('ZRANGE', base .. ':delayed', 0, 0, 'WITHSCORES')
local dueInMs = first[2] and math.max(0, tonumber(first[2]) - clock) or -1
return { dueInMs, (isFull or looked >= MOST_LOOKED or #due == 256) and 1 or 0, given }
`;
