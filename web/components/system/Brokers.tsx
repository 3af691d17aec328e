/** Who decides where messages go, and whether they are there. */
import type { Broker } from "../../lib/system/figures.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { CommandLine } from "../ui/NobodyOnline.tsx";
import { useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";

export function Brokers({ brokers }: { brokers: readonly Broker[] }) {
  const t = useTexts("system");
  const isAnyOnline = brokers.some(({ is_online }) => is_online);
  return (
    <section class="section" aria-labelledby="brokers-title">
      <h2 id="brokers-title">{t.brokers}</h2>
      {!isAnyOnline && (
        <div class="advice">
          <p>{t.noBrokers}</p>
          <CommandLine command={t.brokerCommand} />
        </div>
      )}
      {brokers.length > 0 && (
        <div class="rows stacked" role="group" aria-labelledby="brokers-title" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {[t.broker, t.status, t.lastSeen, t.since, t.connection].map((name) => (
                  <th key={name} scope="col">{name}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {brokers.toSorted((a, b) =>
                +b.is_online - +a.is_online
              ).map((broker) => <Row key={broker.broker_id} broker={broker} />)}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ broker }: { broker: Broker }) {
  const t = useTexts("system");
  const { broker_id: id, broker_name: name, is_online, last_seen, registered_at, connection_type } = broker;
  const runsOn = [broker.version, broker.hostname].filter(Boolean).map((text) => oneLine(text!)).join(" · ");
  return (
    <tr data-broker={id}>
      <th scope="row" class="row-name">
        <span dir="auto">{oneLine(name) || id}</span> <code class="quiet">{oneLine(id)}</code>
        {runsOn && <span class="quiet" dir="auto">{runsOn}</span>}
      </th>
      <td data-name={t.status}>
        <span class={`status status-${is_online ? "idle" : "offline"}`}>
          {is_online ? t.online : t.offline}
        </span>
      </td>
      <td data-name={t.lastSeen}>
        <Ago iso={last_seen} />
      </td>
      <td data-name={t.since}>
        <Ago iso={registered_at} />
      </td>
      <td data-name={t.connection}>{oneLine(connection_type)}</td>
    </tr>
  );
}
