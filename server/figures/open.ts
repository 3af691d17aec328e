/** The sampler over the parts of a server. */
import type { QueueStats } from "../../shared/bus/bus.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { ConversationStore } from "../../shared/store/store.ts";
import type { CommandCenter } from "../command/center.ts";
import type { Metrics } from "../metrics.ts";
import { type Clock, systemClock } from "../presence/clock.ts";
import type { Roster } from "../roster.ts";
import type { TaskCenter } from "../task/center.ts";
import { type Levels, Sampler, type Totals } from "./sampler.ts";

interface Parts {
  metrics: Metrics;
  roster: Pick<Roster, "figures">;
  tasks: Pick<TaskCenter, "figures">;
  center: Pick<CommandCenter, "figures">;
  conversations: Pick<ConversationStore, "countInState">;
  server: Principal;
  queues: () => Promise<QueueStats[]>;
  clock?: Clock | undefined;
}

/** Begins to take samples. */
export function openSampler(parts: Parts): Sampler {
  const { metrics, conversations, server, queues, clock = systemClock } = parts;
  return new Sampler({
    clock,
    totals: () => totalsOf(parts),
    levels: () => levelsOf(parts),
    roundTrips: () => metrics.roundTrips.take(),
    messagesWaiting: () => conversations.countInState(server, "waiting"),
    queues,
  });
}

function totalsOf({ metrics, tasks, center }: Parts): Totals {
  const { accepted, delivered, deadLetters, errors } = metrics.delivery;
  return {
    accepted,
    delivered,
    dead_letters: deadLetters,
    errors: sum(errors.values()),
    tasks_ended: sum(Object.values(tasks.figures().ended)),
    commands_ended: sum(Object.values(center.figures().ended)),
  };
}

function levelsOf({ roster, tasks }: Parts): Levels {
  const { waiting, held } = tasks.figures();
  return {
    agents_online: roster.figures().agentsOnline,
    tasks_waiting: waiting,
    tasks_held: held,
    memory_bytes: Deno.memoryUsage().rss,
  };
}

function sum(counts: Iterable<number>): number {
  let all = 0;
  for (const count of counts) all += count;
  return all;
}
