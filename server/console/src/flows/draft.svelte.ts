import type { Schemas } from "../api/client";
import { Draft } from "../documents/draft.svelte";
import { Documents, parseStored } from "../documents/store";
import type { Raw } from "../json/raw";

export type Language = Schemas["Language"];
export type Flow = Omit<Schemas["Flow"], "sample_vars"> & { sample_vars?: Raw };
type Written = Schemas["WrittenExpression"];

export const flows = new Documents<Flow>("flows", "flow", parseStored<Flow>);

export class FlowPart {
  name = $state("");
  text = $state("");
  language = $state<Language>("cel");

  constructor(name: string, text: string, language: Language) {
    this.name = name;
    this.text = text;
    this.language = language;
  }
}

/** FlowDraft is a flow as it is edited: each expression with a language of its own. */
export class FlowDraft extends Draft<Flow, FlowPart> {
  constructor(scope: string) {
    super(scope);
    this.parted = true;
    this.parts = [new FlowPart("result", "", "cel")];
    this.mark();
  }

  part = (name: string) => new FlowPart(name, "", this.parts.at(-1)?.language ?? "cel");

  protected fill(f: Flow) {
    this.parts = Object.entries(f.expressions).map(([name, e]) => new FlowPart(name, ...written(e, f.language)));
  }

  source(): Record<string, unknown> {
    const one = this.parts[0].language;
    const write = (p: FlowPart) => (p.language === one ? p.text : { expression: p.text, language: p.language });
    return { language: one, expressions: Object.fromEntries(this.parts.map((p) => [p.name, write(p)])) };
  }
}

function written(e: Written, language: Language = "cel"): [string, Language] {
  return typeof e === "string" ? [e, language] : [e.expression, e.language ?? language];
}

/** textOf is a flow's source as one text, to compare versions. */
export function textOf(f: Partial<Flow>): string[] {
  return Object.entries(f.expressions ?? {}).flatMap(([name, e]) => {
    const [text, language] = written(e, f.language);
    return [`--- ${name} (${language})`, text];
  });
}
