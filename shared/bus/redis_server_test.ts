import { strict as assert } from "node:assert";
import { advicesOf, isRefusal, readInfo, reasonOf, refusalOf } from "./redis_server.ts";

const good = {
  version: "7.0.15",
  isCluster: false,
  isReplica: false,
  appends: true,
  evictionPolicy: "noeviction",
};

Deno.test("readInfo() finds what matters in the answer to INFO", () => {
  const info =
    "# Server\r\nredis_version:7.0.15\r\n# Memory\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n";
  assert.deepEqual(readInfo(info), good);
  assert.deepEqual(readInfo(""), { ...good, version: "", appends: false, evictionPolicy: "" });
  const { isCluster, isReplica } = readInfo("redis_mode:cluster\r\nrole:slave\r\n");
  assert.deepEqual([isCluster, isReplica], [true, true]);
});

const VERSIONS: [version: string, says: string | undefined][] = [
  ["6.2.0", undefined],
  ["7.0.15", undefined],
  ["10.0", undefined],
  ["6.0.20", "is Redis 6.0.20, and 6.2 or newer is needed"],
  ["5.0.7", "is Redis 5.0.7, and 6.2 or newer is needed"],
  ["", "is Redis of an unknown version, and 6.2 or newer is needed"],
];

for (const [version, says] of VERSIONS) {
  Deno.test(`refusalOf() version "${version}" is ${says ?? "nothing"}`, () => {
    assert.equal(refusalOf({ ...good, version }), says);
  });
}

Deno.test("refusalOf() a cluster says that it cannot be used", () => {
  assert.match(refusalOf({ ...good, isCluster: true })!, /cluster.*one primary/);
});

Deno.test("advicesOf() says what to set where messages may be lost, and nothing otherwise", () => {
  assert.deepEqual(advicesOf(good), []);
  assert.deepEqual(advicesOf({ ...good, evictionPolicy: "" }), []);
  const [memory, eviction] = advicesOf({ ...good, appends: false, evictionPolicy: "allkeys-lru" });
  assert.match(memory!, /Set 'appendonly yes'/);
  assert.match(eviction!, /allkeys-lru.*Set 'maxmemory-policy noeviction'/);
});

const REASONS: [said: string, reason: RegExp][] = [
  ["WRONGPASS invalid username-password pair or user is disabled.", /the user or the password.*BUS_URL/],
  ["NOAUTH Authentication required.", /the user or the password.*BUS_URL/],
  ["NOPERM this user has no permissions to run the 'evalsha' command", /does not let this user/],
  ["ERR The user executing the script can't run this command or subcommand", /does not let this user/],
  ["ERR DB index is out of range", /no such database.*BUS_URL/],
  ["OOM command not allowed when used memory > 'maxmemory'.", /is full.*maxmemory/],
  ["MISCONF Redis is configured to save RDB snapshots", /cannot write to its disk/],
  ["connect ECONNREFUSED 127.0.0.1:1", /cannot be reached: connect ECONNREFUSED/],
  ["Connection is closed.", /cannot be reached: Connection is closed$/],
];

for (const [said, reason] of REASONS) {
  Deno.test(`reasonOf() "${said}" says what is wrong`, () => assert.match(reasonOf(new Error(said)), reason));
}

const ENDS: [name: string, said: string, isRefused: boolean][] = [
  ["ReplyError", "OOM command not allowed", true],
  ["ReplyError", "NOSCRIPT No matching script.", false],
  ["ReplyError", "READONLY You can't write against a read only replica.", false],
  ["ReplyError", "LOADING Redis is loading the dataset in memory", false],
  ["Error", "Command timed out", false],
  ["Error", "Connection is closed.", false],
];

for (const [name, said, isRefused] of ENDS) {
  Deno.test(`isRefusal() ${name} "${said}" is ${isRefused}`, () => {
    assert.equal(isRefusal(Object.assign(new Error(said), { name })), isRefused);
  });
}
