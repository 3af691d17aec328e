import { expect } from "expect";
import { ApiError } from "./api.ts";
import { SentOnce } from "./sent_once.ts";

const lost = new ApiError(0, "unavailable", "");
const refused = new ApiError(409, "conflict", "No.");

/** Sends `content`; gives the id that it went under. */
function rig() {
  let made = 0;
  const once = new SentOnce(() => `id_${++made}`);
  return async (content: unknown, error?: Error) => {
    let under = "";
    return await once.send(content, (id) => (under = id, error ? Promise.reject(error) : Promise.resolve()))
      .catch(() => `${under} failed`);
  };
}

Deno.test("sent again after no answer came, it has the same id; after an answer another", async () => {
  const send = rig();
  expect([await send("a", lost), await send("a", lost), await send("a"), await send("a")])
    .toEqual(["id_1 failed", "id_1 failed", "id_1", "id_2"]);
});

Deno.test("something else, or what was refused, has an id of its own", async () => {
  const send = rig();
  expect([await send({ do: 1 }, lost), await send({ do: 2 }, refused), await send({ do: 2 })])
    .toEqual(["id_1 failed", "id_2 failed", "id_3"]);
});

Deno.test("sent again, a conflict says that it arrived: it is no failure, and over", async () => {
  const send = rig();
  expect([await send("a", lost), await send("a", refused), await send("a")]).toEqual([
    "id_1 failed",
    "id_1",
    "id_2",
  ]);
});
