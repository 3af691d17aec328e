import { asset } from "fresh/runtime";
import { define } from "../define.ts";

export default define.page(({ Component }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>Test</title>
      <link rel="stylesheet" href={asset("/style.css")} />
    </head>
    <body>
      <Component />
    </body>
  </html>
));
