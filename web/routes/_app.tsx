/** The document around every page. */
import { asset } from "fresh/runtime";
import { define } from "../define.ts";
import { textsOf } from "../lib/texts/languages.ts";

const STYLES = ["base", "frame", "palette"];

export default define.page(function App({ Component, state }) {
  const { common, frame } = textsOf(state.language);
  return (
    <html lang={state.language}>
      <head>
        <meta charset="utf-8" />
        <meta
          name="viewport"
          content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
        />
        <meta name="color-scheme" content="light dark" />
        <title>{common.title}</title>
        <meta name="description" content={frame.description} />
        <link rel="icon" href={asset("/favicon.svg")} type="image/svg+xml" />
        {STYLES.map((name) => <link key={name} rel="stylesheet" href={asset(`/${name}.css`)} />)}
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
});
