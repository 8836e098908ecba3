import { api, call } from "../api/client";
import type { Diagnostic, Source } from "../language";
import { macrosOf } from "../state/macros.svelte";
import type { TemplateDraft, TemplatePart } from "./draft.svelte";

/** sourceOf is what the editor of a part asks. */
export function sourceOf(draft: TemplateDraft, part: TemplatePart): Source {
  return {
    macros: () => macrosOf(draft.scope),
    variables: () => draft.variables,
    async lint(template, signal): Promise<Diagnostic[]> {
      const required = draft.requiredSecrets;
      const variables = draft.variables;
      const body = {
        template, context: part.context, syntax: part.syntax, scope: draft.scope,
        ...(required ? { required_secrets: required } : {}),
        ...(variables.length > 0 ? { variables } : {}),
      };
      return (await call(api.POST("/v1/lint", { body, signal }))).diagnostics;
    },
  };
}
