/** What goes through is counted, and logged to files where that is on: a decorator of the mail. */
import { currentFileLog } from "../../shared/audit/file_logging.ts";
import type { Mail } from "./backend.ts";
import type { Throughput } from "./throughput.ts";

/** Notes each message that `mail` has stored or handed out. */
export function observed(mail: Mail, throughput: Throughput): Mail {
  return {
    async send(message) {
      await mail.send(message);
      throughput.note();
      currentFileLog()?.logMessage("sent", message);
    },
    async receive(agentId, options) {
      const received = await mail.receive(agentId, options);
      for (const { message } of received) {
        throughput.note();
        currentFileLog()?.logMessage("received", message.toJSON());
      }
      return received;
    },
    stats: () => mail.stats(),
  };
}
