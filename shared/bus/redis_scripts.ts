/** What happens on Redis in one step each, as Lua: nobody sees half of it, and a process that dies leaves none. */
import { PRELUDE } from "./redis_lua.ts";
import { TAKE } from "./redis_take.ts";

/**
 * Arguments: for each message its priority, its delay and its expiry (milliseconds, empty for none), how many words of
 * fields it has, and those.
 */
const PUBLISH = `
local at, clock = 1, nil
while at <= #ARGV do
  local priority, delayMs, expiresMs, words = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local fields = {}
  for word = 1, words do fields[word] = ARGV[at + 3 + word] end
  at = at + 4 + words
  if expiresMs then
    clock = clock or now()
    fields[#fields + 1] = 'x'
    fields[#fields + 1] = string.format('%.0f', clock + expiresMs)
  end
  if delayMs then
    clock = clock or now()
    local number = redis.call('INCR', base .. ':delays')
    local member = string.format('%020.0f', number) .. cmsgpack.pack({ priority, fields })
    redis.call('ZADD', base .. ':delayed', string.format('%.0f', math.ceil(clock + delayMs)), member)
  else
    add(priority, fields)
  end
  if expiresMs and not delayMs then
    -- What has expired unread at the front goes, or a queue without readers would only grow.
    for _, old in ipairs(redis.call('XRANGE', stream(priority), '-', '+', 'COUNT', 8)) do
      local expiresAt = tonumber(field(old[2], 'x'))
      if not expiresAt or expiresAt > clock then break end
      if pendingOf(priority, old[1]) then break end
      redis.call('XDEL', stream(priority), old[1])
    end
  end
end
ring()
`;

/**
 * Arguments: for each message its priority, its id and its key after a `k` (empty for none). Whoever lost a message by
 * standing still may finish it too, and then its key is left by the one who has it now.
 */
const FINISH = `
local wakes, byPriority, left = false, {}, {}
for at = 1, #ARGV, 3 do
  local ids = byPriority[ARGV[at]] or {}
  byPriority[ARGV[at]] = ids
  ids[#ids + 1] = ARGV[at + 1]
  local pending = ARGV[at + 2] ~= '' and pendingOf(ARGV[at], ARGV[at + 1])
  -- What is not pending was finished before, and its key left.
  if pending then left[#left + 1] = { ARGV[at + 2]:sub(2), pending[2] } end
end
for priority, ids in pairs(byPriority) do
  for at = 1, #ids, 1000 do
    local some = { unpack(ids, at, math.min(at + 999, #ids)) }
    redis.call('XACK', stream(priority), group, unpack(some))
    redis.call('XDEL', stream(priority), unpack(some))
  end
end
for _, keyed in ipairs(left) do
  leave(keyed[1], keyed[2])
  unpark(keyed[1])
  wakes = true
end
-- What others could not be given while this one had its key, they can be given now.
if wakes and redis.call('EXISTS', base .. ':back') == 1 then ring() end
`;

/** Arguments: the consumer, then for each message its priority, its id and 1 where the attempt counts. Only what the consumer still has is given back. */
const GIVE_BACK = `
local me, wakes = ARGV[1], false
for at = 2, #ARGV, 3 do
  local priority, id, counts = ARGV[at], ARGV[at + 1], ARGV[at + 2] == '1'
  local pending = pendingOf(priority, id)
  if pending and pending[2] == me then
    local attempts = counts and pending[4] or math.max(0, pending[4] - 1)
    redis.call('XCLAIM', stream(priority), group, waiting, 0, id, 'RETRYCOUNT', attempts, 'JUSTID')
    comeBack(priority, id)
    local key = keyOf(priority, id)
    if key then leave(key, me) end
    wakes = true
  end
end
if wakes then ring() end
`;

