/** A roster that nobody keeps: each process tells the others of its agents, over the bus that they share. */
import type { MessageBus } from "../../shared/bus/bus.ts";
import type { PeerRow, RosterStore } from "../../shared/store/store.ts";

const TOPIC = "coordination_roster";

type Word = { kind: "ask" } | { kind: "is"; peer: PeerRow } | { kind: "gone"; id: string };

/**
 * Opens a roster for buses beside which there is no database. It knows what others have said since it was opened, and
 * what they answer when it asks for all then; an event that is lost is made good by the next sign of life. An agent is
 * told of by the process that saved it, and ends with it.
 */
export async function openRosterTopic(bus: MessageBus): Promise<RosterStore & AsyncDisposable> {
  const known = new Map<string, PeerRow>();
  const own = new Set<string>();
  const say = (word: Word) => bus.emit(TOPIC, word);
  const hear = (word: Word) => {
    if (word.kind === "gone") return void known.delete(word.id);
    if (word.kind === "is") return void learn(known, word.peer);
    for (const id of own) if (known.has(id)) say({ kind: "is", peer: known.get(id)! }).catch(() => {});
  };
  const subscription = await bus.subscribe(TOPIC, (event) => hear(event as Word));
  await say({ kind: "ask" });
  return {
    async save(_principal, peer) {
      known.set(peer.id, peer);
      own.add(peer.id);
      await say({ kind: "is", peer });
    },
    async seen(_principal, peers) {
      for (const { id, ...sign } of peers) {
        const peer = known.get(id);
        if (!peer) continue;
        known.set(id, { ...peer, ...sign });
        await say({ kind: "is", peer: { ...peer, ...sign } });
      }
    },
    list: () => Promise.resolve([...known.values()].sort((one, other) => one.id < other.id ? -1 : 1)),
    servers: () => Promise.resolve([]),
    async remove(_principal, id) {
      known.delete(id);
      own.delete(id);
      await say({ kind: "gone", id });
    },
    [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose](),
  };
}

/** Events of several processes come in any order: the newest counts. */
function learn(known: Map<string, PeerRow>, peer: PeerRow): void {
  const before = known.get(peer.id);
  if (!before || before.last_seen <= peer.last_seen) known.set(peer.id, peer);
}
