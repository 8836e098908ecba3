import type { EditorView } from "@codemirror/view";
import { inside } from "./place";
import type { Kind, Macro } from "./source";

/** Category is where a thing to insert belongs. */
export type Category = "Secrets" | "Variables" | "Filters" | "Tags" | "Functions";

/** fitting returns the form of a macro that fits where the cursor is. */
export function fitting(category: Category, macro: Macro, kind: Kind, before: string): string {
  const at = kind === "template" ? inside(before) : "text";
  switch (category) {
    case "Secrets": {
      const reference = macro.forms.find((f) => f.startsWith("secrets")) ?? "secrets." + macro.name;
      if (kind !== "template") return insideLiteral(before) ? "${" + reference + "}" : reference;
      if (at !== "text") return reference;
      return macro.forms.find((f) => f.startsWith("<<")) ?? `<<Secrets.${macro.name}>>`;
    }
    case "Variables":
      if (kind !== "template") return insideLiteral(before) ? "${" + macro.name + "}" : macro.name;
      return at === "text" ? `{{ ${macro.name} }}` : macro.name;
    case "Filters":
      if (at === "text") return macro.forms[0];
      return (/\|\s*$/.test(before) ? "" : "| ") + filterOf(macro);
    case "Tags":
      return macro.forms[0];
    case "Functions":
      return macro.forms[0];
  }
}

/** filterOf returns a filter's name with its arguments, without what it is put on. */
export function filterOf(macro: Macro): string {
  const form = macro.forms.find((f) => f.includes("|"));
  const found = form && /\|\s*(.*?)\s*(?:-?\}\}|>>|%\}|$)/s.exec(form);
  return found ? found[1] : macro.name;
}

function insideLiteral(before: string): boolean {
  const tail = before.slice(-4000);
  const ticks = (tail.match(/`/g) ?? []).length;
  return ticks % 2 === 1 && tail.lastIndexOf("${") <= tail.lastIndexOf("}");
}

/** insert puts a text in place of the selection and goes on behind it. */
export function insert(view: EditorView, text: string) {
  view.dispatch(view.state.replaceSelection(text), { userEvent: "input.complete", scrollIntoView: true });
  view.focus();
}
