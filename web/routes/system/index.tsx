/** How the system is. */
import { page } from "fresh";
import { Head } from "fresh/runtime";
import { Styles } from "../../components/ui/Styles.tsx";
import { define } from "../../define.ts";
import SystemPage from "../../islands/SystemPage.tsx";
import { readSystem } from "../../lib/server/system_reading.ts";
import { speechOf, textsOf } from "../../lib/texts/languages.ts";

export const handler = define.handlers({
  GET: async (ctx) => page(await readSystem(ctx.state.api), { headers: { "cache-control": "no-store" } }),
});

export default define.page<typeof handler>(function SystemRoute({ data, state }) {
  const { system, common } = textsOf(state.language);
  return (
    <>
      <Styles names={["page", "system"]} />
      <Head>
        <title>{`${system.title} · ${common.title}`}</title>
      </Head>
      <SystemPage first={data} speech={speechOf(state.language, ["common", "system"])} />
    </>
  );
});
