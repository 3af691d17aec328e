/** Cases: commands and their results. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import { COMMAND_STATUSES, type CommandRecord, NOTHING_YET } from "../../model/command.ts";
import { newId } from "../../model/id.ts";
import type { Principal } from "../../model/principal.ts";
import { ada, bob, FUTURE, guide, otherTenant, rejects, server } from "./fixtures.ts";

const AT = "2026-01-01T00:00:00.000Z";
const broker: Principal = { kind: "broker", id: "broker_1", tenantId: "default" };

const command = (fields: Partial<CommandRecord> = {}): CommandRecord => ({
  command_id: newId("cmd"),
  agent_id: guide.id,
  type: "shell",
  content: "df -h",
  arguments: ["df", "-h"],
  parameters: {},
  timeout_s: 300,
  if_offline: "error",
  status: "running",
  ...NOTHING_YET,
  created_at: AT,
  requested_by: ada.id,
  ...fields,
});

const ids = (commands: CommandRecord[]) => commands.map(({ command_id }) => command_id);

export const commandCases: Record<string, StoreCase> = {
  async "a command is kept as it was, however odd"({ commands }) {
    const odd = command({
      arguments: ["a b", "line\nbreak", "'\";", ""],
      parameters: { "ключ": "\0" },
      output: `\0\ud800${"👩‍👩‍👧‍👦".repeat(40_000)}`,
      approval: { digest: "sha256:1", description: "df -h", expires_at: AT },
      execution_time_ms: 1.5,
      exit_code: -1,
    });
    await commands.add(server, odd);
    assert.deepEqual(await commands.get(server, odd.command_id), odd);
    assert.equal(await commands.get(server, "cmd_unknown"), undefined);
  },

  async "add() of a known command is a conflict and changes nothing"({ commands }) {
    const known = command();
    const adding = Array.from(
      { length: 10 },
      (_, index) => commands.add(server, { ...known, exit_code: index }),
    );
    const results = await Promise.allSettled(adding);
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    await rejects(commands.add(server, known), "conflict");
    assert.equal((await commands.get(server, known.command_id))?.exit_code, 0);
  },

  async "change() of a command gives it as it is then"({ commands }) {
    const waiting = command({ status: "waiting" });
    await commands.add(server, waiting);
    const change = { status: "running", sent_at: AT, description: undefined } as const;
    const running = { ...waiting, status: "running", sent_at: AT };
    assert.deepEqual(await commands.change(server, waiting.command_id, change), running);
    assert.deepEqual(await commands.get(server, waiting.command_id), running);
    assert.equal(await commands.change(server, "cmd_unknown", change), undefined);
  },

  async "change() of a command changes nothing unless it is in one of the statuses"({ commands }) {
    const ended = command({ status: "timed_out" });
    await commands.add(server, ended);
    const result = { status: "succeeded", output: "late" } as const;
    assert.equal(await commands.change(server, ended.command_id, result, ["running", "waiting"]), undefined);
    assert.deepEqual(await commands.get(server, ended.command_id), ended);
    assert.equal(await commands.change(server, ended.command_id, result, []), undefined);
    const changed = await commands.change(server, ended.command_id, result, ["running", "timed_out"]);
    assert.deepEqual(changed, { ...ended, ...result });
  },

  async "of many results for one command one is taken"({ commands }) {
    const running = command();
    await commands.add(server, running);
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => {
      const result = { status: "succeeded", exit_code: index } as const;
      return commands.change(server, running.command_id, result, ["running"]);
    }));
    assert.deepEqual(results.filter(Boolean).map((taken) => taken?.exit_code), [0]);
  },

  async "changes of one command apply in the order they were asked for"({ commands }) {
    const running = command();
    await commands.add(server, running);
    for (let step = 0; step < 20; step++) {
      commands.change(server, running.command_id, { truncated_bytes: step, exit_code: step });
    }
    assert.equal((await commands.get(server, running.command_id))?.exit_code, 19);
  },

  async "commands are listed newest first, of one agent or all"({ commands }) {
    const all = ["agent_1", "agent_2", "agent_1"].map((agent_id) => command({ agent_id }));
    await Promise.all(all.map((one) => commands.add(server, one)));
    await commands.change(server, all[0]!.command_id, { status: "failed" });
    const list = async (agentId?: string) => ids((await commands.list(server, { limit: 10, agentId })).items);
    assert.deepEqual(await list(), ids(all).toReversed());
    assert.deepEqual(await list("agent_1"), [ids(all)[2], ids(all)[0]]);
    assert.deepEqual(await list("agent_3"), []);
  },

  async "pages of commands give each once, newest first, though more are added meanwhile"({ commands }) {
    const all = Array.from({ length: 7 }, () => command());
    for (const one of all) await commands.add(server, one);
    const read: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await commands.list(server, {
        limit: 3,
        agentId: guide.id,
        ...(cursor ? { cursor } : {}),
      });
      read.push(...ids(page.items));
      await commands.add(server, command());
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    assert.deepEqual(read, ids(all).reverse());
  },

  async "commands refuse a limit out of range and a cursor of another list"({ commands }) {
    for (const limit of [0, -1, 1.5, NaN, 101]) {
      await rejects(commands.list(server, { limit }), "invalid_message");
    }
    for (const cursor of ["", "commands:0", "history:3", "3"]) {
      await rejects(commands.list(server, { limit: 3, cursor }), "invalid_message");
    }
  },

  async "inStatus() lists oldest first, by statuses and agent"({ commands }) {
    const all = COMMAND_STATUSES.flatMap((status) =>
      ["agent_1", "agent_2"].map((agent_id) => command({ status, agent_id }))
    );
    for (const one of all) await commands.add(server, one);
    const expected = (statuses: readonly string[], agent?: string) =>
      ids(all.filter((one) => statuses.includes(one.status) && (!agent || one.agent_id === agent)));
    for (
      const statuses of [["running"], ["waiting", "awaiting_approval"], ["failed", "running"], []] as const
    ) {
      assert.deepEqual(ids(await commands.inStatus(server, statuses)), expected(statuses));
      assert.deepEqual(
        ids(await commands.inStatus(server, statuses, "agent_1")),
        expected(statuses, "agent_1"),
      );
    }
  },

  async "who sees a command: the server, who asked for it, and whom it is for"({ commands }) {
    const one = command();
    await commands.add(server, one);
    const namesakes: Principal[] = [{ ...ada, id: guide.id }, { ...guide, id: ada.id }];
    const whoSees = [server, ada, guide];
    for (const principal of [...whoSees, bob, broker, otherTenant, ...namesakes]) {
      const sees = whoSees.includes(principal);
      assert.equal(await commands.get(principal, one.command_id) !== undefined, sees);
      assert.equal((await commands.list(principal, { limit: 10 })).items.length, sees ? 1 : 0);
      assert.equal((await commands.inStatus(principal, ["running"])).length, sees ? 1 : 0);
      const changed = await commands.change(principal, one.command_id, { description: principal.id });
      assert.equal(changed?.description, sees ? principal.id : undefined);
    }
    assert.equal((await commands.get(server, one.command_id))?.description, guide.id);
  },

  async "the same command id in two tenants is two commands"({ commands }) {
    const one = command();
    await commands.add(server, one);
    await commands.add(otherTenant, { ...one, content: "uptime" });
    await commands.change(otherTenant, one.command_id, { status: "failed" });
    assert.deepEqual(await commands.get(server, one.command_id), one);
  },

  async "prune() of commands drops old ones that have ended"({ commands }) {
    const old = COMMAND_STATUSES.map((status) => command({ status }));
    const fresh = command({ status: "failed", created_at: FUTURE });
    for (const one of [...old, fresh]) await commands.add(server, one);
    await commands.prune(otherTenant, FUTURE);
    assert.equal((await commands.list(server, { limit: 100 })).items.length, old.length + 1);
    await commands.prune(server, FUTURE);
    const left = [fresh.command_id, ...ids(old.slice(0, 3)).reverse()];
    assert.deepEqual(ids((await commands.list(server, { limit: 100 })).items), left);
  },
};
