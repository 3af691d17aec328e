// An island that loads a part of itself when it is first needed.
import { useState } from "preact/hooks";

export default function Lazy() {
  const [word, setWord] = useState("not yet");
  const load = async () => setWord((await import("../lazy_word.ts")).word);
  return <button type="button" id="lazy" onClick={load}>{word}</button>;
}
