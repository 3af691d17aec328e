/** `pause`, `resume`, `deregister` and `reregister`: of one agent, or of all. */
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../fault.ts";
import { oneLine } from "../format/harmless.ts";
import { resolve } from "../names.ts";
import type { ControlName } from "../program.ts";
import type { Workplace } from "../workplace.ts";

export interface ControlOptions {
  agent?: string;
  all?: boolean;
  yes?: boolean;
}

export async function control(
  name: ControlName,
  { agent, all, yes }: ControlOptions,
  { api, screen }: Workplace,
): Promise<number | void> {
  if ((agent === undefined) === !all) throw new UsageError(`Say whom: ${name} NAME, or ${name} --all.`);
  if (
    all && name === "deregister" && !yes && screen.canAsk && !await screen.confirms("Take off all agents?")
  ) {
    return EXIT.failed;
  }
  const whom = agent === undefined ? "" : `/${encodeURIComponent(await resolve(api, agent))}`;
  const answer = await api.post<Record<string, unknown>>(`/api/agents${whom}/${name}`);
  if (screen.isJson) return screen.document(answer);
  screen.out(`${oneLine(String(answer.message ?? "Done."))}\n`);
}
