/** A store of tasks that fails when a test says so: before it has kept something, or after. */
import { ParleyError } from "../../../shared/error.ts";
import type { Principal } from "../../../shared/model/principal.ts";
import type { KeptTask, TaskChange, TaskStore } from "../../../shared/store/store.ts";

/**
 * `before`: nothing is kept; `after`: it is, and yet it fails; `untold`: it is, and nobody is ever told; `dead`: nothing is,
 * and nobody is told.
 */
export type Fault = "before" | "after" | "untold" | "dead";

type Write = "add" | "change" | "answered";

export class FaultyStore implements TaskStore {
  /** Decides what fails, and how; `tasks`: as they are to be, none where they are answered. */
  faultOf: (write: Write, tasks: readonly KeptTask[]) => Fault | undefined = () => undefined;
  /** Nothing is found, nor listed. */
  isBlind = false;
  /** Called once a write that is to fail was made, or refused. */
  onFault: () => void = () => {};

  constructor(readonly store: TaskStore) {}

  add(principal: Principal, tasks: readonly KeptTask[]) {
    return this.#write(this.faultOf("add", tasks), () => this.store.add(principal, tasks));
  }

  change(principal: Principal, changes: readonly TaskChange[]) {
    return this.#write(this.faultOf("change", changes), () => this.store.change(principal, changes));
  }

  answered: TaskStore["answered"] = (...given) =>
    this.#write(this.faultOf("answered", []), () => this.store.answered(...given));

  find: TaskStore["find"] = (...given) => this.#read(() => this.store.find(...given));
  list: TaskStore["list"] = (...given) => this.#read(() => this.store.list(...given));
  ids: TaskStore["ids"] = (...given) => this.#read(() => this.store.ids(...given));
  outliving: TaskStore["outliving"] = (...given) => this.#read(() => this.store.outliving(...given));
  open: TaskStore["open"] = (...given) => this.#read(() => this.store.open(...given));
  states: TaskStore["states"] = (...given) => this.#read(() => this.store.states(...given));
  unanswered: TaskStore["unanswered"] = (...given) => this.#read(() => this.store.unanswered(...given));
  count: TaskStore["count"] = (...given) => this.#read(() => this.store.count(...given));
  prune: TaskStore["prune"] = (...given) => this.#read(() => this.store.prune(...given));

  #read<T>(work: () => Promise<T>): Promise<T> {
    return this.isBlind ? Promise.reject(away()) : work();
  }

  async #write<T>(fault: Fault | undefined, work: () => Promise<T>): Promise<T> {
    if (fault === undefined) return await work();
    if (fault === "after" || fault === "untold") await work();
    this.onFault();
    if (fault === "untold" || fault === "dead") return await new Promise<T>(() => {});
    throw away();
  }
}

function away(): ParleyError {
  return new ParleyError("unavailable", "The store is away. Try again.");
}
