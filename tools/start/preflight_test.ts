import assert from "node:assert/strict";
import { ConfigError } from "../../shared/config.ts";
import { checkPorts, checkVariables } from "./preflight.ts";

function listening(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 }) as Deno.TcpListener;
}

const NAMES = ["PORT", "GRPC_PORT", "WEB_PORT"] as const;

/** Three ports that nothing listens on. */
function freePorts(): Record<typeof NAMES[number], string> {
  const listeners = NAMES.map(listening);
  const [PORT = "", GRPC_PORT = "", WEB_PORT = ""] = listeners.map(({ addr }) => String(addr.port));
  listeners.forEach((listener) => listener.close());
  return { PORT, GRPC_PORT, WEB_PORT };
}

function faultOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return "";
}

Deno.test("checkPorts() is content with free ports, and leaves them free", () => {
  const env = freePorts();
  checkPorts(env);
  checkPorts(env);
});

Deno.test("checkPorts() names each port that is taken, and no other", () => {
  const env = freePorts();
  for (const name of NAMES) {
    using other = listening();
    const fault = faultOf(() => checkPorts({ ...env, [name]: String(other.addr.port) }));
    assert.match(fault, new RegExp(`^${name}: port ${other.addr.port} is in use\\. .* set ${name} `));
    assert.equal(fault.split("\n").length, 1);
  }
});

Deno.test("checkPorts() finds a port that is given twice", () => {
  const env = freePorts();
  assert.match(faultOf(() => checkPorts({ ...env, WEB_PORT: env.PORT })), /^WEB_PORT: /);
});

Deno.test("checkVariables() lists the faults of every process together, each once", () => {
  checkVariables({});
  const fault = faultOf(() =>
    checkVariables({
      LOG_LEVEL: "loud",
      MAX_MESSAGE_BYTES: "1",
      ROUTING_STRATEGY: "best",
      AGENT_MAX_CONCURRENT: "0",
    })
  );
  const named = Array.from(fault.matchAll(/^ *([A-Z_]+):/gm), ([, name]) => name).sort();
  assert.deepEqual(named, [
    "AGENT_MAX_CONCURRENT",
    "LOG_LEVEL",
    "MAX_MESSAGE_BYTES",
    "ROUTING_STRATEGY",
  ]);
});
