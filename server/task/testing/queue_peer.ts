/** A peer that registered over gRPC, announces nothing of tasks, and reads its queue by itself. */
import assert from "node:assert/strict";
import { TestPeer } from "../../grpc/testing/peer.ts";
import type { Hub } from "../../testing/hub.ts";

export type Json = Record<string, unknown>;

export class QueuePeer {
  private constructor(readonly hub: Hub, readonly id: string, readonly resources: AsyncDisposableStack) {}

  static async join(hub: Hub, id: string, capabilities: Record<string, string> = {}): Promise<QueuePeer> {
    const resources = new AsyncDisposableStack();
    const grpc = resources.use(new TestPeer(`127.0.0.1:${hub.server.grpcPort}`));
    await grpc.register({ agentId: id, capabilities, maxConcurrentTasks: 1 });
    return new QueuePeer(hub, id, resources);
  }

  /** Writes as an agent does; the small broker passes it on. */
  send(message: Json): Promise<void> {
    return this.hub.publish({ sender_id: this.id, ...message }, "broker_input_queue");
  }

  /** Takes the next message from its queue. */
  async next(): Promise<Json> {
    const [delivery] = await this.hub.bus.pull(`agent_queue_${this.id}`, { limit: 1, blockMs: 20_000 });
    assert.ok(delivery, "nothing came");
    await delivery.settle({ kind: "ack" });
    return JSON.parse(String(delivery.envelope.body));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.resources.disposeAsync();
  }
}
