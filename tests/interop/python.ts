// The peers in Python, run by the interpreter that Debian's packages belong to.

import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";

const PYTHON = "/usr/bin/python3";

/** Describes what a peer in Python reports, one JSON object a line. */
export interface PythonEvent {
  event: string;
  [field: string]: unknown;
}

/** Runs `python/<script>.py` until it is disposed; it reports by lines of JSON. */
export class PythonPeer implements AsyncDisposable {
  readonly #child: Child;

  constructor(script: string, args: Record<string, string>) {
    const file = fileURLToPath(new URL(`./python/${script}.py`, import.meta.url));
    const flags = Object.entries(args).flatMap((
      [name, value],
    ) => [`--${name}`, value]);
    this.#child = new Child({ name: `python ${script}`, command: [PYTHON, "-u", file, ...flags] });
  }

  /** Takes the next report of `event`; throws with what Python wrote when it ends before. */
  async next(event: string): Promise<PythonEvent> {
    const parsed = (line: string) => JSON.parse(line) as PythonEvent;
    const line = await this.#child.lines.take(event, (line) => parsed(line).event === event)
      .catch((error) => Promise.reject(new Error(`${error.message}\n${this.#child.log}`)));
    return parsed(line);
  }

  /** Ends it as a crash does. */
  kill(): Promise<void> {
    return this.#child.kill();
  }

  /** Ends it; throws when it does not take SIGTERM well. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

/** Says which of Python's packages are missing, or nothing when all are there; in CI their lack is a failure of who needs them. */
export async function missingPython(): Promise<string | undefined> {
  if (Deno.env.get("CI") === "true") return undefined;
  const packages = ["pika", "grpc", "grpc_tools", "websockets"];
  const args = ["-c", `import ${packages.join(", ")}`];
  try {
    const { success, stderr } = await new Deno.Command(PYTHON, { args }).output();
    if (!success) {
      return `needs Python's packages (${new TextDecoder().decode(stderr).trim().split("\n").at(-1)})`;
    }
  } catch {
    return `needs ${PYTHON}`;
  }
}
