/** `parley.task.v1.TaskService`: asking for tasks, and hearing what becomes of them. */
import { Metadata, type ServerWritableStream } from "@grpc/grpc-js";
import { ParleyError } from "../../shared/error.ts";
import { PEER_ID_KEY } from "../../shared/grpc/channel.ts";
import type {
  CancelRequest,
  GetRequest,
  ListRequest,
  RetryRequest,
  SubmitRequest,
  TaskServiceServer,
  WatchRequest,
  WatchResponse,
} from "../../shared/grpc/gen/task.ts";
import { type Principal, serverPrincipal } from "../../shared/model/principal.ts";
import { TASK_STATUSES, type TaskStatus } from "../../shared/model/task.ts";
import { Mailbox } from "../session/mailbox.ts";
import type { Submission } from "../task/submissions.ts";
import type { TaskCenter } from "../task/center.ts";
import type { Edge } from "./edge.ts";
import { TaskFeed } from "./task_feed.ts";
import { fromWire, toSubmitted, toWire } from "./task_wire.ts";
import { createWork } from "./work.ts";

const DEFAULT_LIMIT = 50;
/** Tasks that one call may ask for. */
const MOST_SUBMITTED = 1_000;

type WatchCall = ServerWritableStream<WatchRequest, WatchResponse>;

/** `asks`: whose tasks they are; `sees`: whose tasks are shown. They differ for everybody while nobody has to sign in. */
interface Caller {
  asks: Principal;
  sees: Principal;
}

export function createTaskService(edge: Edge, center: TaskCenter): TaskServiceServer {
  const anybody = { asks: new Mailbox().principal, sees: serverPrincipal(edge.roster.options.serverId) };
  const callerOf = (metadata: Metadata): Caller => {
    if (metadata.get(PEER_ID_KEY).length === 0) return anybody;
    const peer = edge.callerOf(metadata);
    return { asks: peer, sees: peer };
  };
  const shown = async (caller: Caller, taskId: string) => {
    edge.authorize(caller.asks, "read_tasks", taskId);
    return await center.get(caller.sees, taskId);
  };
  const changing = async (metadata: Metadata, taskId: string): Promise<Caller> => {
    const caller = callerOf(metadata);
    const { task_id } = await shown(caller, taskId);
    edge.authorize(caller.asks, "change_task", task_id);
    return caller;
  };
  const wire = (task: Awaited<ReturnType<typeof shown>>) => ({
    task: toWire(task, center.waitingReason(task)),
  });
  return {
    submit: edge.answer(async ({ tasks }: SubmitRequest, metadata) => {
      const { asks, sees } = callerOf(metadata);
      edge.authorize(asks, "submit_task", "*");
      if (tasks.length === 0 || tasks.length > MOST_SUBMITTED) {
        throw new ParleyError("invalid_message", `Field 'tasks': allowed are 1 to ${MOST_SUBMITTED}.`);
      }
      const submitted = await submitEach(tasks, (asked) => center.submit(asks, asked, { sees }));
      return { submitted: submitted.map(toSubmitted) };
    }),
    get: edge.answer(async ({ taskId }: GetRequest, metadata) =>
      wire(await shown(callerOf(metadata), taskId))
    ),
    list: edge.answer(async (request: ListRequest, metadata) => {
      const { asks, sees } = callerOf(metadata);
      edge.authorize(asks, "read_tasks", "*");
      const { items, next_cursor } = await center.list(sees, filterOf(request));
      const tasks = items.map((task) => toWire(task, center.waitingReason(task)));
      return { tasks, nextCursor: next_cursor ?? "" };
    }),
    cancel: edge.answer(async ({ taskId }: CancelRequest, metadata) => {
      const { asks } = await changing(metadata, taskId);
      return wire(await center.cancel(taskId, asks.id));
    }),
    retry: edge.answer(async ({ taskId }: RetryRequest, metadata) => {
      await changing(metadata, taskId);
      return wire(await center.retry(taskId));
    }),
    watch: (call: WatchCall) => {
      void watch(call, { edge, center, caller: () => callerOf(call.metadata) });
    },
    work: createWork(edge, center),
  };
}

/** Has the fit ones of `tasks` kept together, and tells of each what became of it, in order. */
async function submitEach(
  tasks: SubmitRequest["tasks"],
  submit: (asked: ReturnType<typeof fromWire>[]) => Promise<Submission[]>,
): Promise<Submission[]> {
  const read = tasks.map((task) => {
    try {
      return fromWire(task);
    } catch (thrown) {
      return ParleyError.from(thrown);
    }
  });
  const fit = read.filter((each) => !(each instanceof ParleyError));
  const submitted = fit.length > 0 ? await submit(fit as ReturnType<typeof fromWire>[]) : [];
  return read.map((each) => each instanceof ParleyError ? { refusal: each } : submitted.shift()!);
}

function filterOf(request: ListRequest) {
  const statuses = request.statuses.map((status) => {
    if ((TASK_STATUSES as readonly string[]).includes(status)) return status as TaskStatus;
    throw new ParleyError("invalid_message", `Field 'statuses': allowed are ${TASK_STATUSES.join(", ")}.`);
  });
  return {
    limit: request.limit || DEFAULT_LIMIT,
    ...(request.cursor ? { cursor: request.cursor } : {}),
    statuses: statuses.length > 0 ? statuses : undefined,
    agentId: request.agentId || undefined,
    taskType: request.taskType || undefined,
    parentId: request.parentTaskId || undefined,
    query: request.query || undefined,
  };
}

async function watch(
  call: WatchCall,
  { edge, center, caller }: { edge: Edge; center: TaskCenter; caller: () => Caller },
): Promise<void> {
  try {
    const { taskId, parentTaskId, onlyEnded } = call.request;
    const { asks, sees } = caller();
    edge.authorize(asks, "read_tasks", taskId || parentTaskId || "*");
    for (const id of [taskId, parentTaskId]) if (id) await center.get(sees, id);
    const first = taskId ? [taskId] : await center.subtaskIds(sees, parentTaskId);
    const watched = { taskId: taskId || undefined, parentId: parentTaskId || undefined, onlyEnded };
    const begin = () => {
      call.sendMetadata(new Metadata());
      return center.watchers.add(sees, watched, new TaskFeed(call), first);
    };
    edge.holdWritten(call, { kind: "tasks", begin });
  } catch (thrown) {
    edge.end(call, thrown);
  }
}
