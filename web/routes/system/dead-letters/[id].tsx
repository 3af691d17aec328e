/** One dead letter, whole. */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { Styles } from "../../../components/ui/Styles.tsx";
import { define } from "../../../define.ts";
import DeadLetterPage from "../../../islands/DeadLetterPage.tsx";
import { readLetter } from "../../../lib/server/dead_letters.ts";
import { speechOf, textsOf } from "../../../lib/texts/languages.ts";

/** Characters that an id of the server's may have. */
const LONGEST = 200;

export const handler = define.handlers({
  GET: async (ctx) => {
    const { id = "" } = ctx.params;
    if (id.length > LONGEST) throw new HttpError(404);
    const data = await readLetter(ctx.state.api, id);
    return page(data, { status: data.isUnknown ? 404 : 200, headers: { "cache-control": "no-store" } });
  },
});

export default define.page<typeof handler>(function DeadLetterRoute({ data, state }) {
  const { system, common } = textsOf(state.language);
  return (
    <>
      <Styles names={["page", "system"]} />
      <Head>
        <title>{`${system.letter} · ${common.title}`}</title>
      </Head>
      <DeadLetterPage first={data} speech={speechOf(state.language, ["common", "system"])} />
    </>
  );
});
