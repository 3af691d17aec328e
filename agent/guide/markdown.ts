/** Small pieces of Markdown, with foreign text in them that cannot break out. */

/** Makes `text`, which others chose, safe inside a line or a table's cell. */
export function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|#~]/g, "\\$&").trim();
}

/** Draws a table; the cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

export function steps(items: readonly string[]): string {
  return items.map((item, index) => `${index + 1}. ${item}`).join("\n");
}

export function shell(...lines: string[]): string {
  return ["```sh", ...lines, "```"].join("\n");
}

/** Joins paragraphs, leaving out those that are empty. */
export function paragraphs(...parts: (string | false | undefined)[]): string {
  return parts.filter(Boolean).join("\n\n");
}

/** Says a span of seconds as a person would, by its two largest units. */
export function span(seconds: number): string {
  const units: [string, number][] = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]];
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0 s";
  let rest = Math.floor(seconds);
  return units.slice(first, first + 2).flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count} ${unit}`] : [];
  }).join(" ");
}
