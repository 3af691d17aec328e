/** Text files that go along with a question: chosen, dropped or pasted. */
import { useRef, useState } from "preact/hooks";
import {
  LONGEST_FILE,
  LONGEST_FILES,
  readTextFile,
  type Refusal,
  type TextFile,
} from "../../lib/chat/text_file.ts";
import { fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { Clip, Close } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";

export interface Files {
  all: readonly TextFile[];
  /** Why a file was not taken, until the next try. */
  problem: string;
  set(files: readonly TextFile[]): void;
  add(files: Iterable<File>): Promise<void>;
  /** Takes the files of a drop or a paste; one of text alone is left to the browser. */
  drop(event: Event, data: DataTransfer | null): void;
}

export function useFiles(): Files {
  const t = useTexts("chat");
  const [all, setAll] = useState<readonly TextFile[]>([]);
  const [problem, setProblem] = useState("");
  const refuse = (why: Refusal, name: string) =>
    setProblem(fill(t[`file_${why}`], { name: oneLine(name), most: LONGEST_FILE / 1024 }));
  const add = async (files: Iterable<File>) => {
    setProblem("");
    for (const file of files) {
      const read = await readTextFile(file);
      if (typeof read === "string") refuse(read, file.name);
      else {setAll((known) => {
          if (bytesOf([...known, read]) <= LONGEST_FILES) return [...known, read];
          refuse("tooLarge", file.name);
          return known;
        });}
    }
  };
  const drop = (event: Event, data: DataTransfer | null) => {
    if (!data?.files.length) return;
    event.preventDefault();
    void add([...data.files]);
  };
  const set = (files: readonly TextFile[]) => {
    setProblem("");
    setAll(files);
  };
  return { all, problem, set, add, drop };
}

function bytesOf(files: readonly TextFile[]): number {
  return files.reduce((sum, { text }) => sum + new Blob([text]).size, 0);
}

export function FileList({ files }: { files: Files }) {
  const t = useTexts("chat");
  if (files.all.length === 0) return null;
  return (
    <ul class="files" aria-label={t.files}>
      {files.all.map((file) => (
        <li key={file.name}>
          <bdi>{oneLine(file.name)}</bdi>
          <button
            type="button"
            class="copy"
            aria-label={fill(t.removeFile, { name: oneLine(file.name) })}
            onClick={() => files.set(files.all.filter((each) => each !== file))}
          >
            <Close />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Attach({ files }: { files: Files }) {
  const t = useTexts("chat");
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t.attach}
        onChange={({ currentTarget }) => {
          void files.add([...currentTarget.files ?? []]);
          currentTarget.value = "";
        }}
      />
      <button
        type="button"
        class="icon-button"
        aria-label={t.attach}
        title={t.attach}
        onClick={() => input.current!.click()}
      >
        <Clip />
      </button>
    </>
  );
}
