/** Tasks over SQL. */
import { sql, type Transaction } from "kysely";
import type { Principal } from "../../model/principal.ts";
import { isTaskEnded, isTaskHeld, type TaskRecord, type TaskStatus } from "../../model/task.ts";
import type {
  KeptTask,
  Page,
  PageOptions,
  Subtask,
  TaskChange,
  TaskFilter,
  TaskState,
  TaskStore,
} from "../store.ts";
import { mustLast } from "../task_store.ts";
import type { Database } from "./database.ts";
import { replaceLetter } from "./dead_letters.ts";
import { changed } from "./prepared.ts";
import { type Tables, TASK_NOT_ENDED, TASK_TO_ANSWER, type TaskTable } from "./schema.ts";
import { keyOf, ownTask, READ_COLUMNS, stateColumns, toKept, toRow } from "./task_row.ts";
import { TaskLists } from "./task_lists.ts";
import { visibleTo } from "./task_scope.ts";

/** How many whole tasks one read gives: each may have 1 MiB of parameters, and a result as long. */
const MOST_TASKS = 100;
const MOST_STATES = 10_000;
const PRUNE_ROWS = 100;
const ENDED: TaskStatus[] = ["completed", "failed", "cancelled", "timed_out"];
/** Ids that one statement names: databases allow about a thousand parameters. */
const IDS_AT_ONCE = 500;

/** What is written of a task that an agent has, as it was open before: an index costs whenever its columns are written. */
const HELD_COLUMNS = ["status", "agent_id", "server_id", "version", "state"] as const;

type NewRow = Omit<TaskTable, "position">;
type ReadRow = Pick<TaskTable, typeof READ_COLUMNS[number]>;
type TaskKey = Pick<TaskTable, "tenant_id" | "task_id">;
type RequestKey = { tenant_id: string; requested_by: string; idempotency_key: string };
/** A task as it was in the version `before`. */
type VersionKey = TaskKey & { before: number };
type StateRow =
  & VersionKey
  & Pick<
    TaskTable,
    "status" | "is_open" | "is_unwell" | "agent_id" | "server_id" | "answer_to" | "version" | "state"
  >;

/** Keeps tasks in the table of `0004_tasks`. */
export class SqlTasks implements TaskStore {
  readonly #insert;
  readonly #find;
  readonly #findByKey;
  readonly #update;
  readonly #updateHeld;
  readonly #updateAnswered;
  readonly #lists: TaskLists;

