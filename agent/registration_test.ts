import { strict as assert } from "node:assert";
import { type ErrorCode, ParleyError } from "../shared/error.ts";
import {
  type NextTry,
  nextTry,
  preferredIdOf,
  type Profile,
  refusal,
  registrationOf,
} from "./registration.ts";

const profile: Profile = {
  name: "Ada",
  id: "agent_ada",
  role: "worker",
  capabilities: ["chat", "math"],
  maxConcurrent: 8,
  version: "1.0.0",
};

Deno.test("registrationOf() presents the agent, without a key the first time", () => {
  const request = registrationOf(profile, undefined);
  assert.equal(request.agentId, "agent_ada");
  assert.equal(request.sessionKey, "");
  assert.deepEqual(request.capabilities, { chat: "true", math: "true" });
  assert.equal(request.maxConcurrentTasks, 8);
});

Deno.test("registrationOf() shows the session key to have the assigned id again", () => {
  const request = registrationOf({ ...profile, id: undefined }, { id: "agent_x", sessionKey: "k" });
  assert.deepEqual([request.agentId, request.sessionKey], ["agent_x", "k"]);
});

const { id: _, ...nameless } = profile;
const preferring = { ...nameless, preferredId: "agent_ada-1" };

const CASES: [code: ErrorCode, failures: number, profile: Profile, next: NextTry][] = [
  ["unavailable", 1_000, profile, "again"],
  ["timeout", 3, profile, "again"],
  ["conflict", 1, profile, "again"],
  ["conflict", 5, profile, "never"],
  ["conflict", 1, preferring, "again"],
  ["conflict", 5, preferring, "anonymously"],
  ["conflict", 5, nameless, "never"],
  ["invalid_message", 1, profile, "never"],
  ["unsupported_type", 1, profile, "never"],
  ["unauthenticated", 1, preferring, "never"],
  ["forbidden", 1, profile, "again"],
];

for (const [code, failures, who, next] of CASES) {
  const id = who.id ?? who.preferredId ?? "no id";
  Deno.test(`nextTry() is ${next} after ${failures} × ${code} with ${id}`, () => {
    assert.equal(nextTry(code, failures, who), next);
  });
}

Deno.test("preferredIdOf() is the same for the same name and machine, and an id that is allowed", async () => {
  const id = await preferredIdOf("Ada L.", "box");
  assert.match(id, /^agent_ada-l-[0-9a-f]{8}$/);
  assert.equal(id, await preferredIdOf("Ada L.", "box"));
  assert.notEqual(id, await preferredIdOf("Ada L.", "other box"));
  assert.match(await preferredIdOf("Zoë 愛", "box"), /^agent_zo-[0-9a-f]{8}$/);
});

Deno.test("refusal() names the id in use and what to change", () => {
  const error = refusal(new ParleyError("conflict", "taken"), profile, "localhost:50051");
  assert.equal(error.code, "conflict");
  assert.match(error.message, /'agent_ada' is in use.*another --id/);
});

Deno.test("refusal() keeps the server's own sentence where it says more than we know", () => {
  const error = refusal(new ParleyError("forbidden", "Not from here."), profile, "localhost:50051");
  assert.match(error.message, /refused to register 'Ada': Not from here\./);
});
