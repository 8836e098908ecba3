import { api, call, type Schemas } from "../api/client";
import type { Macros } from "../language";

// How long the names of secrets may be out of date here.
const fresh = 2000;

const kept = new Map<string, { at: number; macros: Promise<Macros> }>();

/** macrosOf lists what can be inserted in a scope. */
export function macrosOf(scope: string): Promise<Macros> {
  const found = kept.get(scope);
  if (found && Date.now() - found.at < fresh) return found.macros;
  const macros = read(scope);
  kept.set(scope, { at: Date.now(), macros });
  macros.catch(() => kept.delete(scope));
  return macros;
}

async function read(scope: string): Promise<Macros> {
  const macros: Schemas["Macros"] = { secrets: [], filters: [], tags: [], functions: [] };
  let cursor: string | undefined;
  do {
    const page: Schemas["Macros"] = await call(api.GET("/v1/macros", { params: { query: { scope, cursor, limit: 1000 } } }));
    macros.secrets.push(...page.secrets);
    macros.filters.push(...page.filters);
    macros.tags.push(...page.tags);
    macros.functions.push(...page.functions);
    cursor = page.next;
  } while (cursor);
  return macros;
}
