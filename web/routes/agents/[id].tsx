/** One agent. */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { AgentStyles } from "../../components/agents/AgentStyles.tsx";
import { UnknownAgent } from "../../components/agents/UnknownAgent.tsx";
import { define } from "../../define.ts";
import AgentPage from "../../islands/AgentPage.tsx";
import { readAgent } from "../../lib/agents/first_paint.ts";
import { spanIn } from "../../lib/agents/history.ts";
import { viewIn } from "../../lib/agents/views.ts";
import { isId } from "../../lib/server/server_api.ts";
import { speechOf, textsOf } from "../../lib/texts/languages.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const { id = "" } = ctx.params;
    if (!isId(id)) throw new HttpError(404);
    const search = ctx.url.searchParams;
    const data = await readAgent(ctx.state.api, id, { view: viewIn(search), span: spanIn(search) });
    return page(data, { status: data.isUnknown ? 404 : 200, headers: { "cache-control": "no-store" } });
  },
});

export default define.page<typeof handler>(function AgentRoute({ data: { first, isUnknown }, state }) {
  const { agents, common } = textsOf(state.language);
  const title = isUnknown ? agents.unknown : oneLine(first.agent?.agent_name ?? "") || first.id;
  return (
    <>
      <AgentStyles />
      <Head>
        <title>{`${title} · ${common.title}`}</title>
      </Head>
      {isUnknown
        ? <UnknownAgent id={first.id} t={agents} />
        : <AgentPage first={first} speech={speechOf(state.language, ["common", "agents"])} />}
    </>
  );
});
