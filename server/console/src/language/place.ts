import type { Text } from "@codemirror/state";

/** offset returns where a line and a column, which counts code points, are. */
export function offset(doc: Text, line: number, column: number): number {
  if (line < 1) return 0;
  if (line > doc.lines) return doc.length;
  const at = doc.line(line);
  let units = 0, points = 1;
  for (const point of at.text) {
    if (points >= column) break;
    units += point.length;
    points++;
  }
  return at.from + Math.min(units, at.length);
}

const word = /[\w-]+/y;

/** extent returns the end of the word that starts at a place, or one character. */
export function extent(doc: Text, from: number): number {
  const line = doc.lineAt(from);
  word.lastIndex = from - line.from;
  const found = word.exec(line.text);
  if (found) return from + found[0].length;
  return Math.min(from + 1, doc.length);
}

/** Inside says where in a template a place is. */
export type Inside = "text" | "output" | "macro" | "tag";

/** inside returns what is open before the end of a text: an output, a macro, a tag,
 * or none. It looks back a little way, so that it costs the same in a long text. */
export function inside(before: string): Inside {
  const tail = before.slice(-4000);
  const opens: [Inside, number, number][] = [
    ["output", tail.lastIndexOf("{{"), tail.lastIndexOf("}}")],
    ["tag", tail.lastIndexOf("{%"), tail.lastIndexOf("%}")],
    ["macro", tail.lastIndexOf("<<"), tail.lastIndexOf(">>")],
  ];
  let best: Inside = "text", at = -1;
  for (const [kind, open, close] of opens) {
    if (open > close && open > at) [best, at] = [kind, open];
  }
  return best;
}
