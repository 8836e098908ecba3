import type { Template } from "./draft.svelte";

/** textOf is a template's source as one text, to compare versions. */
export function textOf(t: Partial<Template>): string[] {
  if (!t.parts) return [`--- (${t.context ?? "text"}, ${t.syntax ?? "liquid"})`, t.template ?? ""];
  return Object.entries(t.parts).flatMap(([name, p]) =>
    p.template_id ? [`--- ${name}: the stored template ${p.template_id}`] : [`--- ${name} (${p.context ?? "text"}, ${p.syntax ?? "liquid"})`, p.template ?? ""],
  );
}
