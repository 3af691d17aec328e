/** `parley.conversation.v1.ReplyService`: the pieces of replies that agents are still writing. */
import { Metadata, type sendUnaryData, type ServerReadableStream } from "@grpc/grpc-js";
import type {
  ReplyServiceServer,
  SendChunksRequest,
  SendChunksResponse,
} from "../../shared/grpc/gen/conversation.ts";
import { logOf } from "../../shared/log.ts";
import { type Edge, requireText, sessionKeyOf } from "./edge.ts";
import { onlyOnce } from "./only_once.ts";

const log = logOf("server", "grpc", "reply");

/** Takes one piece of a reply that `agentId`, which has shown its session key, is writing. */
export type OnChunk = (agentId: string, chunk: SendChunksRequest) => void;

type ChunkCall = ServerReadableStream<SendChunksRequest, SendChunksResponse>;
type Done = sendUnaryData<SendChunksResponse>;

export function createReplyService(edge: Edge, onChunk: OnChunk): ReplyServiceServer {
  return {
    sendChunks: (call: ChunkCall, answer: Done) => {
      const done = onlyOnce(answer);
      const begin = () => receive(call, { edge, onChunk, done });
      edge.hold(call, { kind: "chunks", begin, end: (failure) => done(failure) });
    },
  };
}

function receive(
  call: ChunkCall,
  { edge, onChunk, done }: { edge: Edge; onChunk: OnChunk; done: Done },
): Disposable {
  const agent = edge.callerOf(call.metadata);
  edge.authorize(agent, "send_chunks", agent.id);
  const writing = edge.roster.openReplies(agent.id, sessionKeyOf(call.metadata));
  writing.ended.addEventListener("abort", () => done(edge.failure(writing.ended.reason)));
  call.sendMetadata(new Metadata());
  let received = 0n;
  call.on("data", (chunk: SendChunksRequest) => {
    if (writing.ended.aborted) return;
    try {
      requireText("message_id", chunk.messageId);
    } catch (fault) {
      return done(edge.failure(fault));
    }
    received++;
    edge.figures.chunksReceived++;
    handOver(() => onChunk(agent.id, chunk));
  });
  call.on("end", () => done(null, { received }));
  return writing;
}

/** A piece that cannot be passed on is lost alone: the reply itself heals it. */
function handOver(run: () => void): void {
  try {
    run();
  } catch (cause) {
    log.error("A piece of a reply could not be passed on: {cause}", { cause });
  }
}
