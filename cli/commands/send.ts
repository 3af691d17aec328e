/** `send`: asks, and shows the answer as it is written. */
import type { Message } from "../../shared/model/message.ts";
import { newId } from "../../shared/model/id.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../fault.ts";
import { resolve } from "../names.ts";
import type { Screen } from "../screen.ts";
import { Talk } from "../talk.ts";
import type { Workplace } from "../workplace.ts";

export interface SendOptions {
  to?: string;
  conversation?: string;
  /** In seconds. */
  timeout: number;
}

/** The server waits no longer, in seconds. */
const LONGEST_WAIT_S = 300;

export async function send(
  given: string | undefined,
  options: SendOptions,
  workplace: Workplace,
): Promise<number> {
  const { api, config, screen, signal } = workplace;
  if (options.to === undefined) await api.reach();
  const message = {
    message_type: "TEXT",
    message_id: newId("msg"),
    text_payload: await textOf(given, screen),
    receiver_id: options.to === undefined
      ? undefined
      : await resolve(api, options.to, { onPreferred: (sentence) => screen.say(sentence) }),
    conversation_id: options.conversation,
  };
  if (options.conversation && !config.token) return await ask(message, options.timeout, workplace);
  const talk = new Talk(message, { config, screen, signal, timeoutS: options.timeout });
  const code = await talk.run();
  if (talk.conversationId && screen.isTerminal && !screen.options.json) {
    screen.say(`--conversation ${talk.conversationId} goes on with it.`);
  }
  return code;
}

/**
 * Asks over HTTP: a new session may not write into a conversation that another began, and whoever shows no token may
 * while nobody signs in. The answer comes as a whole.
 */
async function ask(message: object, timeoutS: number, { api, screen }: Workplace): Promise<number> {
  const wait = Math.min(timeoutS, LONGEST_WAIT_S);
  const patienceMs = (wait + 10) * 1_000;
  const reply = await api.post<Message>(`/api/messages?wait=${wait}`, message, { patienceMs });
  if (screen.options.json) screen.line(reply);
  else screen.out(screen.filter("out", { colours: false }).write(`${reply.text_payload}\n`));
  return EXIT.ok;
}

async function textOf(given: string | undefined, screen: Screen): Promise<string> {
  const text = given === undefined || given === "-" ? (await screen.input()).replace(/\r?\n$/, "") : given;
  if (text.trim() === "") throw new UsageError("There is nothing to send: give a text, or standard input.");
  return text;
}
