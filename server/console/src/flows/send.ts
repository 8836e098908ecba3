import { api, call } from "../api/client";
import type { Sent } from "../documents/TestSend.svelte";
import { variablesOf } from "../documents/vars";
import { Raw } from "../json/raw";
import type { FlowDraft } from "./draft.svelte";

/** send evaluates what is edited with the values of its secrets. */
export async function send(draft: FlowDraft): Promise<Sent> {
  const body = {
    ...draft.source(), required_secrets: draft.requiredSecrets, scope: draft.scope, mode: "send", vars: variablesOf(draft.samples) ?? {},
  };
  const text = await call(api.POST("/v1/evaluate", { body: body as never, parseAs: "text" }));
  const { secrets } = JSON.parse(text) as { secrets: string[] };
  return { outputs: draft.parts.map((p) => ({ name: p.name, text: Raw.of(text, "results", p.name)?.text ?? "", context: "json" })), secrets };
}
