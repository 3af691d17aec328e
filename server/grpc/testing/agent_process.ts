/** An agent that holds its streams open until it is killed: says its id on the first line, once the server has them. */
import { peerMetadata } from "../../../shared/grpc/channel.ts";
import { TestPeer } from "./peer.ts";

const peer = new TestPeer(Deno.args[0] ?? "");
const { id, sessionKey } = await peer.register();
const hub = peer.hub.connect(peerMetadata({ id, sessionKey }));
hub.on("error", () => {});
const hubOpened = new Promise((resolve) => hub.once("metadata", resolve));
await peer.commands(id).opened;
await hubOpened;
console.log(id);
