/** A conversation as a file: all of its messages, oldest first, as Markdown to read or as JSON to go on with. */
import { HttpError } from "fresh";
import { define } from "../../../define.ts";
import { readWhole } from "../../../lib/chat/whole_conversation.ts";
import { asMarkdown, fileNameOf } from "../../../lib/chat/export.ts";
import { isId } from "../../../lib/server/server_api.ts";
import { textsOf } from "../../../lib/texts/languages.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { id = "" } = ctx.params;
    const form = ctx.url.searchParams.get("as");
    if (!isId(id) || (form !== "markdown" && form !== "json")) throw new HttpError(404);
    const whole = await readWhole(ctx.state.api, id).catch((cause) => {
      throw new HttpError(503, "The server cannot be reached now.", { cause });
    });
    if (!whole) throw new HttpError(404);
    const [body, type, extension] = form === "json"
      ? [JSON.stringify(whole, null, 2), "application/json", "json"]
      : [asMarkdown(whole, textsOf(ctx.state.language).chat), "text/markdown; charset=utf-8", "md"];
    const name = fileNameOf(whole.conversation.title, extension);
    return new Response(body, {
      headers: {
        "content-type": type,
        "content-disposition": `attachment; filename="conversation.${extension}"; filename*=UTF-8''${name}`,
        "cache-control": "no-store",
      },
    });
  },
});
