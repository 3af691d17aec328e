import { signal } from "@preact/signals";
import { define } from "../define.ts";
import { Adder, Total } from "../islands/Shared.tsx";

export default define.page(() => {
  const total = signal(1);
  return (
    <>
      <Adder total={total} when={new Date(0)} tags={new Set(["a", "<b>"])} />
      <Total total={total} />
    </>
  );
});
