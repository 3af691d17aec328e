/** Tedious as it is, told what to do by `tediousConfigOf()`. */
import { Connection } from "tedious";
import { tediousConfigOf } from "../connection.ts";

/** Connects as `text` says. Gives the code of what kept it from that, and `connected` when nothing did. */
export function connectOnce(text: string): Promise<string> {
  const connection = new Connection(tediousConfigOf(text));
  const ended = new Promise<void>((resolve) => connection.on("end", () => resolve()));
  return new Promise((resolve) => {
    connection.connect(async (error) => {
      connection.close();
      await ended;
      const [first = error] = error instanceof AggregateError ? error.errors : [];
      resolve(first ? String((first as { code?: unknown }).code) : "connected");
    });
  });
}
