/** Cases: what servers leave for each other. */
import assert from "node:assert/strict";
import type { StoreCase } from "../conformance.ts";
import type { Store } from "../store.ts";
import { otherTenant, server } from "./fixtures.ts";

async function left({ errands }: Store, serverId: string, limit = 10): Promise<string[]> {
  return (await errands.list(server, serverId, limit)).map(({ body }) => body);
}

export const errandCases: Record<string, StoreCase> = {
  async "what is left for a server is listed to it alone, oldest first, until it is removed"(store) {
    const { errands } = store;
    for (const body of ["1", "2", "3 👩‍👩‍👧‍👦"]) await errands.add(server, "server_1", body);
    await errands.add(server, "server_2", "other");
    await errands.add(otherTenant, "server_1", "tenant");
    assert.deepEqual(await left(store, "server_1"), ["1", "2", "3 👩‍👩‍👧‍👦"]);
    assert.deepEqual(await left(store, "server_1", 2), ["1", "2"]);
    const [first, , third] = await errands.list(server, "server_1", 10);
    await errands.remove(server, [first!.position, third!.position]);
    await errands.remove(server, []);
    assert.deepEqual([await left(store, "server_1"), await left(store, "server_2")], [["2"], ["other"]]);
  },

  async "takeOver() takes what is left for those that are gone, in its place"(store) {
    const { errands } = store;
    for (const id of ["server_1", "server_gone", "server_2", "server_3"]) await errands.add(server, id, id);
    await errands.add(otherTenant, "server_gone", "tenant");
    await errands.takeOver(server, "server_1", ["server_2"]);
    assert.deepEqual(await left(store, "server_1"), ["server_1", "server_gone", "server_3"]);
    assert.deepEqual(await left(store, "server_2"), ["server_2"]);
    assert.equal((await errands.list(otherTenant, "server_gone", 10)).length, 1);
  },
};
