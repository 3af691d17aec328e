import { define } from "../define.ts";

export default define.layout(({ Component, url }) => (
  <main data-path={url.pathname}>
    <Component />
  </main>
));
