import type { Stored } from "./store";

/** textOf is a document as one text, to compare versions. */
export function textOf<T extends Stored>(d: Partial<T>, source: (d: Partial<T>) => string[]): string {
  const lines = source(d);
  if (d.description) lines.push("--- Description", d.description);
  if (d.required_secrets) lines.push("--- Required secrets", d.required_secrets.join(", "));
  if (d.sample_vars) lines.push("--- Sample variables", d.sample_vars.indented);
  return lines.join("\n") + "\n";
}
