/** Who asks over HTTP: the session whose token is shown, or everybody while nobody has to sign in. */
import { ParleyError } from "../../shared/error.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { Sender } from "../delivery/acceptor.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { Reader } from "../session/session.ts";
import type { TaskCaller } from "../task/desk.ts";

/** `principal` limits what is seen; the server's own sees everything. */
export interface Caller {
  principal: Principal;
  session: Reader | undefined;
}

/** Reads the `Authorization` header. Throws `unauthenticated` for a token that opens no session. */
export async function callerOf(authorization: string | undefined, delivery: Delivery): Promise<Caller> {
  if (!authorization) return { principal: delivery.context.server, session: undefined };
  const token = /^Bearer +(\S{1,200})$/i.exec(authorization)?.[1];
  const session = token ? await delivery.sessions.readerByToken(token) : undefined;
  if (session) return { principal: session.principal, session };
  const hint =
    "The session token is not valid. Show the session_token of a registration as 'Bearer <token>'.";
  throw new ParleyError("unauthenticated", hint);
}

/** Says as whom a caller sends messages. */
export function senderOf({ session }: Caller, delivery: Delivery): Sender {
  if (session) return { principal: session.principal, connectionType: "http", reader: session };
  const { mailbox } = delivery.sessions;
  return { principal: mailbox.principal, connectionType: "http", reader: mailbox, isAnybody: true };
}

/** Says as whom a caller asks for tasks, and as whom it is shown them. Throws as `callerOf`. */
export async function deskCallerOf(
  authorization: string | undefined,
  delivery: Delivery,
): Promise<TaskCaller> {
  const { principal: sees, session } = await callerOf(authorization, delivery);
  return { asks: session?.principal ?? delivery.sessions.mailbox.principal, sees };
}
