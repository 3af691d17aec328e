/** Prints a process's output line by line, each with the process's name in front. */

/** Reads `stream` and hands each line to `print`; a last line without an end counts too. Resolves when it ends. */
export async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  print: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(print);
  }
  if (rest) print(rest);
}

const COLOURS = [36, 32, 33, 35, 34, 96];

/** Makes the printer of one process; `index` picks its colour on a terminal. */
export function linePrinter(name: string, index: number, width: number): (line: string) => void {
  const coloured = Deno.stdout.isTerminal() && !Deno.noColor;
  const padded = name.padEnd(width);
  const label = coloured ? `\x1b[${COLOURS[index % COLOURS.length]}m${padded}\x1b[0m` : padded;
  return (line) => console.log(`${label} | ${line}`);
}
