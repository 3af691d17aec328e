/** What the bus has on one wire, and loses with it. */
import type { Publishing } from "./sql_publishing.ts";
import type { Settling } from "./sql_settling.ts";
import type { Unreadable } from "./sql_unreadable.ts";
import type { SqlWire } from "./sql_wire.ts";

export interface SqlSession {
  wire: SqlWire;
  publishing: Publishing;
  settling: Settling;
  /** Says that an error came of the wire's work; one that means its end brings another wire. Tells whether it does. */
  failed(error: unknown): boolean;
  /** Has a claimed row that cannot be read become a dead letter. */
  giveUp(unreadable: Unreadable): void;
}
