import { api, call } from "../api/client";
import type { Sent } from "../documents/TestSend.svelte";
import { variablesOf } from "../documents/vars";
import type { TemplateDraft } from "./draft.svelte";

/** rendering is the body of a render of what is edited. */
export function rendering(draft: TemplateDraft, mode: "preview" | "send") {
  return { ...draft.source(), required_secrets: draft.requiredSecrets, scope: draft.scope, mode, vars: variablesOf(draft.samples) ?? {} };
}

/** render yields the outputs by part, "" for one alone. */
export async function render(draft: TemplateDraft, mode: "preview" | "send", signal?: AbortSignal): Promise<Sent> {
  const got = await call(api.POST("/v1/render", { body: rendering(draft, mode) as never, signal }));
  const text = (name: string) => (draft.parted ? got.outputs?.[name] : got.output) ?? "";
  return { outputs: draft.parts.map((p) => ({ name: draft.parted ? p.name : "", text: text(p.name), context: p.context })), secrets: got.secrets };
}

export const send = (draft: TemplateDraft) => render(draft, "send");
