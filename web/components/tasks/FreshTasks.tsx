/** Says that there are new tasks, and shows them to whoever wants that now. */
import { MOST_COUNTED } from "../../lib/tasks/rows.ts";
import type { TaskList } from "../../lib/tasks/task_list.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { useAction } from "../ui/action.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";

export function FreshTasks({ list }: { list: TaskList }) {
  const [t, language, action] = [useTexts("tasks"), useLanguage(), useAction()];
  const count = list.rows.value.freshIds.size;
  const text = count < MOST_COUNTED ? counted(t.fresh, count, language) : fill(t.moreThan, { count });
  return (
    <div class="fresh-tasks">
      <div role="status">
        {count > 0 && (
          <button type="button" class="button" onClick={() => action.run(() => list.showFresh())}>
            {text}
          </button>
        )}
      </div>
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
    </div>
  );
}
