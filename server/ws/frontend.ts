/** A frontend on a socket: its session, what it sends, and what it asks for. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { check, toMessage } from "../../shared/model/codec.ts";
import { CONTROL_TYPES, timestamp } from "../../shared/model/message.ts";
import { claimed } from "../authorize.ts";
import type { Sender } from "../delivery/acceptor.ts";
import type { Session } from "../session/session.ts";
import { CommandWatching } from "./command_watching.ts";
import type { Connection } from "./connection.ts";
import { answerControl } from "./control.ts";
import type { WebSocketEdge } from "./edge.ts";
import { type Frame, unsupportedType } from "./frame.ts";
import { registerFrontendSchema } from "./registration.ts";
import { isAboutTasks, SocketTasks } from "./tasks.ts";

const log = logOf("server", "ws");

/** Registers a frontend: a new session, or the one that its token opens, with what it missed. */
export async function registerFrontend(
  edge: WebSocketEdge,
  connection: Connection,
  frame: Frame,
): Promise<() => void> {
  const asked = check(registerFrontendSchema, frame);
  const { authorize, delivery: { sessions } } = edge.options;
  const known = asked.session_token ? await sessions.byToken(asked.session_token) : undefined;
  authorize(known?.principal ?? claimed("person", ""), "register", known?.id ?? "*");
  const { session, token } = known
    ? { session: known, token: asked.session_token! }
    : await sessions.create(asked.frontend_name);
  const feed = { current: undefined as Disposable | undefined };
  const greet = (fields: Record<string, unknown>) => {
    connection.sendJson(response(edge, session, { token, ...fields }));
    feed.current = edge.joinStatus(connection, session.principal);
  };
  const watching = new CommandWatching(edge, { connection, principal: session.principal });
  const tasks = new SocketTasks(edge, { connection, principal: session.principal });
  connection.receive = (frame) => receive(edge, { connection, session, watching, tasks }, frame);
  if (known) {
    const lastSeq = asked.last_seq ?? session.seq;
    await session.resume(connection, lastSeq, (gap) => greet({ resumed: true, ...(gap ? { gap } : {}) }));
  } else {
    greet(asked.session_token ? { resumed: false } : {});
    session.attach(connection);
  }
  return () => {
    feed.current?.[Symbol.dispose]();
    watching[Symbol.dispose]();
    tasks[Symbol.dispose]();
    session.detach(connection);
  };
}

function response(
  edge: WebSocketEdge,
  session: Session,
  { token, ...fields }: { token: string; [field: string]: unknown },
): Record<string, unknown> {
  return {
    message_type: "REGISTER_FRONTEND_RESPONSE",
    status: "success",
    frontend_id: session.id,
    frontend_name: session.name,
    message: fields.resumed ? `Welcome back, ${session.name}.` : `Welcome, ${session.name}.`,
    session_token: token,
    server_id: edge.options.serverId,
    ...fields,
  };
}

const SENT = new Set(["TEXT", "REPLY", "SYSTEM"]);
const CONTROL = new Set<string>(CONTROL_TYPES);

function receive(
  edge: WebSocketEdge,
  { connection, session, watching, tasks }: {
    connection: Connection;
    session: Session;
    watching: CommandWatching;
    tasks: SocketTasks;
  },
  frame: Frame,
): void | Promise<void> {
  const type = frame.message_type;
  if (SENT.has(type)) {
    return accept(edge, connection, frame, {
      principal: session.principal,
      connectionType: "websocket",
      reader: session,
    });
  }
  if (type === "PING") {
    return connection.sendJson({ message_type: "PONG", sender_id: "server", timestamp: timestamp() });
  }
  if (type === "PONG") return;
  if (type === "SUBSCRIBE_COMMANDS") return watching.subscribe(frame);
  if (isAboutTasks(frame)) return tasks.receive(frame);
  if (type === "REQUEST_AGENT_STATUS") return edge.showStatus(connection, session.principal);
  if (CONTROL.has(type)) return answerControl(edge, { connection, principal: session.principal }, frame);
  if (type === "REGISTER_FRONTEND") {
    throw new ParleyError("conflict", "This connection is registered already. Open another one.");
  }
  throw unsupportedType(type);
}

/** Accepts a message: numbered before the next frame is read, kept and sent on without waiting for it. */
export async function accept(
  edge: WebSocketEdge,
  connection: Connection,
  frame: Frame,
  sender: Sender,
): Promise<void> {
  const { acceptor } = edge.options.delivery;
  const prepared = await acceptor.prepare(sender, toMessage(frame));
  acceptor.send(prepared).catch((error) => {
    log.warning("A message of {id} was not accepted: {error}", { id: sender.principal.id, error });
    connection.fail(error, { in_reply_to_message_id: prepared.message.message_id });
  });
}
