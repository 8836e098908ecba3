import type { Schemas } from "../api/client";
import { Draft } from "../documents/draft.svelte";
import { Documents, parseStored } from "../documents/store";
import type { Raw } from "../json/raw";

export type Context = Schemas["Context"];
type Syntax = Schemas["Syntax"];
type StoredPart = Schemas["Part"];
export type Template = Omit<Schemas["Template"], "sample_vars" | "translations"> & { sample_vars?: Raw; translations?: Raw };

export const templates = new Documents<Template>("templates", "template", parseStored<Template>);

export class TemplatePart {
  name = $state("");
  text = $state("");
  context = $state<Context>("text");
  syntax = $state<Syntax>("liquid");
  /** stored is the id of the template that the part is, if it is a stored one. */
  stored: string;

  constructor(name: string, from: StoredPart = {}) {
    this.name = name;
    this.text = from.template ?? "";
    this.context = from.context ?? "text";
    this.syntax = from.syntax ?? "liquid";
    this.stored = from.template_id ?? "";
  }

  source(): StoredPart {
    return this.stored ? { template_id: this.stored } : { template: this.text, context: this.context, syntax: this.syntax };
  }
}

/** TemplateDraft is a template as it is edited. */
export class TemplateDraft extends Draft<Template, TemplatePart> {
  private translations: Raw | undefined;

  constructor(scope: string) {
    super(scope);
    this.parts = [new TemplatePart("")];
    this.mark();
  }

  part = (name: string) => new TemplatePart(name);

  protected fill(t: Template) {
    this.parted = t.parts !== undefined;
    this.parts = t.parts ? Object.entries(t.parts).map(([name, p]) => new TemplatePart(name, p)) : [new TemplatePart("", t)];
  }

  override came(t: Template) {
    super.came(t);
    this.translations = t.translations;
  }

  source(): Record<string, unknown> {
    const source = this.parted ? { parts: Object.fromEntries(this.parts.map((p) => [p.name, p.source()])) } : this.parts[0].source();
    return { ...source, ...(this.translations ? { translations: this.translations } : {}) };
  }
}
