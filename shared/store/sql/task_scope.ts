/** Which tasks somebody sees, and which of them are asked for. */
import { type ExpressionBuilder, sql } from "kysely";
import type { Principal } from "../../model/principal.ts";
import type { TaskFilter } from "../store.ts";
import { isTaskEnded, type TaskStatus } from "../../model/task.ts";
import { type Tables, TASK_NOT_ENDED, TASK_NOT_WELL } from "./schema.ts";
import { searchPattern } from "./text.ts";

type Tasks = ExpressionBuilder<Tables, "tasks">;

/** Limits tasks to the tenant and what `principal` may see: the server all, a person its own, an agent also what it has. */
export function visibleTo({ kind, id, tenantId }: Principal) {
  return (eb: Tasks) => {
    const inTenant = eb("tenant_id", "=", tenantId);
    switch (kind) {
      case "server":
        return inTenant;
      case "person":
        return eb.and([inTenant, eb("requested_by", "=", id)]);
      case "agent":
        return eb.and([inTenant, eb.or([eb("requested_by", "=", id), eb("agent_id", "=", id)])]);
      case "broker":
        return sql<boolean>`1 = 0`;
    }
  };
}

/** Limits tasks to what is asked for. Throws `invalid_message` for too long a search. */
export function matching({ statuses, agentId, taskType, parentId, requestedBy, query }: TaskFilter) {
  return (eb: Tasks) =>
    eb.and([
      ...(statuses === undefined ? [] : [eb("status", "in", statuses), ...indexOf(statuses)]),
      ...(agentId === undefined ? [] : [eb("agent_id", "=", agentId)]),
      ...(taskType === undefined ? [] : [eb("task_type", "=", taskType)]),
      ...(parentId === undefined ? [] : [eb("parent_task_id", "=", parentId)]),
      ...(requestedBy === undefined ? [] : [eb("requested_by", "=", requestedBy)]),
      ...(query?.trim() ? [sql<boolean>`text_search like ${searchPattern(query)} escape '\\'`] : []),
    ]);
}

/** Names the condition of the index that has all tasks of these statuses, if one has. */
function indexOf(statuses: readonly TaskStatus[]) {
  if (statuses.every((status) => !isTaskEnded(status))) return [sql<boolean>`${sql.raw(TASK_NOT_ENDED)}`];
  const areUnwell = statuses.every((status) => isTaskEnded(status) && status !== "completed");
  return areUnwell ? [sql<boolean>`${sql.raw(TASK_NOT_WELL)}`] : [];
}
