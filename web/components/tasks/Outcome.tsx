/** What came of a task: its result as Markdown or as JSON, and why it failed. */
import { isEnded, type TaskItem } from "../../lib/tasks/task_item.ts";
import { beginningOf } from "../../lib/ui/plain_text.ts";
import { Markdown } from "../ui/Markdown.tsx";
import { useTexts } from "../ui/Page.tsx";
import { JsonView, LongText } from "./JsonView.tsx";

export function Outcome({ task }: { task: TaskItem }) {
  const [t, common] = [useTexts("tasks"), useTexts("common")];
  const title = isEnded(task.status) ? t.result : t.soFar;
  // News of a task leave a long result out: it is read at once, and what was there before is not it.
  const isOnItsWay = isEnded(task.status) && task.left_out?.includes("result");
  const hasResult = !isOnItsWay && task.result !== null && task.result !== undefined;
  const nothing = isOnItsWay ? common.loading : isEnded(task.status) ? t.noneEnded : t.noResult;
  return (
    <>
      {task.error && (
        <section class="section">
          <h2>{t.error}{task.code && <code class="task-code">{task.code}</code>}</h2>
          <LongText label={t.error} text={task.error} />
        </section>
      )}
      <section class="section">
        <h2>{hasResult ? title : t.result}</h2>
        {hasResult ? <Result value={task.result} label={title} /> : <p class="quiet">{nothing}</p>}
      </section>
    </>
  );
}

/** A text is Markdown while it is short enough to be a text that people read. */
function Result({ value, label }: { value: unknown; label: string }) {
  if (typeof value !== "string") return <JsonView label={label} value={value} />;
  if (beginningOf(value).length < value.length) return <LongText label={label} text={value} />;
  return (
    <div class="card">
      <Markdown text={value} />
    </div>
  );
}
