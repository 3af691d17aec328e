// What a build knows and an app needs: islands, file routes and files to serve.
import type { ComponentType } from "preact";
import type { RouteFile } from "./file_routes.ts";

/** One island: the component on the server, and where a browser finds it. */
export interface Island {
  name: string;
  exportName: string;
  /** The path of its module, below the base path. */
  url: string;
  fn: ComponentType;
}

export interface ServedFile {
  contentType: string;
  /** The content's hash, without quotes. */
  etag: string;
  /** Whether the path itself changes with the content. */
  immutable: boolean;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Snapshot {
  buildId: string;
  islands: Map<ComponentType, Island>;
  /** The path of the module that hydrates a page. */
  bootUrl: string;
  /** The modules that each client module imports, directly or not, by path. */
  imports: Map<string, string[]>;
  routes: RouteFile[];
  files: Map<string, ServedFile>;
}

const snapshots = new WeakMap<object, Snapshot>();

export function attachSnapshot(app: object, snapshot: Snapshot): void {
  snapshots.set(app, snapshot);
}

export function snapshotOf(app: object): Snapshot | null {
  return snapshots.get(app) ?? null;
}
