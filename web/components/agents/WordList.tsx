/** Words, each in a frame of its own, in which blanks and odd characters can be seen. */
import { visibleWord } from "../../lib/agents/words.ts";

export function WordList({ words, labelledBy }: { words: readonly string[]; labelledBy: string }) {
  return (
    <ol class="words" aria-labelledby={labelledBy}>
      {words.map((word, index) => (
        <li key={index}>
          <code dir="ltr">{visibleWord(word)}</code>
        </li>
      ))}
    </ol>
  );
}
