/** What went wrong lately. */
import { page } from "fresh";
import { Head } from "fresh/runtime";
import { Styles } from "../../components/ui/Styles.tsx";
import { define } from "../../define.ts";
import ErrorsPage from "../../islands/ErrorsPage.tsx";
import { readErrors } from "../../lib/server/recent_errors.ts";
import { speechOf, textsOf } from "../../lib/texts/languages.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const first = await readErrors(ctx.state.api, ctx.url.searchParams);
    return page(first, { status: first.isGone ? 404 : 200, headers: { "cache-control": "no-store" } });
  },
});

export default define.page<typeof handler>(function ErrorsRoute({ data, state }) {
  const { system, common } = textsOf(state.language);
  return (
    <>
      <Styles names={["page", "system"]} />
      <Head>
        <title>{`${system.errors} · ${common.title}`}</title>
      </Head>
      <ErrorsPage first={data} speech={speechOf(state.language, ["common", "system"])} />
    </>
  );
});
