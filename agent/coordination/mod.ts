/** Supervisors and workers: the library of the documents, with a server or without one. */
export { AgentMessage, type AgentMessageFields } from "./agent_message.ts";
export { AgentRegistry } from "./agent_registry.ts";
export type { AgentInfo, Registration } from "./backend.ts";
export type { CoordinationStats } from "./coordination_stats.ts";
export type { ResultCallback } from "./endings.ts";
export {
  type GetMessagesOptions,
  type ListenOptions,
  MessageQueueManager,
  type MessageQueueStats,
} from "./message_queue_manager.ts";
export { type CoordinationOptions, readCoordinationOptions } from "./options.ts";
export type { RegistryStats } from "./registry_stats.ts";
export { type CoordinatorOptions, SupervisorCoordinator } from "./supervisor_coordinator.ts";
export type { AssignedTask, TaskAssignment } from "./task_assignment.ts";
export {
  type StatusUpdate,
  statusUpdateOf,
  type TaskRequest,
  taskRequestOf,
  type TaskResponse,
  taskResponseOf,
  taskResponseTo,
} from "./task_message.ts";
export { AgentRole, MessagePriority, MessageType } from "./vocabulary.ts";
