// The app's own `define`, as Fresh's guide has it.
import { createDefine } from "fresh";
import type { State } from "./main.ts";

export const define = createDefine<State>();
