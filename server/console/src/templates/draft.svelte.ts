import type { Schemas } from "../api/client";
import { variablesOf } from "./vars";

export type Context = Schemas["Context"];
export type Template = Schemas["Template"];

export class Part {
  name = $state("");
  text = $state("");
  context = $state<Context>("text");
  syntax = $state<Schemas["Syntax"]>("liquid");

  constructor(name: string, text = "", context: Context = "text", syntax: Schemas["Syntax"] = "liquid") {
    this.name = name;
    this.text = text;
    this.context = context;
    this.syntax = syntax;
  }
}

/** Draft is a template as it is edited, and the version that it came from. */
export class Draft {
  id = $state("");
  scope: string;
  /** base is the version that was read; 0 for a new template. */
  base = $state(0);
  author = $state("");
  /** parted says whether the parts have names. */
  parted = $state(false);
  parts = $state<Part[]>([new Part("")]);
  description = $state("");
  note = $state("");
  /** told is what was last done with it. */
  told = $state("");
  samples = $state("");
  required = $state("");
  private kept: Partial<Template> = {};
  private saved = $state("");

  constructor(scope: string) {
    this.scope = scope;
    this.mark();
  }

  static of(t: Template): Draft {
    const d = new Draft(t.scope);
    d.take(t);
    return d;
  }

  /** take makes the draft what is stored. */
  take(t: Template) {
    this.id = t.id;
    this.description = t.description;
    this.samples = t.sample_vars ? JSON.stringify(t.sample_vars, null, 2) : "";
    this.required = t.required_secrets?.join(", ") ?? "";
    this.parted = t.parts !== undefined;
    this.parts = t.parts
      ? Object.entries(t.parts).map(([name, p]) => new Part(name, p.template ?? "", p.context, p.syntax))
      : [new Part("", t.template ?? "", t.context, t.syntax)];
    this.note = "";
    this.came(t);
    this.mark();
  }

  /** came notes which version the draft is of now, and keeps what is typed. */
  came(t: Template) {
    this.base = t.version;
    this.author = t.author ?? "";
    this.kept = { translations: t.translations };
  }

  mark() {
    this.saved = JSON.stringify(this.body());
  }

  get dirty(): boolean {
    return JSON.stringify(this.body()) !== this.saved;
  }

  get variables(): string[] {
    return Object.keys(variablesOf(this.samples) ?? {});
  }

  get requiredSecrets(): string[] | null {
    const names = this.required.split(/[\s,]+/).filter(Boolean);
    return names.length > 0 ? names : null;
  }

  /** source is what the API renders, lints and stores. */
  source(): Record<string, unknown> {
    const part = (p: Part) => ({ template: p.text, context: p.context, syntax: p.syntax });
    const source = this.parted ? { parts: Object.fromEntries(this.parts.map((p) => [p.name, part(p)])) } : part(this.parts[0]);
    const more = this.kept.translations ? { translations: this.kept.translations } : {};
    return { ...source, ...more, required_secrets: this.requiredSecrets };
  }

  body(): Record<string, unknown> {
    const vars = variablesOf(this.samples);
    return {
      ...this.source(),
      description: this.description,
      ...(vars && Object.keys(vars).length > 0 ? { sample_vars: vars } : {}),
      ...(vars === null ? { sample_vars: this.samples } : {}),
    };
  }
}

// What was typed and not saved outlives a look at another page, in memory alone.
const drafts = new Map<string, Draft>();

const place = (scope: string, id: string) => scope + "\n" + id;

export const unsaved = {
  find: (scope: string, id: string) => drafts.get(place(scope, id)),
  keep: (scope: string, id: string, d: Draft) => void drafts.set(place(scope, id), d),
  drop: (scope: string, id: string) => void drafts.delete(place(scope, id)),
};

addEventListener("beforeunload", (e) => {
  if ([...drafts.values()].some((d) => d.dirty)) e.preventDefault();
});
