/** `approve` and `deny`: what a person says to a command that waits for one. */
import type { CommandRecord } from "../../shared/model/command.ts";
import { ParleyError } from "../../shared/error.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../fault.ts";
import { lineByLine } from "../format/harmless.ts";
import type { Workplace } from "../workplace.ts";

/**
 * Approves exactly what was shown: if something else waits by then, the server refuses. Throws `UsageError` where nobody
 * can be asked and `--yes` does not answer.
 */
export async function approve(
  id: string,
  { yes }: { yes?: boolean },
  workplace: Workplace,
): Promise<number | void> {
  const { screen } = workplace;
  const waiting = await waitingOf(id, workplace);
  screen.say(`${waiting.agent_id} would run: ${lineByLine(waiting.approval.description)}`);
  if (!yes && !screen.canAsk) {
    throw new UsageError("Nobody can be asked here. Say --yes to approve this, once.");
  }
  if (!yes && !await screen.confirms("Approve this, once?")) {
    screen.say("Nothing was approved. `deny` refuses it; until then it waits.");
    return EXIT.failed;
  }
  await settle(id, "approve", waiting.approval.digest, workplace);
}

export async function deny(id: string, workplace: Workplace): Promise<void> {
  const waiting = await waitingOf(id, workplace);
  await settle(id, "deny", waiting.approval.digest, workplace);
}

type Waiting = CommandRecord & { approval: NonNullable<CommandRecord["approval"]> };

async function waitingOf(id: string, { api }: Workplace): Promise<Waiting> {
  const record = await api.get<CommandRecord>(`/api/commands/${encodeURIComponent(id)}`);
  if (record.status === "awaiting_approval" && record.approval) return record as Waiting;
  throw new ParleyError("conflict", `The command ${id} waits for nobody: it is ${record.status}.`);
}

async function settle(
  id: string,
  way: "approve" | "deny",
  digest: string,
  { api, screen }: Workplace,
): Promise<void> {
  const record = await api.post(`/api/commands/${encodeURIComponent(id)}/${way}`, { digest });
  if (screen.isJson) screen.document(record);
  else screen.out(way === "approve" ? "Approved.\n" : "Denied.\n");
}
