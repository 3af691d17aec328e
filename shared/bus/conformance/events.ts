/** Cases: events go to everybody who is there. */
import { strict as assert } from "node:assert";
import type { BusRig } from "../conformance.ts";
import { freshQueue, Inbox } from "./inbox.ts";

export const eventCases = {
  async "an event reaches every subscriber of its topic, and nobody else"(rig: BusRig) {
    const [one, two] = [await rig.member(), await rig.member()];
    const [topic, other] = [freshQueue(), freshQueue()];
    const [here, there, elsewhere] = [new Inbox<unknown>(), new Inbox<unknown>(), new Inbox<unknown>()];
    await one.bus.subscribe(topic, (event) => here.put(event));
    await two.bus.subscribe(topic, (event) => there.put(event));
    await two.bus.subscribe(other, (event) => elsewhere.put(event));
    await one.bus.emit(topic, { target: "web_1", pieces: ["ä", null, 1] });
    await one.bus.emit(other, "end");
    for (const inbox of [here, there]) {
      assert.deepEqual(await inbox.next("the event"), { target: "web_1", pieces: ["ä", null, 1] });
    }
    assert.equal(await elsewhere.next("the other topic's event"), "end");
    assert.deepEqual(elsewhere.rest(), []);
  },

  async "a subscriber that has left or throws does not disturb the others"(rig: BusRig) {
    const { bus } = await rig.member();
    const topic = freshQueue();
    const [gone, staying] = [new Inbox<unknown>(), new Inbox<unknown>()];
    const leaving = await bus.subscribe(topic, (event) => gone.put(event));
    await bus.subscribe(topic, () => {
      throw new Error("a subscriber's fault");
    });
    await bus.subscribe(topic, (event) => staying.put(event));
    await leaving[Symbol.asyncDispose]();
    await leaving.closed;
    await bus.emit(topic, 1);
    assert.equal(await staying.next("the event"), 1);
    assert.deepEqual(gone.rest(), []);
  },
};
