/** How an event travels as one of PostgreSQL's notifications. */
import type { SqlEvent } from "./sql_wire.ts";

/** Writes an event as a notification. The number keeps PostgreSQL from taking two for one that say the same. */
export function sayingOf(number: number, { topic, json }: SqlEvent): string {
  return `${number} ${JSON.stringify(topic)}\n${json}`;
}

/** Reads a notification: an event, or the position where one is kept. */
export function eventOf(said: string): SqlEvent | string {
  if (said.startsWith("@")) return said.slice(1);
  const [from, to] = [said.indexOf(" ") + 1, said.indexOf("\n")];
  return { topic: JSON.parse(said.slice(from, to)), json: said.slice(to + 1) };
}
