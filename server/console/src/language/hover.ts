import { hoverTooltip } from "@codemirror/view";
import type { Source } from "./source";

/** hovering tells what the filter, tag or secret under the pointer is. */
export function hovering(source: Source) {
  return hoverTooltip(async (view, at) => {
    const line = view.state.doc.lineAt(at);
    const start = line.text.slice(0, at - line.from).search(/[\w-]*$/);
    const name = /^[\w-]+/.exec(line.text.slice(start))?.[0];
    if (!name) return null;
    const macros = await source.macros().catch(() => null);
    const before = line.text.slice(0, start);
    const told = /secrets\.$/i.test(before)
      ? macros?.secrets.some((s) => s.name === name.toLowerCase()) && `The secret ${name}`
      : /\|\s*$/.test(before)
        ? macros?.filters.find((f) => f.name === name)?.description
        : /\{%-?\s*$/.test(before) && macros?.tags.find((t) => t.name === name)?.description;
    if (!told) return null;
    const from = line.from + start;
    return {
      pos: from,
      end: from + name.length,
      create() {
        const dom = document.createElement("div");
        dom.textContent = told;
        dom.className = "cm-told";
        return { dom };
      },
    };
  });
}
