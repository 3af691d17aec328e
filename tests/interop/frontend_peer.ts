// A stranger's frontend: it registers, asks, and follows what becomes of a question.

import { freshId, type Message } from "./message.ts";
import { Socket } from "./socket.ts";

/** Chats over one plain WebSocket, which it owns until it is disposed. */
export class FrontendPeer implements AsyncDisposable {
  private constructor(readonly socket: Socket, readonly registration: Message) {}

  /** Registers as `name`; `fields` adds to the registration, such as `session_token` and `last_seq`. */
  static async join(url: string, name: string, fields: Partial<Message> = {}): Promise<FrontendPeer> {
    const socket = await FrontendPeer.attempt(url, name, fields);
    return new FrontendPeer(socket, await socket.next("REGISTER_FRONTEND_RESPONSE"));
  }

  /** Sends the registration only, for a test that expects something else than success. */
  static async attempt(url: string, name: string, fields: Partial<Message>): Promise<Socket> {
    const socket = await Socket.open(url, `frontend ${name}`);
    socket.send({ message_type: "REGISTER_FRONTEND", frontend_name: name, ...fields });
    return socket;
  }

  get id(): string {
    return this.registration.frontend_id as string;
  }

  /** Sends a `TEXT` and returns the `message_id` that it chose for it. */
  say(text: string, fields: Partial<Message> = {}): string {
    const messageId = freshId("msg");
    this.socket.send({ message_type: "TEXT", message_id: messageId, text_payload: text, ...fields });
    return messageId;
  }

  /** Takes the frame that shows the question `messageId` with `status`. */
  status(messageId: string, status: string): Promise<Message> {
    const match = (frame: Message) => frame.message_id === messageId && frame.routing_status === status;
    return this.socket.frames.take(`${messageId} ${status}`, match);
  }

  /** Takes the answer to `messageId`: the `REPLY`, or whatever `type` says. */
  answer(messageId: string, type = "REPLY"): Promise<Message> {
    return this.socket.next(type, (frame) => frame.in_reply_to_message_id === messageId);
  }

  /** Asks and resolves with the answer. */
  ask(text: string, fields: Partial<Message> = {}, type = "REPLY"): Promise<Message> {
    return this.answer(this.say(text, fields), type);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.socket[Symbol.asyncDispose]();
  }
}
