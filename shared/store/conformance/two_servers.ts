/** Cases: two servers write to one database at once. */
import assert from "node:assert/strict";
import type { TwoStoreCase } from "../conformance.ts";
import { newId } from "../../model/id.ts";
import { as, kept } from "./tasks.ts";
import { ada, bob, FUTURE, peer, rejects, server, session, text } from "./fixtures.ts";

const ROUNDS = 20;

/** Runs `work` for each round, all at once. */
async function rounds<T>(work: (round: number) => Promise<T>): Promise<T[]> {
  return await Promise.all(Array.from({ length: ROUNDS }, (_, round) => work(round)));
}

export const twoServerCases: Record<string, TwoStoreCase> = {
  async "of two servers that take a session, one does"([one, two]) {
    await rounds(async () => {
      const own = session({ server_id: null });
      await one.sessions.create(ada, own);
      const taken = await Promise.all(
        [one, two].map(({ sessions }, index) =>
          sessions.give(server, own.frontend_id, { from: null, to: `server_${index}` })
        ),
      );
      assert.deepEqual(taken.toSorted(), [false, true]);
    });
  },

  async "what one server leaves for the other is found there"([one, two]) {
    await one.errands.add(server, "server_2", "{}");
    assert.equal((await two.errands.list(server, "server_2", 10)).length, 1);
  },

  async "what one server has written the other reads"([one, two]) {
    const message = text();
    await one.conversations.add(ada, message, "accepted");
    assert.deepEqual((await two.conversations.get(ada, message.message_id))?.message, message);
    await two.conversations.change(server, message.message_id, { state: "routed" });
    assert.equal((await one.conversations.get(ada, message.message_id))?.state, "routed");
  },

  async "of two servers that add one message, one does"(stores) {
    await rounds(async (round) => {
      const message = text({ message_id: `msg_${round}`, conversation_id: "conv_1" });
      const added = await Promise.all(
        stores.map(({ conversations }) => conversations.add(ada, message, "accepted")),
      );
      assert.deepEqual(added.sort(), [false, true]);
    });
    assert.equal((await stores[0].conversations.find(ada, "conv_1"))?.message_count, ROUNDS);
  },

  async "a conversation counts what two servers add, and stands where its newest message does"(stores) {
    const others = Array.from({ length: 3 }, (_, index) => `conv_${index}`);
    await rounds((round) =>
      Promise.all(stores.map(({ conversations }, index) =>
        conversations.add(
          server,
          text({ conversation_id: others[(round + index) % 3]!, _seq: round * 2 + index }),
          "accepted",
        )
      ))
    );
    const [{ conversations }] = stores;
    const { items } = await conversations.list(server, { limit: 10 });
    assert.equal(items.reduce((sum, { message_count }) => sum + message_count, 0), ROUNDS * 2);
    const newest = await Promise.all(items.map(async ({ conversation_id, message_count }) => {
      const page = await conversations.messages(server, conversation_id, { limit: 500 });
      assert.equal(page.items.length, message_count);
      const highest = Math.max(...page.items.map(({ message }) => message._seq as number));
      assert.equal(await conversations.highestSeq(server, conversation_id), highest);
      return page.items[0]!.position;
    }));
    assert.deepEqual(
      newest,
      newest.toSorted((a, b) => b - a),
      "the newest message is at the head of the list",
    );
  },

  async "of two people who begin one conversation at two servers, it is one's, and the other is refused"(
    stores,
  ) {
    const [one, two] = stores;
    await rounds(async (round) => {
      const conversation_id = `conv_${round}`;
      const results = await Promise.allSettled([
        one.conversations.add(ada, text({ conversation_id }), "accepted"),
        two.conversations.add(bob, text({ conversation_id, sender_id: bob.id }), "accepted"),
      ]);
      assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      const seen = await Promise.all(
        [ada, bob].map((person) => one.conversations.find(person, conversation_id)),
      );
      assert.deepEqual(seen.map(Boolean), results.map(({ status }) => status === "fulfilled"));
      assert.equal((await one.conversations.find(server, conversation_id))?.message_count, 1);
    });
  },

  async "a message that one server changes only from a state is changed by one of two"(stores) {
    await rounds(async (round) => {
      const message = text({ message_id: `msg_${round}` });
      await stores[0].conversations.add(server, message, "accepted");
      const names = ["agent_1", "agent_2"];
      await Promise.all(
        stores.map(({ conversations }, index) =>
          conversations.change(server, message.message_id, {
            state: "waiting",
            receiver_id: names[index]!,
            onlyFrom: "accepted",
          })
        ),
      );
      const kept = await stores[0].conversations.get(server, message.message_id);
      assert.deepEqual(await stores[1].conversations.get(server, message.message_id), kept);
      assert.ok(names.includes(kept?.message.receiver_id ?? ""));
    });
  },

  async "a conversation that one server removes while the other adds keeps no message without it"(stores) {
    const [one, two] = stores;
    await rounds(async (round) => {
      const conversation_id = `conv_${round}`;
      await one.conversations.add(server, text({ conversation_id }), "accepted");
      const added = [1, 2, 3].map(() => two.conversations.add(server, text({ conversation_id }), "accepted"));
      await Promise.all([one.conversations.remove(server, conversation_id), ...added]);
      const kept = await one.conversations.messages(server, conversation_id, { limit: 10 });
      const conversation = await one.conversations.find(server, conversation_id);
      assert.equal(conversation?.message_count ?? 0, kept.items.length);
    });
  },

  async "of two servers that make one session, one does"(stores) {
    await rounds(async () => {
      const row = session();
      const results = await Promise.allSettled(stores.map(({ sessions }) => sessions.create(server, row)));
      assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      const [refused] = results.filter((result) => result.status === "rejected");
      await rejects(Promise.reject(refused?.reason), "conflict");
    });
  },

  async "frames that two servers add to one session rise, whichever was first"(stores) {
    await rounds(async () => {
      const frontend_id = newId("web");
      await stores[0].sessions.create(server, session({ frontend_id }));
      const frame = (seq: number) => ({ seq, body: `${seq}`, at: "2026" });
      const results = await Promise.allSettled([
        stores[0].sessions.addFrames(server, frontend_id, [frame(1), frame(2), frame(3)]),
        stores[1].sessions.addFrames(server, frontend_id, [frame(2)]),
      ]);
      const kept = await stores[0].sessions.framesAfter(server, frontend_id, 0, 10);
      const [many] = results.map(({ status }) => status);
      // Whoever comes first leaves the other nothing: 2 does not rise above 3, nor 1 above 2.
      assert.deepEqual(kept.map(({ seq }) => seq), many === "fulfilled" ? [1, 2, 3] : [2]);
      assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    });
  },

  async "of two servers that change a command only from a status, one does"(stores) {
    const [one, two] = stores;
    await rounds(async () => {
      const command = {
        command_id: newId("cmd"),
        agent_id: "agent_1",
        requested_by: ada.id,
        type: "shell",
        content: "df",
        status: "waiting" as const,
        created_at: "2026-01-01T00:00:00.000Z",
      };
      await one.commands.add(server, command as never);
      const changes = await Promise.all([
        one.commands.change(server, command.command_id, { status: "running" }, ["waiting"]),
        two.commands.change(server, command.command_id, { status: "cancelled" }, ["waiting"]),
      ]);
      assert.equal(changes.filter((changed) => changed === undefined).length, 1);
      const kept = await two.commands.get(server, command.command_id);
      assert.equal(kept?.status, changes.find((changed) => changed !== undefined)?.status);
    });
  },

  async "of two servers that add one request, one does, and both know which task it is"(stores) {
    await rounds(async (round) => {
      const asked = stores.map(() => kept({ idempotency_key: `key_${round}` }));
      const there = await Promise.all(stores.map(({ tasks }, index) => tasks.add(server, [asked[index]!])));
      const [known] = there.flat().filter((task) => task !== undefined);
      const added = asked.find((_, index) => there[index]![0] === undefined);
      assert.equal(known?.task.task_id, added?.task.task_id);
    });
    const [{ tasks }] = stores;
    assert.equal((await tasks.open(server, 0)).length, ROUNDS);
  },

  async "of two servers that change one version of a task, one does"(stores) {
    const all = Array.from({ length: ROUNDS }, () => kept());
    await stores[0].tasks.add(server, all);
    // In opposite orders, so that each waits for what the other holds.
    const orders = [all, all.toReversed()];
    const done = await Promise.all(
      stores.map(({ tasks }, index) =>
        tasks.change(
          server,
          orders[index]!.map((task) => as(task, { status: "assigned", agent_id: `agent_${index}` })),
        )
      ),
    );
    const [one, two] = [done[0]!, done[1]!.toReversed()];
    assert.ok(one.every((isDone, index) => isDone !== two[index]), "each was changed once");
    for (const { task, version } of await stores[0].tasks.open(server, 0)) {
      const index = all.findIndex((each) => each.task.task_id === task.task_id);
      assert.deepEqual([version, task.agent_id], [2, one[index] ? "agent_0" : "agent_1"]);
    }
  },

  async "two servers keep one peer and one dead letter of an id"(stores) {
    await rounds(async (round) => {
      const id = `agent_${round}`;
      const letter = {
        id: `msg_${round}`,
        queue: "q",
        body: "{}",
        code: "internal",
        reason: "r",
        at: "2026",
      };
      await Promise.all(stores.flatMap(({ roster, deadLetters }) => [
        roster.save(server, peer({ id })),
        deadLetters.add(server, letter),
      ]));
    });
    const [{ roster, deadLetters }] = stores;
    assert.equal((await roster.list(server)).length, ROUNDS);
    assert.equal((await deadLetters.list(server, { limit: 500 })).items.length, ROUNDS);
  },

  async "two servers prune at once"(stores) {
    const change = { kind: "agent", at: "2026", status: "idle", is_online: true, reason: "" } as const;
    await stores[0].history.add(
      server,
      Array.from({ length: 1_200 }, (_, index) => ({ ...change, id: `agent_${index % 3}` })),
    );
    const pruned = stores.map(({ history }) => history.prune(server, "2025", 10));
    // A third that comes a moment later finds what the others have not finished.
    await Promise.all([...pruned, stores[0].ping().then(() => stores[1].history.prune(server, "2025", 10))]);
    for (const id of ["agent_0", "agent_1", "agent_2"]) {
      assert.equal((await stores[1].history.list(server, id, { limit: 500 })).items.length, 10);
    }
    await Promise.all(stores.map(({ history }) => history.prune(server, FUTURE, 10)));
    assert.equal((await stores[1].history.list(server, "agent_0", { limit: 500 })).items.length, 0);
  },
};
