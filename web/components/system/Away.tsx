/** Says that the server does not answer, and how to start it. */
import { CommandLine } from "../ui/NobodyOnline.tsx";
import { useTexts } from "../ui/Page.tsx";

export function Away() {
  const t = useTexts("common");
  return (
    <section class="health health-away" role="status">
      <p>{t.serverAway}</p>
      <CommandLine command={t.serverCommand} />
    </section>
  );
}
