/** What an agent does, as the file log sees it: each request from its beginning to its end, and each answer. */
import type { FileLogger } from "../shared/audit/file_logger.ts";
import type { Message } from "../shared/model/message.ts";
import { failureOf } from "./answer.ts";
import type { MessageContext, MessageHandler } from "./context.ts";

/** What is seen of an agent: how it answers, and how its answers go out. */
export interface Observed {
  onMessage: MessageHandler;
  publish: (message: Message) => Promise<void>;
}

/** Wraps how the agent `agentId` works, so that it is logged, if it is to be; it works just the same. */
export function logged(work: Observed, agentId: string, logger: FileLogger | undefined): Observed {
  if (!logger) return work;
  const { onMessage, publish } = work;
  return {
    onMessage: async (context) => {
      logger.logMessage("received", context.message);
      const startedAtMs = performance.now();
      try {
        const text = await onMessage(context);
        logger.logMessage("processed", context.message);
        return text;
      } catch (thrown) {
        noteFailure(logger, context, thrown);
        throw thrown;
      } finally {
        logger.logPerformanceMetric(agentId, "response_time", msSince(startedAtMs), "ms");
      }
    },
    publish: async (message) => {
      await publish(message);
      logger.logMessage("sent", message);
    },
  };
}

/** As its sender is told: what stands behind that is the log's alone. */
function noteFailure(logger: FileLogger, { agent, message }: MessageContext, thrown: unknown): void {
  const { code, message: sentence } = failureOf(thrown, agent.name);
  logger.logMessage("failed", { ...message, code, error_details: sentence });
  logger.logError(agent.id, code, sentence, { message_id: message.message_id });
}

function msSince(startedAtMs: number): number {
  return Math.round((performance.now() - startedAtMs) * 1_000) / 1_000;
}
