import { page } from "fresh";
import { define } from "../define.ts";
import Counter from "../islands/Counter.tsx";

export const handler = define.handlers({
  GET: () => page({ start: 3 }),
});

export default define.page<typeof handler>(({ data }) => <Counter start={data.start} />);
