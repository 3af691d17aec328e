import { expect } from "expect";
import { textsOf } from "../texts/languages.ts";
import { Finder, type Read } from "./finder.ts";

const { frame, palette, common } = textsOf("en");
const words = { language: "en" as const, frame, palette, status: common.status };

interface Asked {
  path: string;
  signal: AbortSignal;
  answer: (items: unknown[], next_cursor?: string) => void;
  fail: () => void;
}

/** A finder whose questions to the server a test answers, in the order that it likes. */
class Desk {
  readonly asked: Asked[] = [];
  #waiting = new Map<string, PromiseWithResolvers<Asked>>();
  readonly finder = new Finder({ words, languages: [], pauseMs: 0, read: this.#read.bind(this) as Read });

  #read(path: string, { signal }: { signal: AbortSignal }): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const asked: Asked = {
      path,
      signal,
      answer: (items, next_cursor) => resolve({ items, next_cursor: next_cursor ?? null }),
      fail: () => reject(new Error("away")),
    };
    this.asked.push(asked);
    this.#of(path).resolve(asked);
    return promise;
  }

  /** Resolves once the server is asked for `path`. */
  question(path: string): Promise<Asked> {
    return this.#of(path).promise;
  }

  #of(path: string): PromiseWithResolvers<Asked> {
    const waiting = this.#waiting.get(path) ?? Promise.withResolvers<Asked>();
    this.#waiting.set(path, waiting);
    return waiting;
  }

  /** Resolves once nothing is searched any more. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const end = this.finder.isSearching.subscribe((is) => !is && queueMicrotask(() => (end(), resolve())));
    });
  }

  labels(): string[] {
    return this.finder.groups.value.filter(({ name }) => name !== "pages" && name !== "actions")
      .flatMap(({ entries }) => entries.map(({ label }) => label));
  }
}

const AGENTS = "/api/agents?limit=100";
const of = (kind: "conversations" | "tasks", query: string) => `/api/${kind}?limit=8&q=${query}`;
const agent = (name: string) => ({ agent_id: name, agent_name: name, is_online: true, status: "idle" });
const task = (name: string) => ({ task_id: name, task_type: name });

async function opened(): Promise<Desk> {
  const desk = new Desk();
  desk.finder.open();
  (await desk.question(AGENTS)).answer([agent("Ada")]);
  (await desk.question(of("conversations", ""))).answer([]);
  (await desk.question(of("tasks", ""))).answer([task("first")]);
  await desk.settled();
  return desk;
}

Deno.test("a finder shows agents, conversations and tasks at once when it opens, and reads agents only then", async () => {
  const desk = await opened();
  expect(desk.labels()).toEqual(["Ada", "first"]);
  desk.finder.type("ad");
  expect(desk.labels()).toEqual(["Ada"]);
  (await desk.question(of("conversations", "ad"))).answer([]);
  (await desk.question(of("tasks", "ad"))).answer([]);
  await desk.settled();
  expect(desk.asked.filter(({ path }) => path.startsWith("/api/agents")).length).toBe(1);
});

Deno.test("a finder reads every page of the agents", async () => {
  const desk = new Desk();
  desk.finder.open();
  (await desk.question(AGENTS)).answer([agent("Ada")], "100");
  (await desk.question(AGENTS + "&cursor=100")).answer([agent("Bob")]);
  (await desk.question(of("conversations", ""))).answer([]);
  (await desk.question(of("tasks", ""))).answer([]);
  await desk.settled();
  expect(desk.labels()).toEqual(["Ada", "Bob"]);
});

Deno.test("answers to an older query that come late replace nothing, and their questions are given up", async () => {
  const desk = await opened();
  desk.finder.type("old");
  const [conversations, tasks] = [
    await desk.question(of("conversations", "old")),
    await desk.question(of("tasks", "old")),
  ];
  desk.finder.type("new");
  expect([conversations.signal.aborted, tasks.signal.aborted]).toEqual([true, true]);
  (await desk.question(of("conversations", "new"))).answer([]);
  (await desk.question(of("tasks", "new"))).answer([task("the new one")]);
  await desk.settled();
  conversations.answer([]);
  tasks.answer([task("the old one, not new")]);
  await Promise.resolve();
  expect(desk.labels()).toEqual(["the new one"]);
});

Deno.test("the server is asked once for what is typed without a pause", async () => {
  const desk = await opened();
  for (const text of ["t", "ta", " tas "]) desk.finder.type(text);
  (await desk.question(of("conversations", "tas"))).answer([]);
  (await desk.question(of("tasks", "tas"))).answer([]);
  await desk.settled();
  expect(desk.asked.filter(({ path }) => path.includes("/tasks")).map(({ path }) => path)).toEqual([
    of("tasks", ""),
    of("tasks", "tas"),
  ]);
});

Deno.test("without the server a finder says so, reaches pages, and asks for all again with the next query", async () => {
  const desk = new Desk();
  desk.finder.open();
  for (const path of [AGENTS, of("conversations", ""), of("tasks", "")]) (await desk.question(path)).fail();
  await desk.settled();
  expect([desk.finder.isAway.value, desk.finder.groups.value.map(({ name }) => name)]).toEqual([
    true,
    ["pages", "actions"],
  ]);
  desk.finder.type("system");
  await desk.question(of("tasks", "system"));
  expect(desk.asked.filter(({ path }) => path === AGENTS).length).toBe(2);
  expect(desk.finder.chosen.value?.href).toBe("/system");
  for (const each of desk.asked) each.answer([]);
  await desk.settled();
  expect(desk.finder.isAway.value).toBe(false);
});

Deno.test("what is chosen stays so when more is found, and is the first again for another query", async () => {
  const desk = new Desk();
  const close = desk.finder.open();
  expect(desk.finder.move("ArrowUp")).toBe(true);
  const last = desk.finder.chosen.value!.id;
  (await desk.question(AGENTS)).answer([agent("Ada")]);
  (await desk.question(of("conversations", ""))).answer([]);
  (await desk.question(of("tasks", ""))).answer([task("first")]);
  await desk.settled();
  expect(desk.finder.chosen.value!.id).toBe(last);
  expect(desk.finder.move("x")).toBe(false);
  desk.finder.type("dead");
  expect(desk.finder.chosen.value!.label).toBe("Dead letters");
  close();
});
