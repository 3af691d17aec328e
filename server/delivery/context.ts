/** What the steps of delivery share. */
import type { FileLogger } from "../../shared/audit/file_logger.ts";
import type { MessageBus } from "../../shared/bus/bus.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { Store } from "../../shared/store/store.ts";
import type { Authorize } from "../authorize.ts";
import type { Errands } from "../errands.ts";
import type { ErrorNotes } from "../figures/recent_errors.ts";
import type { DeliveryFigures } from "../metrics.ts";
import type { Roster } from "../roster.ts";
import type { TaskPost } from "../task/post.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Chunks } from "../chunks.ts";
import type { Origins } from "./origins.ts";
import type { Outbox } from "./outbox.ts";
import type { Outcomes } from "./outcomes.ts";
import type { ReleaseOrder } from "./release_order.ts";
import type { Threads } from "./threads.ts";

export interface DeliveryContext {
  readonly bus: MessageBus;
  readonly store: Store;
  readonly roster: Roster;
  readonly sessions: Sessions;
  /** Whether the bus's connection stands, as far as is known. */
  readonly isBusThere: () => boolean;
  readonly authorize: Authorize;
  /** Who acts where nobody else does. */
  readonly server: Principal;
  readonly figures: DeliveryFigures;
  /** Where it is logged what becomes of messages, if anywhere. */
  readonly fileLog?: FileLogger | undefined;
  /** Where it is said what went wrong, for people. */
  readonly errors?: ErrorNotes | undefined;
  readonly origins: Origins;
  readonly threads: Threads;
  readonly order: ReleaseOrder;
  readonly outbox: Outbox;
  readonly outcomes: Outcomes;
  readonly chunks: Chunks;
  /** What is left for other servers to act on. */
  readonly errands: Pick<Errands, "leave" | "say" | "sayToAll">;
  /** Tells whether what the server of this id has accepted, and has not finished, is for this one to go on with. */
  readonly isOurs: (serverId: string) => boolean;
  readonly tasks: Pick<TaskPost, "take">;
}
