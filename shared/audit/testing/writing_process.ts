/** A process that logs as fast as it can, for the tests in which several write the same files: FOLDER NAME COUNT MAX_BYTES. */
import { createFileLogger } from "../file_logger.ts";

const [folder, name, count, maxFileBytes] = Deno.args as [string, string, string, string];
const logger = createFileLogger(folder, {
  source: name,
  maxFileBytes: Number(maxFileBytes),
  flushAfterMs: 1,
});
// Whoever started it lets all begin together.
await Deno.stdin.read(new Uint8Array(1));
for (let number = 0; number < Number(count); number++) {
  logger.logTask(`task_${number}`, name, "completed", { number, text: "é".repeat(number % 300) });
  if (number % 20 === 0) await logger.flush();
}
await logger[Symbol.asyncDispose]();
if (logger.fault) console.log(logger.fault);
