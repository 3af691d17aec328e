/** Connects once as its argument says, and prints why that failed; a process of its own, for what reads the environment. */
import { connectOnce } from "./connecting.ts";

console.log(await connectOnce(Deno.args[0] ?? ""));