/** Arguments: a consumer that is over, then the ids of what its process had in hand, whose attempts count; what never reached it does not. */
const RELEASE = `
local gone, had, wakes = ARGV[1], {}, false
for at = 2, #ARGV do had[ARGV[at]] = true end
for _, priority in ipairs(priorities()) do
  repeat
    local some = redis.call('XPENDING', stream(priority), group, '-', '+', 500, gone)
    for _, pending in ipairs(some) do
      local id = pending[1]
      local attempts = had[priority .. ':' .. id] and pending[4] or math.max(0, pending[4] - 1)
      redis.call('XCLAIM', stream(priority), group, waiting, 0, id, 'RETRYCOUNT', attempts, 'JUSTID')
      comeBack(priority, id)
      local key = keyOf(priority, id)
      if key then leave(key, gone) end
      wakes = true
    end
  until #some < 500
  redis.call('XGROUP', 'DELCONSUMER', stream(priority), group, gone)
end
if wakes then ring() end
`;

/**
 * Arguments: after how many milliseconds without a word a reader is dead, then the consumers that live. Renews what
 * these have, and takes from the dead what they had. Gives how many messages that were.
 */
const TEND = `
local leaseMs, taken = tonumber(ARGV[1]), 0
for _, priority in ipairs(priorities()) do
  local name = stream(priority)
  for at = 2, #ARGV do
    local from = '-'
    repeat
      local mine = redis.call('XPENDING', name, group, from, '+', 500, ARGV[at])
      local ids = {}
      for _, pending in ipairs(mine) do ids[#ids + 1] = pending[1] end
      if #ids > 0 then
        redis.call('XCLAIM', name, group, ARGV[at], 0, unpack(ids), 'JUSTID')
        from = '(' .. ids[#ids]
      end
    until #ids < 500
  end
  local cursor = '0-0'
  repeat
    -- XAUTOCLAIM does not say whose they were, and that one's keys have to be left.
    -- Time goes on meanwhile, so all are looked at that could be taken: it looks at 1000 at most.
    local whose, from = {}, cursor == '0-0' and '-' or cursor
    for _, pending in ipairs(redis.call('XPENDING', name, group, 'IDLE', math.floor(leaseMs / 2), from, '+', 1000)) do
      whose[pending[1]] = pending[2]
    end
    local answer = redis.call('XAUTOCLAIM', name, group, waiting, leaseMs, cursor, 'COUNT', 100, 'JUSTID')
    cursor = answer[1]
    for _, id in ipairs(answer[2]) do
      if whose[id] and whose[id] ~= waiting then
        comeBack(priority, id)
        local key = keyOf(priority, id)
        if key then leave(key, whose[id]) end
        taken = taken + 1
      end
    end
  until cursor == '0-0'
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', name, group)) do
    -- name, pending and idle, each after its own name
    if consumer[2] ~= waiting and consumer[4] == 0 and consumer[6] > leaseMs * 10 then
      redis.call('XGROUP', 'DELCONSUMER', name, group, consumer[2])
    end
  end
end
if taken > 0 then ring() end
return taken
`;

/** Gives how many messages wait, and how many are handed out. */
const COUNT = `
local total, pending = 0, 0
for _, priority in ipairs(priorities()) do
  total = total + redis.call('XLEN', stream(priority))
  for _, consumer in ipairs(redis.call('XPENDING', stream(priority), group)[4] or {}) do
    if consumer[1] ~= waiting then pending = pending + tonumber(consumer[2]) end
  end
end
return { total - pending, pending }
`;

/** Every script by its name, each for one queue, whose base key is its one key. */
export const SCRIPTS = {
  publish: PRELUDE + PUBLISH,
  take: PRELUDE + TAKE,
  finish: PRELUDE + FINISH,
  giveBack: PRELUDE + GIVE_BACK,
  release: PRELUDE + RELEASE,
  tend: PRELUDE + TEND,
  count: PRELUDE + COUNT,
} as const;

export type ScriptName = keyof typeof SCRIPTS;
