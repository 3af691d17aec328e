/** A script in a process of its own that is ended, however it is then: also when it is stopped. */

export interface Process extends AsyncDisposable {
  signal(signal: Deno.Signal): void;
}

/** Runs a script with its arguments. Disposing kills it. */
export function hold(script: string[]): Process {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...script],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const signal = (name: Deno.Signal) => {
    try {
      child.kill(name);
    } catch { /* It has ended. */ }
  };
  return {
    signal,
    async [Symbol.asyncDispose]() {
      signal("SIGKILL");
      await child.status;
    },
  };
}
