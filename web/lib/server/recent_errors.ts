/** What went wrong lately, for the first paint. */
import type { ErrorList } from "../system/errors.ts";
import { ERRORS_PER_PAGE, type ErrorsFirst } from "../system/errors_watch.ts";
import { answerOf, INVALID } from "./answer.ts";
import type { ServerApi } from "./server_api.ts";

/** Reads the page of the list that an address means. */
export async function readErrors(api: ServerApi, address: URLSearchParams): Promise<ErrorsFirst> {
  const cursor = address.get("cursor") ?? "";
  const query = new URLSearchParams({ limit: String(ERRORS_PER_PAGE), ...(cursor && { cursor }) });
  const page = await answerOf<ErrorList>(api, `api/errors?${query}`);
  return { now: Date.now(), list: page?.answer, isNewest: !cursor, isGone: page?.status === INVALID };
}
