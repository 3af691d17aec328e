/**
 * fast-check for every property test, set so that each run tries the same cases: one that only some runs meet would fail
 * whoever happened to run it. `PROPERTY_SEED`, a whole number, has others tried.
 */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(Deno.env.get("PROPERTY_SEED") ?? 1) });

export default fc;
