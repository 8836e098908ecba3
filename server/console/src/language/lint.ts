import { linter, type Action, type Diagnostic as Mark } from "@codemirror/lint";
import type { EditorView } from "@codemirror/view";
import { extent, offset } from "./place";
import type { Diagnostic, Source } from "./source";

/** How long after the last key a text is checked, in milliseconds. */
export const lintDelay = 300;

/** linting underlines what the source finds, with quick fixes. */
export function linting(source: Source, found: (diagnostics: Diagnostic[]) => void = () => {}) {
  let running: AbortController | undefined;
  let last: Diagnostic[] = [];
  return linter(
    async (view) => {
      running?.abort();
      const mine = (running = new AbortController());
      const doc = view.state.doc;
      try {
        last = await source.lint(doc.toString(), mine.signal);
        found(last);
      } catch {
        // What was found last stays until the source answers again.
      }
      const secrets = last.some((d) => d.code === "secret_missing") ? (await source.macros().catch(() => null))?.secrets ?? [] : [];
      return last.map((d) => mark(view, d, secrets.map((s) => s.name)));
    },
    { delay: lintDelay },
  );
}

function mark(view: EditorView, d: Diagnostic, aliases: string[]): Mark {
  const doc = view.state.doc;
  const from = d.line ? offset(doc, d.line, d.column ?? 1) : 0;
  const to = d.line ? extent(doc, from) : Math.min(1, doc.length);
  return { from, to, severity: d.severity, message: d.message, source: d.code, actions: fixes(doc.sliceString(from, Math.min(doc.length, from + 200)), d, aliases) };
}

/** fixes are the corrections that a finding suggests. */
export function fixes(text: string, d: Diagnostic, aliases: string[]): Action[] {
  const meant = /did you mean [`"']([^`"']+)[`"']/i.exec(d.message)?.[1];
  if (meant) {
    const wrong = /(?:called|variable|filter|tag|secret|function)[^`"']*[`"']([^`"']+)[`"']/i.exec(d.message)?.[1] ?? /^[\w-]+/.exec(text)?.[0];
    return wrong ? [replace(wrong, meant)] : [];
  }
  if (d.code === "secret_missing") {
    const wrong = /^secrets\.([\w-]+)/i.exec(text)?.[1];
    const near = wrong && nearest(wrong, aliases);
    if (near) return [replace(wrong, near)];
  }
  return [];
}

function replace(wrong: string, meant: string): Action {
  return {
    name: `Change to ${meant}`,
    apply(view, from) {
      const at = view.state.sliceDoc(from, from + 400).indexOf(wrong);
      if (at >= 0) view.dispatch({ changes: { from: from + at, to: from + at + wrong.length, insert: meant }, userEvent: "input.fix" });
    },
  };
}

/** nearest returns the name that differs least from a wrong one, if any is close. */
export function nearest(wrong: string, names: string[]): string | undefined {
  let best: string | undefined, least = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const d = distance(wrong.toLowerCase(), name.toLowerCase());
    if (d < least) [best, least] = [name, d];
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
