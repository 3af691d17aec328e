/** When an agent was there, as pieces of a line. */
import { expect } from "expect";
import { type Change, type History, readHistory, stretchesOf } from "./history.ts";

const HOUR_MS = 3_600_000;
const START = Date.parse("2026-05-01T00:00:00Z");
const iso = (hours: number) => new Date(START + hours * HOUR_MS).toISOString();

/** A period of ten hours; `changes` are oldest first: at which hour, and whether online (or paused) from then on. */
function history(changes: [number, boolean | "paused"][], onlineH: number, knownH: number): History {
  const items = changes.map(([hours, is]): Change => ({
    at: iso(hours),
    is_online: is !== false,
    status: is === "paused" ? "paused" : is ? "idle" : "offline",
    reason: "",
  }));
  return {
    items: items.toReversed(),
    isCut: false,
    availability: {
      from: iso(0),
      to: iso(10),
      online_ms: onlineH * HOUR_MS,
      known_ms: knownH * HOUR_MS,
      ratio: null,
    },
  };
}

const CASES: [what: string, history: History, line: string][] = [
  ["nothing known", history([], 0, 0), "unknown 0–1"],
  ["online all the time", history([], 10, 10), "online 0–1"],
  ["offline all the time", history([], 0, 10), "offline 0–1"],
  ["came", history([[4, true]], 6, 6), "unknown 0–0.4, online 0.4–1"],
  ["was away, came", history([[4, true]], 6, 10), "offline 0–0.4, online 0.4–1"],
  ["was there, went", history([[4, false]], 4, 10), "online 0–0.4, offline 0.4–1"],
  [
    "paused for a while",
    history([[2, "paused"], [5, true]], 10, 10),
    "online 0–0.2, paused 0.2–0.5, online 0.5–1",
  ],
  ["the same again is one piece", history([[2, true], [5, true]], 10, 10), "online 0–1"],
  [
    "two changes at once",
    history([[5, false], [5, true], [5, false]], 5, 10),
    "online 0–0.5, offline 0.5–1",
  ],
];

Deno.test("stretchesOf() makes one piece of each time that looks the same", () => {
  for (const [what, given, line] of CASES) {
    const found = stretchesOf(given).map(({ from, to, presence }) => `${presence} ${from}–${to}`).join(", ");
    expect([what, found]).toEqual([what, line]);
  }
});

Deno.test("what lies before the changes that were read is not known", () => {
  const cut = { ...history([[4, true]], 10, 10), isCut: true };
  expect(stretchesOf(cut)[0]).toEqual({ from: 0, to: 0.4, presence: "unknown" });
});

Deno.test("readHistory() reads page after page, and stops where there are too many", async () => {
  const { availability } = history([], 0, 0);
  const read = (pages: number) => {
    const paths: string[] = [];
    const found = readHistory(
      (path) => {
        paths.push(path);
        const isFirst = paths.length === 1;
        return Promise.resolve({
          items: [{ at: iso(1), status: "idle", is_online: true, reason: `${paths.length}` }],
          next_cursor: paths.length < pages ? `c ${paths.length}` : null,
          availability: isFirst ? availability : null,
        });
      },
      "a/b",
      iso(0),
    );
    return { paths, found };
  };
  const three = read(3);
  expect((await three.found)?.items.map(({ reason }) => reason)).toEqual(["1", "2", "3"]);
  expect((await three.found)?.isCut).toBe(false);
  expect(three.paths.every((path) => path.startsWith("/api/agents/a%2Fb/history?limit=100&from=2026-"))).toBe(
    true,
  );
  expect(three.paths[2]).toContain("cursor=c+2");
  const many = read(1_000);
  expect((await many.found)?.isCut).toBe(true);
  expect(many.paths.length).toBe(10);
  expect(await readHistory(() => Promise.resolve(undefined), "a", iso(0))).toBeUndefined();
});
