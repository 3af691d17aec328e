/** Every agent there is. */
import { page } from "fresh";
import { Head } from "fresh/runtime";
import { AgentStyles } from "../../components/agents/AgentStyles.tsx";
import { define } from "../../define.ts";
import AgentsPage from "../../islands/AgentsPage.tsx";
import { filterIn } from "../../lib/agents/filter.ts";
import { readAgents } from "../../lib/agents/first_paint.ts";
import { speechOf, textsOf } from "../../lib/texts/languages.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const agents = await readAgents(ctx.state.api);
    const first = { agents, filter: filterIn(ctx.url.searchParams), now: Date.now() };
    return page({ first }, { headers: { "cache-control": "no-store" } });
  },
});

export default define.page<typeof handler>(function Agents({ data, state }) {
  const { agents, common } = textsOf(state.language);
  return (
    <>
      <AgentStyles />
      <Head>
        <title>{`${agents.title} · ${common.title}`}</title>
      </Head>
      <AgentsPage {...data} speech={speechOf(state.language, ["common", "agents"])} />
    </>
  );
});
