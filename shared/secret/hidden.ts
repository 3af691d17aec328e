/** Which variables' values came out of a vault: they are never shown, whatever the variable is called. */

/** A symbol, so that copies of an environment keep it, and nobody who lists its variables comes upon it. */
const HIDDEN = Symbol("variables whose values came out of a vault");

type Environment = Readonly<Record<string, string | undefined>> & { [HIDDEN]?: ReadonlySet<string> };

/** Marks the values of `names` in `env`, and gives it back. */
export function hide<T extends Readonly<Record<string, string | undefined>>>(
  env: T,
  names: readonly string[],
): T {
  return Object.assign(env, { [HIDDEN]: new Set(names) });
}

/** Tells whether the value of `name` must not be shown; true also in an object that `env` was spread into. */
export function isHidden(env: Readonly<Record<string, string | undefined>>, name: string): boolean {
  return (env as Environment)[HIDDEN]?.has(name) ?? false;
}
