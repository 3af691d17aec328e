/**
 * Has a gRPC session's frames leave together: Deno's HTTP/2 writes each frame to the socket by itself, of at most 16 KB,
 * so that one message of assignments would be four system calls, each of which wakes its reader. Importing this module
 * is enough.
 */
import http2, { type ClientSessionOptions, type SecureClientSessionOptions } from "node:http2";
import type { Socket } from "node:net";
import { writeTogether } from "../write_together.ts";

const { connect, createServer } = http2;

http2.createServer = ((...args: Parameters<typeof createServer>) => {
  const server = createServer(...args);
  server.on("connection", (socket: Socket) => writeTogether(socket));
  return server;
}) as typeof createServer;

/** gRPC opens its sockets itself. */
http2.connect =
  ((authority: string | URL, options: ClientSessionOptions | SecureClientSessionOptions, ...rest: []) => {
    const open = options.createConnection;
    const createConnection: typeof open = open && ((...given) => writeTogether(open(...given)));
    return connect(authority, { ...options, createConnection }, ...rest);
  }) as typeof connect;
