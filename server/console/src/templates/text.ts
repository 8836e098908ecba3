import type { Template } from "./draft.svelte";

/** textOf is a template as one text, to compare versions. */
export function textOf(t: Partial<Template>): string {
  const lines: string[] = [];
  if (t.parts) {
    for (const [name, p] of Object.entries(t.parts)) lines.push(`--- ${name} (${p.context ?? "text"}, ${p.syntax ?? "liquid"})`, p.template ?? "");
  } else {
    lines.push(`--- (${t.context ?? "text"}, ${t.syntax ?? "liquid"})`, t.template ?? "");
  }
  if (t.description) lines.push("--- Description", t.description);
  if (t.required_secrets) lines.push("--- Required secrets", t.required_secrets.join(", "));
  if (t.sample_vars) lines.push("--- Sample variables", JSON.stringify(t.sample_vars, null, 2));
  return lines.join("\n") + "\n";
}
