/** Lists of tasks over SQL: a task may have some MiB, so that a page ends by its bytes as well as by its number. */
import { sql } from "kysely";
import type { Principal } from "../../model/principal.ts";
import type { TaskRecord } from "../../model/task.ts";
import type { Page, PageOptions, Subtask, TaskFilter } from "../store.ts";
import type { Database } from "./database.ts";
import { limitOf, positionBelow, toPage } from "./paging.ts";
import { READ_COLUMNS, toKept } from "./task_row.ts";
import { matching, visibleTo } from "./task_scope.ts";

const MOST_LISTED = 100;
const MOST_IDS = 1_000;
/** Bytes of tasks that a page has at most; one task alone may be longer. */
const PAGE_BYTES = 4 * 1_048_576;

type Asked = PageOptions & TaskFilter;

/** One of the tasks that are listed, as it is found before it is read. */
interface Found {
  position: number;
  bytes: number;
}

export class TaskLists {
  constructor(private readonly database: Database) {}

  async list(principal: Principal, page: Asked): Promise<Page<TaskRecord>> {
    const limit = limitOf(page, MOST_LISTED);
    const found = await this.#find(principal, page, limit + 1);
    const shown = found.slice(0, countOf(found.slice(0, limit)));
    const tasks = await this.#read(principal, page, shown);
    const { next_cursor } = toPage(found, shown.length, {
      kind: "tasks",
      item: () => null,
      position: ({ position }) => position,
    });
    return { items: tasks, next_cursor };
  }

  async ids(principal: Principal, page: Asked): Promise<Page<string>> {
    const limit = limitOf(page, MOST_IDS);
    const below = positionBelow("tasks", page.cursor);
    const rows = await this.database.read((db) => {
      const query = db.selectFrom("tasks").select(["task_id", "position"]).where(visibleTo(principal))
        .where(matching(page)).where("position", "<", below).orderBy("position", "desc");
      return this.database.dialect.limit(query, limit + 1).execute();
    });
    return toPage(rows, limit, {
      kind: "tasks",
      item: ({ task_id }) => task_id,
      position: ({ position }) => position,
    });
  }

  async outliving({ tenantId }: Principal, after: number): Promise<(Subtask & { position: number })[]> {
    return await this.database.read((db) => {
      const query = db.selectFrom("tasks as child")
        .innerJoin("tasks as parent", (join) =>
          join.onRef("parent.tenant_id", "=", "child.tenant_id")
            .onRef("parent.task_id", "=", "child.parent_task_id"))
        .select(["child.task_id as taskId", "parent.task_id as parentId", "child.position as position"])
        .where("child.tenant_id", "=", tenantId).where("child.is_open", "=", sql.lit(1))
        .where("parent.is_unwell", "=", sql.lit(1)).where("child.position", ">", after)
        .orderBy("child.position");
      return this.database.dialect.limit(query, MOST_IDS).execute();
    });
  }

  /** Finds what is asked for without reading it. */
  async #find(principal: Principal, page: Asked, most: number): Promise<Found[]> {
    const below = positionBelow("tasks", page.cursor);
    const { byteLength, limit } = this.database.dialect;
    const rows = await this.database.read((db) => {
      const query = db.selectFrom("tasks")
        .select((eb) => ["position", eb.fn<number>(byteLength, ["asked"]).as("asked")])
        .select((eb) => eb.fn<number>(byteLength, ["state"]).as("state"))
        .where(visibleTo(principal)).where(matching(page)).where("position", "<", below)
        .orderBy("position", "desc");
      return limit(query, most).execute();
    });
    return rows.map(({ position, asked, state }) => ({ position, bytes: Number(asked) + Number(state) }));
  }

  /** Reads those that are still what is asked for. */
  async #read(principal: Principal, page: Asked, found: readonly Found[]): Promise<TaskRecord[]> {
    if (found.length === 0) return [];
    const positions = found.map(({ position }) => position);
    const rows = await this.database.read((db) =>
      db.selectFrom("tasks").select(READ_COLUMNS).where(visibleTo(principal)).where(matching(page))
        .where("position", "in", positions).orderBy("position", "desc").execute()
    );
    return rows.map((row) => toKept(row).task);
  }
}

/** Tells how many of them fit on a page: the first one does. */
function countOf(found: readonly Found[]): number {
  let bytes = 0;
  const end = found.findIndex((each, index) => (bytes += each.bytes) > PAGE_BYTES && index > 0);
  return end < 0 ? found.length : end;
}
