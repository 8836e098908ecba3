import { api, call } from "../api/client";
import type { Source } from "../language";
import { macrosOf } from "../state/macros.svelte";

/** sourceOf is what the editor of an expression asks. */
export function sourceOf(now: () => { scope: string; language: "cel" | "js"; variables: string[]; required?: string[] | null }): Source {
  return {
    macros: () => macrosOf(now().scope),
    variables: () => now().variables,
    async lint(expression, signal) {
      if (expression.trim() === "") return [];
      const { scope, language, variables, required } = now();
      const body = {
        expression, language, scope, ...(variables.length > 0 ? { variables } : {}), ...(required ? { required_secrets: required } : {}),
      };
      return (await call(api.POST("/v1/lint", { body, signal }))).diagnostics;
    },
  };
}
