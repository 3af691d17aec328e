/** A call is answered once, whoever comes first. */
import type { sendUnaryData } from "@grpc/grpc-js";

/** Makes an answer of which only the first counts. */
export function onlyOnce<T>(answer: sendUnaryData<T>): sendUnaryData<T> {
  let isDone = false;
  return (...values) => {
    if (isDone) return;
    isDone = true;
    answer(...values);
  };
}
