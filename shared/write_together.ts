/** Writes to a socket that leave together: a system call costs more than most of what it carries. */
import type { Writable } from "node:stream";
import { setImmediate } from "node:timers";

/**
 * Has what is written to `socket` in one turn of the event loop leave at its end, with one system call. `atEnd` runs
 * what is to be done at the end of the turn. Gives the socket.
 */
export function writeTogether<Socket extends Pick<Writable, "write" | "cork" | "uncork">>(
  socket: Socket,
  atEnd: (run: () => void) => void = setImmediate,
): Socket {
  const write = socket.write.bind(socket) as (...chunk: unknown[]) => boolean;
  let isCorked = false;
  socket.write = (...chunk: unknown[]) => {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      atEnd(() => {
        isCorked = false;
        socket.uncork();
      });
    }
    return write(...chunk);
  };
  return socket;
}