  constructor(private readonly database: Database) {
    this.#lists = new TaskLists(database);
    const { db } = database;
    this.#insert = database.prepare<NewRow>((named) =>
      database.dialect.insertNew(db, {
        table: "tasks",
        keys: [["tenant_id", "task_id"], ["tenant_id", "requested_by", "idempotency_key"]],
        values: {
          tenant_id: named("tenant_id"),
          task_id: named("task_id"),
          principal_id: named("principal_id"),
          requested_by: named("requested_by"),
          idempotency_key: named("idempotency_key"),
          parent_task_id: named("parent_task_id"),
          task_type: named("task_type"),
          status: named("status"),
          is_open: named("is_open"),
          is_unwell: named("is_unwell"),
          agent_id: named("agent_id"),
          server_id: named("server_id"),
          answer_to: named("answer_to"),
          version: named("version"),
          created_at: named("created_at"),
          text_search: named("text_search"),
          asked: named("asked"),
          state: named("state"),
        },
      })
    );
    this.#find = database.prepare<TaskKey, ReadRow>((named) =>
      db.selectFrom("tasks").select(READ_COLUMNS)
        .where("tenant_id", "=", named("tenant_id")).where("task_id", "=", named("task_id"))
    );
    this.#findByKey = database.prepare<RequestKey, ReadRow>((named) =>
      db.selectFrom("tasks").select(READ_COLUMNS).where("tenant_id", "=", named("tenant_id"))
        .where("requested_by", "=", named("requested_by"))
        .where("idempotency_key", "=", named("idempotency_key"))
    );
    const update = (columns: readonly (keyof StateRow & keyof TaskTable)[]) =>
      database.prepare<Partial<StateRow> & VersionKey>((named) =>
        db.updateTable("tasks").set(Object.fromEntries(columns.map((name) => [name, named(name)])))
          .where("tenant_id", "=", named("tenant_id")).where("task_id", "=", named("task_id"))
          .where("version", "=", named("before"))
      );
    this.#update = update([...HELD_COLUMNS, "is_open", "is_unwell", "answer_to"]);
    this.#updateHeld = update(HELD_COLUMNS);
    this.#updateAnswered = update(["answer_to", "version"]);
  }

  async add(principal: Principal, tasks: readonly KeptTask[]): Promise<(KeptTask | undefined)[]> {
    const rows = tasks.map((kept) => toRow(principal, kept));
    return await this.database.write(async (tx) => {
      const there: (KeptTask | undefined)[] = [];
      for (const row of rows) {
        there.push(changed(await this.#insert(tx, row)) ? undefined : await this.#there(tx, row));
      }
      return there;
    }, rows.length);
  }

  async change(principal: Principal, changes: readonly TaskChange[]): Promise<boolean[]> {
    const rows = changes.map((change) => ({
      ...stateColumns(change),
      ...keyOf(principal.tenantId, change.task.task_id),
      before: change.version,
      version: change.version + 1,
    }));
    const work = async (tx: Transaction<Tables>) => {
      const done: boolean[] = [];
      for (const [index, row] of rows.entries()) {
        const isDone = changed(await (isTaskHeld(row.status) ? this.#updateHeld : this.#update)(tx, row));
        const { task: { task_id }, letter } = changes[index]!;
        if (isDone && letter !== undefined) {
          await replaceLetter(tx, principal, task_id, letter);
        }
        done.push(isDone);
      }
      return done;
    };
    return await (changes.some(mustLast)
      ? this.database.write(work, rows.length)
      : this.database.writeRelaxed(work, rows.length));
  }

  async answered({ tenantId }: Principal, tasks: readonly Pick<TaskState, "taskId" | "version">[]) {
    return await this.database.writeRelaxed(async (tx) => {
      const done: boolean[] = [];
      for (const { taskId, version: before } of tasks) {
        const row = { ...keyOf(tenantId, taskId), before, version: before + 1, answer_to: null };
        done.push(changed(await this.#updateAnswered(tx, row)));
      }
      return done;
    }, tasks.length);
  }

  async find(principal: Principal, taskIds: readonly string[]): Promise<KeptTask[]> {
    const { tenantId } = principal;
    const [only] = taskIds;
    if (taskIds.length === 1 && only !== undefined) {
      const { rows } = await this.database.read((db) => this.#find(db, keyOf(tenantId, only)));
      return rows.map(toKept).filter(({ task }) => ownTask(principal, task));
    }
    const found: KeptTask[] = [];
    for (let from = 0; from < taskIds.length; from += IDS_AT_ONCE) {
      const ids = taskIds.slice(from, from + IDS_AT_ONCE);
      const rows = await this.database.read((db) =>
        db.selectFrom("tasks").select(READ_COLUMNS).where(visibleTo(principal)).where("task_id", "in", ids)
          .execute()
      );
      found.push(...rows.map(toKept));
    }
    return found;
  }

  list(principal: Principal, page: PageOptions & TaskFilter): Promise<Page<TaskRecord>> {
    return this.#lists.list(principal, page);
  }

  ids(principal: Principal, page: PageOptions & TaskFilter): Promise<Page<string>> {
    return this.#lists.ids(principal, page);
  }

  outliving(principal: Principal, after: number): Promise<(Subtask & { position: number })[]> {
    return this.#lists.outliving(principal, after);
  }

  async open({ tenantId }: Principal, after: number): Promise<(KeptTask & { position: number })[]> {
    const rows = await this.database.read((db) => {
      const query = db.selectFrom("tasks").select([...READ_COLUMNS, "position"])
        .where("tenant_id", "=", tenantId).where(sql<boolean>`${sql.raw(TASK_NOT_ENDED)}`)
        .where("position", ">", after).orderBy("position");
      return this.database.dialect.limit(query, MOST_TASKS).execute();
    });
    return rows.map((row) => ({ ...toKept(row), position: row.position }));
  }

  async states({ tenantId }: Principal, after: number): Promise<(TaskState & { position: number })[]> {
    const rows = await this.database.read((db) => {
      const query = db.selectFrom("tasks").select(["position", "task_id", "version", "status", "server_id"])
        .where("tenant_id", "=", tenantId).where(sql<boolean>`${sql.raw(TASK_NOT_ENDED)}`)
        .where("position", ">", after).orderBy("position");
      return this.database.dialect.limit(query, MOST_STATES).execute();
    });
    return rows.map(({ task_id: taskId, server_id: serverId, ...rest }) => ({ taskId, serverId, ...rest }));
  }

  async unanswered({ tenantId }: Principal, after: number): Promise<(KeptTask & { position: number })[]> {
    const rows = await this.database.read((db) => {
      const query = db.selectFrom("tasks").select([...READ_COLUMNS, "position"])
        .where("tenant_id", "=", tenantId).where(sql<boolean>`${sql.raw(TASK_TO_ANSWER)}`)
        .where("status", "in", ENDED).where("position", ">", after).orderBy("position");
      return this.database.dialect.limit(query, MOST_TASKS).execute();
    });
    return rows.map((row) => ({ ...toKept(row), position: row.position }));
  }

  async count({ tenantId }: Principal): Promise<Partial<Record<TaskStatus, number>>> {
    const rows = await this.database.read((db) =>
      db.selectFrom("tasks").select(["status", sql<number>`count(*)`.as("number")])
        .where("tenant_id", "=", tenantId).groupBy("status").execute()
    );
    return Object.fromEntries(rows.map(({ status, number }) => [status, Number(number)]));
  }

  async prune({ tenantId }: Principal, before: string): Promise<void> {
    for (let after = 0;;) {
      const rows = await this.database.read((db) => {
        const oldest = db.selectFrom("tasks").select(["position", "status", "answer_to", "created_at"])
          .where("tenant_id", "=", tenantId).where("position", ">", after).orderBy("position");
        return this.database.dialect.limit(oldest, PRUNE_ROWS).execute();
      });
      // Positions rise with time, so that no index by time is needed, which every task would pay for.
      const old = rows.filter(({ created_at }) => created_at < before);
      const over = old.filter(({ status, answer_to }) => isTaskEnded(status) && answer_to === null);
      const positions = over.map(({ position }) => position);
      if (positions.length > 0) {
        await this.database.writeRelaxed((tx) =>
          // Somebody may have had one of them begin anew since.
          tx.deleteFrom("tasks").where("position", "in", positions).where("answer_to", "is", null)
            .where("status", "in", ENDED).execute()
        );
      }
      if (old.length < PRUNE_ROWS) return;
      after = old.at(-1)!.position;
    }
  }

  /** Finds the task that kept another from being added. */
  async #there(tx: Transaction<Tables>, row: NewRow): Promise<KeptTask | undefined> {
    const { rows: [same] } = await this.#find(tx, row);
    if (same) return toKept(same);
    const { rows: [sameKey] } = await this.#findByKey(tx, row as RequestKey);
    return sameKey && toKept(sameKey);
  }
}
