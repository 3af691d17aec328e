/** The peer: a Socket.IO server that says to all what one says. */
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((_request, response) => response.end());
const io = new Server(http, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  socket.on("change", (update: unknown) => io.emit("change", update));
});
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
http.listen(Number(Deno.args[0]), "127.0.0.1");
