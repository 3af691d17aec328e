import { asset, Head } from "fresh/runtime";
import { define } from "../define.ts";
import Lazy from "../islands/Lazy.tsx";

const sheet = <link key="page" rel="stylesheet" href={asset("/style.css")} />;

export default define.page(() => (
  <>
    <Head>{sheet}</Head>
    <Head>{sheet}</Head>
    <Lazy />
  </>
));
