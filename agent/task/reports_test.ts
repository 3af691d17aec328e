import { strict as assert } from "node:assert";
import type { Report } from "../../shared/grpc/gen/task.ts";
import { Arrivals } from "../testing/arrivals.ts";
import { Reports, type Said } from "./reports.ts";

const completed: Said["what"] = { $case: "completed", value: { resultJson: "1" } };
const failed: Said["what"] = { $case: "failed", value: { error: "no", code: "internal", isFinal: false } };
const returned: Said["what"] = { $case: "returned", value: { reason: "The agent ended." } };
const started: Said["what"] = { $case: "started", value: {} };

function reporting() {
  const sent = new Arrivals<Report>();
  const reports = new Reports((report) => sent.add(report));
  const say = (what: Said["what"]) => {
    reports.say({ taskId: "task_1", attempt: 1, what });
    return sent.all.at(-1)!;
  };
  const answer = ({ reportId }: Report, code = "") => reports.kept({ reportId, code, message: "" });
  return { reports, sent, say, answer, [Symbol.dispose]: () => reports.close() };
}

Deno.test("an end is held until it is known to be kept; what is on the way to it is said once", () => {
  using scene = reporting();
  scene.say(started);
  const ends = [completed, failed, returned].map(scene.say);
  assert.deepEqual(scene.sent.all.map(({ reportId }) => reportId), [1n, 2n, 3n, 4n]);
  assert.deepEqual(scene.reports.ends, ends);
  scene.answer(ends[1]!);
  assert.deepEqual(scene.reports.ends, [ends[0], ends[2]]);
});

Deno.test("idle() resolves once every end is kept or refused for good", async () => {
  using scene = reporting();
  await scene.reports.idle();
  const [one, other] = [scene.say(completed), scene.say(failed)];
  let isIdle = false;
  const idle = scene.reports.idle().then(() => isIdle = true);
  scene.answer(one, "conflict");
  scene.answer({ ...other, reportId: 99n });
  await Promise.resolve();
  assert.equal(isIdle, false);
  scene.answer(other);
  await idle;
});

Deno.test("an end that the server could not keep is said again, unless it was kept meanwhile", async () => {
  using scene = reporting();
  const [one, other] = [scene.say(completed), scene.say(failed)];
  for (const each of [one, other]) scene.answer(each, "unavailable");
  scene.answer(one);
  for (const expected of [one, other, other]) assert.equal(await scene.sent.next(), expected);
  assert.deepEqual(scene.reports.ends, [other]);
  scene.answer(other, "internal");
  scene.reports.close();
});
