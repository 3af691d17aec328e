/** A round sign with an agent's first letter, in the colour that its id gives it. */
import { hueOf } from "../../lib/live/roster.ts";

export function Avatar({ id, name }: { id: string; name: string }) {
  const [letter = "?"] = name;
  return <span class={`avatar hue-${hueOf(id)}`} aria-hidden="true">{letter.toUpperCase()}</span>;
}
