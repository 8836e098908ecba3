/** variablesOf parses sample variables, or returns null for what is no object. */
export function variablesOf(text: string): Record<string, unknown> | null {
  if (text.trim() === "") return {};
  try {
    const vars: unknown = JSON.parse(text);
    return typeof vars === "object" && vars !== null && !Array.isArray(vars) ? (vars as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
