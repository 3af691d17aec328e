// Two islands that share a signal, and show what became of their props in the browser.
import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { asset, Head, IS_BROWSER } from "fresh/runtime";

interface SharedProps {
  total: Signal<number>;
  when: Date;
  tags: Set<string>;
}

export function Adder({ total, when, tags }: SharedProps) {
  const id = useId();
  return (
    <>
      <label for={id}>Add</label>
      <button type="button" id={id} data-role="add" onClick={() => total.value++}>+</button>
      {total.value > 1 && <p data-role="more">{when.toISOString()} {[...tags].join()}</p>}
    </>
  );
}

export function Total({ total }: { total: Signal<number> }) {
  const id = useId();
  return (
    <>
      <Head>
        <title>{`Total ${total.value}`}</title>
      </Head>
      <output id={id} data-role="total">{total}</output>
      {total.value > 1 && (
        <a data-role="asset" href={asset("/style.css")}>{IS_BROWSER ? "browser" : "server"}</a>
      )}
    </>
  );
}
