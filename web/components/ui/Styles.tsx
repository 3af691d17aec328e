/** The style sheets that one page needs besides those of all pages. */
import { asset, Head } from "fresh/runtime";

export function Styles({ names }: { names: readonly string[] }) {
  return (
    <Head>
      {names.map((name) => <link key={name} rel="stylesheet" href={asset(`/${name}.css`)} />)}
    </Head>
  );
}
