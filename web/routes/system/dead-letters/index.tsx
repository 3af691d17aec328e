/** What was given up. */
import { page } from "fresh";
import { Head } from "fresh/runtime";
import { Styles } from "../../../components/ui/Styles.tsx";
import { define } from "../../../define.ts";
import DeadLettersPage from "../../../islands/DeadLettersPage.tsx";
import { readLetters } from "../../../lib/server/dead_letters.ts";
import { speechOf, textsOf } from "../../../lib/texts/languages.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const list = await readLetters(ctx.state.api, ctx.url.searchParams);
    return page(list, { status: list.isGone ? 404 : 200, headers: { "cache-control": "no-store" } });
  },
});

export default define.page<typeof handler>(function DeadLettersRoute({ data, state }) {
  const { system, common } = textsOf(state.language);
  return (
    <>
      <Styles names={["page", "system"]} />
      <Head>
        <title>{`${system.deadLetters} · ${common.title}`}</title>
      </Head>
      <DeadLettersPage first={data} speech={speechOf(state.language, ["common", "bulk", "system"])} />
    </>
  );
});
