/** Commands and their results over SQL. */
import { type ExpressionBuilder, sql, type Transaction } from "kysely";
import { ParleyError } from "../../error.ts";
import { type CommandRecord, type CommandStatus, ENDED_STATUSES, isEnded } from "../../model/command.ts";
import type { Principal } from "../../model/principal.ts";
import type { CommandChange, CommandStore, Page, PageOptions } from "../store.ts";
import type { Database } from "./database.ts";
import { limitOf, positionBelow, toPage } from "./paging.ts";
import { changed } from "./prepared.ts";
import { type CommandTable, NOT_ENDED, type Tables } from "./schema.ts";

/** How many commands one read gives that are in a status, and how many one transaction prunes. */
const MOST_IN_STATUS = 1_000;
const PRUNE_ROWS = 100;

type NewRow = Omit<CommandTable, "position">;
type CommandKey = Pick<CommandTable, "tenant_id" | "command_id">;
type ReadRow = Pick<CommandTable, "body" | "agent_id" | "requested_by">;

/** Keeps commands in the table of `0003_presence_and_commands`. */
export class SqlCommands implements CommandStore {
  readonly #insert;
  readonly #find;
  readonly #update;

  constructor(private readonly database: Database) {
    const { db } = database;
    this.#insert = database.prepare<NewRow>((named) =>
      database.dialect.insertNew(db, {
        table: "commands",
        keys: [["tenant_id", "command_id"]],
        values: {
          tenant_id: named("tenant_id"),
          command_id: named("command_id"),
          principal_id: named("principal_id"),
          agent_id: named("agent_id"),
          requested_by: named("requested_by"),
          status: named("status"),
          created_at: named("created_at"),
          body: named("body"),
        },
      })
    );
    this.#find = database.prepare<CommandKey, ReadRow>((named) =>
      db.selectFrom("commands").select(["body", "agent_id", "requested_by"])
        .where("tenant_id", "=", named("tenant_id")).where("command_id", "=", named("command_id"))
    );
    this.#update = database.prepare<CommandKey & Pick<CommandTable, "status" | "body">>((named) =>
      db.updateTable("commands").set({ status: named("status"), body: named("body") })
        .where("tenant_id", "=", named("tenant_id")).where("command_id", "=", named("command_id"))
    );
  }

  async add(principal: Principal, command: CommandRecord): Promise<void> {
    const { agent_id, requested_by, status, created_at } = command;
    const row = {
      ...keyOf(principal, command.command_id),
      principal_id: principal.id,
      agent_id,
      requested_by,
    };
    const whole = { ...row, status, created_at, body: JSON.stringify(command) };
    const added = await this.database.write(async (tx) => changed(await this.#insert(tx, whole)));
    if (!added) throw new ParleyError("conflict", `There is a command '${command.command_id}' already.`);
  }

  async change(
    principal: Principal,
    commandId: string,
    change: CommandChange,
    onlyFrom?: readonly CommandStatus[],
  ): Promise<CommandRecord | undefined> {
    const work = async (tx: Transaction<Tables>) => {
      await this.database.lock(tx, `command ${principal.tenantId} ${commandId}`);
      const [row] = (await this.#find(tx, keyOf(principal, commandId))).rows;
      const known = row && visible(principal, row);
      if (!known || onlyFrom?.includes(known.status) === false) return undefined;
      const next = { ...known, ...given(change) };
      const { status } = next;
      await this.#update(tx, { ...keyOf(principal, commandId), status, body: JSON.stringify(next) });
      return next;
    };
    // One that is forgotten to be sent would be sent again, one that ended would not have, and one that is to end would not.
    const mustLast = change.sent_at !== undefined || change.cancel_asked_at !== undefined ||
      (change.status !== undefined && isEnded(change.status));
    return await (mustLast ? this.database.write(work) : this.database.writeRelaxed(work));
  }

  async get(principal: Principal, commandId: string): Promise<CommandRecord | undefined> {
    const { rows } = await this.database.read((db) => this.#find(db, keyOf(principal, commandId)));
    return rows[0] && visible(principal, rows[0]);
  }

  async list(
    principal: Principal,
    page: PageOptions & { agentId?: string | undefined },
  ): Promise<Page<CommandRecord>> {
    const limit = limitOf(page, 100);
    const below = positionBelow("commands", page.cursor);
    const rows = await this.database.read((db) => {
      const all = db.selectFrom("commands").select(["body", "position"]).where(visibleTo(principal))
        .where("position", "<", below).orderBy("position", "desc");
      const query = page.agentId === undefined ? all : all.where("agent_id", "=", page.agentId);
      return this.database.dialect.limit(query, limit + 1).execute();
    });
    return toPage(rows, limit, { kind: "commands", item: fromRow, position: (row) => row.position });
  }

  async inStatus(
    principal: Principal,
    statuses: readonly CommandStatus[],
    agentId?: string,
  ): Promise<CommandRecord[]> {
    if (statuses.length === 0) return [];
    const rows = await this.database.read((db) => {
      let query = db.selectFrom("commands").select("body").where(visibleTo(principal))
        .where("status", "in", statuses).orderBy("position");
      if (!statuses.some(isEnded)) query = query.where(sql<boolean>`${sql.raw(NOT_ENDED)}`);
      if (agentId !== undefined) query = query.where("agent_id", "=", agentId);
      return this.database.dialect.limit(query, MOST_IN_STATUS).execute();
    });
    return rows.map(fromRow);
  }

  async prune({ tenantId }: Principal, before: string): Promise<void> {
    await this.database.removeInSteps(PRUNE_ROWS, (tx) => {
      const old = tx.selectFrom("commands").select("position").where("tenant_id", "=", tenantId)
        .where("created_at", "<", before).where("status", "in", ENDED_STATUSES).orderBy("created_at");
      return tx.deleteFrom("commands").where("position", "in", this.database.dialect.limit(old, PRUNE_ROWS));
    });
  }
}

function keyOf({ tenantId }: Principal, commandId: string): CommandKey {
  return { tenant_id: tenantId, command_id: commandId };
}

/** Which column names the principal in what it may see; undefined: it sees everything in its tenant. */
const OWN_COLUMN = { server: undefined, person: "requested_by", agent: "agent_id", broker: null } as const;

function visibleTo({ kind, id, tenantId }: Principal) {
  return (eb: ExpressionBuilder<Tables, "commands">) => {
    const inTenant = eb("tenant_id", "=", tenantId);
    const column = OWN_COLUMN[kind];
    if (column === undefined) return inTenant;
    return eb.and([inTenant, column === null ? eb(eb.lit<number>(1), "=", 0) : eb(column, "=", id)]);
  };
}

function visible({ kind, id }: Principal, row: ReadRow): CommandRecord | undefined {
  const column = OWN_COLUMN[kind];
  const isVisible = column === undefined || (column !== null && row[column] === id);
  return isVisible ? fromRow(row) : undefined;
}

function fromRow({ body }: { body: string }): CommandRecord {
  return JSON.parse(body);
}

/** Leaves out what a change names without a value. */
function given(change: CommandChange): CommandChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
