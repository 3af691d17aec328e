/**
 * An agent that lets a model answer, with the whole conversation as its context. Any OpenAI-compatible server will do:
 *
 *   OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_MODEL=llama3.2 deno run -A examples/04_own_model.ts
 */
import { Agent, modelHandler, openModel } from "../agent/mod.ts";

const model = await openModel({
  openai: {
    baseUrl: Deno.env.get("OPENAI_BASE_URL"),
    apiKey: Deno.env.get("OPENAI_API_KEY"),
    model: Deno.env.get("OPENAI_MODEL"),
  },
});

const agent = new Agent({ name: "Poet", role: "writer", capabilities: ["chat", "poetry"] });

agent.onMessage(
  modelHandler(model, { systemPrompt: "You are {name}. Whatever you are asked, answer in verse." }),
);

await agent.run();
