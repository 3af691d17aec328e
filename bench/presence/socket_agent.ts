/** An agent on a WebSocket as somebody else would write one: it registers and answers PINGs. As a process: URL, name. */

/** Registers an agent of this id and name at `url`; resolves once it is. */
export function openSocketAgent(url: string, name: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const send = (frame: Record<string, unknown>) => socket.send(JSON.stringify(frame));
    socket.onerror = () => reject(new Error(`${url} takes no agent`));
    socket.onopen = () =>
      send({ message_type: "REGISTER_AGENT", agent_name: name, agent_id: name, capabilities: ["bench"] });
    socket.onmessage = ({ data }) => {
      const { message_type: type } = JSON.parse(data);
      if (type === "PING") send({ message_type: "PONG", agent_id: name });
      if (type === "REGISTER_AGENT_RESPONSE") resolve(socket);
    };
  });
}

if (import.meta.main) await openSocketAgent(Deno.args[0]!, Deno.args[1]!);
