/** A server that is killed between any two steps: nothing runs twice, and everything ends truthfully after the next start. */
import { strict as assert } from "node:assert";
import { isEnded } from "../../shared/model/command.ts";
import { openStore } from "../../shared/store/open.ts";
import type { CommandStore, Store } from "../../shared/store/store.ts";
import { SUCCESS } from "./testing/record.ts";
import { Rig, SERVER, TestLine } from "./testing/rig.ts";

/** Lets so many steps be taken, and none after that: a step asked for then never comes back. */
class Mortal {
  constructor(public steps: number) {}

  get isDead(): boolean {
    return this.steps <= 0;
  }

  step<T>(work: () => Promise<T>): Promise<T> {
    if (this.steps-- <= 0) return new Promise(() => {});
    return work();
  }

  store(store: CommandStore): CommandStore {
    return {
      add: (...asked) => this.step(() => store.add(...asked)),
      change: (...asked) => this.step(() => store.change(...asked)),
      get: store.get.bind(store),
      list: store.list.bind(store),
      inStatus: store.inStatus.bind(store),
      prune: store.prune.bind(store),
    };
  }
}

class MortalLine extends TestLine {
  constructor(readonly mortal: Mortal) {
    super();
  }

  /** A process that is dead writes nothing; it also hears nothing of that. */
  override write(agentId: string, command: Parameters<TestLine["write"]>[1]): boolean {
    if (this.mortal.steps-- <= 0) return true;
    return super.write(agentId, command);
  }
}

/** Opens a server that dies after its steps. */
const openMortal = (mortal: Mortal, store: Store) =>
  Rig.open({ store, line: new MortalLine(mortal), commands: (commands) => mortal.store(commands) });

/** Lives a command's life as far as the server does. Gives what reached the agent. */
async function live(
  { mortal, ifOffline, rig }: { mortal: Mortal; ifOffline: "error" | "wait"; rig: Rig },
): Promise<void> {
  const until = async (work: Promise<unknown>) => {
    // What a dead server does not do is not waited for: all else is done within a few turns of a store in memory.
    const turns = (async () => {
      while (!mortal.isDead) await rig.store.ping();
      for (let turn = 0; turn < 20; turn++) await rig.store.ping();
    })();
    await Promise.race([work.catch(() => {}), turns]);
  };
  if (ifOffline === "error") rig.arrive();
  await until(rig.ask({ command_id: "cmd_1", if_offline: ifOffline }));
  if (ifOffline === "wait") {
    rig.arrive();
    await until(rig.status("cmd_1", "running"));
  }
  if (rig.line.runs("cmd_1") === 0) return;
  rig.center.report("agent_1", "cmd_1", { kind: "started", description: "df" });
  await until(rig.until("cmd_1", ({ started_at }) => started_at !== null));
  await until(rig.center.result("agent_1", "cmd_1", SUCCESS));
}

for (const ifOffline of ["error", "wait"] as const) {
  for (const isAgentAnew of [true, false]) {
    for (let steps = 0; steps <= 6; steps++) {
      const agent = isAgentAnew ? "starts anew, too" : "lives on";
      Deno.test(`if_offline ${ifOffline}: killed after ${steps} steps, its agent ${agent}`, async () => {
        await using store = await openStore("sqlite::memory:");
        const mortal = new Mortal(steps);
        const first = await openMortal(mortal, store);
        await live({ mortal, ifOffline, rig: first });
        const ran = first.line.runs("cmd_1");

        await using second = await Rig.open({ store });
        const kept = await store.commands.get(SERVER, "cmd_1");
        if (!kept) return assert.equal(ran, 0);
        const hasResult = isEnded(kept.status) && kept.execution_time_ms !== null;
        const knows = ran === 1 && !isAgentAnew && !hasResult;
        second.arrive("agent_1", knows ? ["cmd_1"] : []);
        if (knows) await second.center.result("agent_1", "cmd_1", SUCCESS);
        const isSentNow = kept.status === "waiting" && ifOffline === "wait";
        await second.until("cmd_1", ({ status }) => isEnded(status) || (isSentNow && status === "running"));
        const runs = ran + second.line.runs("cmd_1");
        assert.ok(runs <= 1, `it ran ${runs} times`);
        const { status, error_message, ...rest } = await second.center.get(SERVER, "cmd_1");
        const isWithoutWord = rest.ended_at !== null && rest.sent_at !== null &&
          rest.execution_time_ms === null;
        assert.equal(rest.is_supposed, isWithoutWord);
        if (status === "succeeded") assert.equal(runs, 1);
        if (error_message?.includes("did not run")) assert.equal(runs, 0);
        if (error_message?.includes("had begun")) assert.equal(runs, 1);
        assert.ok(
          status !== "failed" || /did not run|not known/.test(error_message ?? ""),
          error_message ?? "",
        );
      });
    }
  }
}

for (let steps = 0; steps <= 5; steps++) {
  Deno.test(`killed after ${steps} steps, one of them a cancellation: what was answered is done after the next start`, async () => {
    await using store = await openStore("sqlite::memory:");
    const mortal = new Mortal(steps);
    const first = await openMortal(mortal, store);
    first.arrive();
    const turns = async () => {
      for (let turn = 0; turn < 40; turn++) await store.ping();
    };
    await Promise.race([first.ask({ command_id: "cmd_1" }).catch(() => {}), turns()]);
    let isAnswered = false;
    const cancelling = first.center.cancel("cmd_1", "web_ada").then(() => isAnswered = true, () => {});
    await Promise.race([cancelling, turns()]);

    await using second = await Rig.open({ store });
    second.arrive("agent_1", first.line.runs("cmd_1") > 0 ? ["cmd_1"] : []);
    const kept = await store.commands.get(SERVER, "cmd_1");
    if (!isAnswered) return;
    assert.equal(kept?.cancel_asked_by, "web_ada");
    assert.ok(isEnded(kept!.status) || second.line.written.some((told) => told.isCancellation));
  });
}
