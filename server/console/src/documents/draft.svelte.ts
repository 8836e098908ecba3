import { serialize } from "../json/raw";
import type { Stored } from "./store";
import { variablesOf } from "./vars";

/** Part is one source of a document, such as a mail's title. */
export interface Part {
  name: string;
  text: string;
}

/** Draft is a document as it is edited, and the version that it came from. */
export abstract class Draft<T extends Stored = Stored, P extends Part = Part> {
  id = $state("");
  /** base is the version that was read; 0 for a new document. */
  base = $state(0);
  author = $state("");
  /** parted says whether the parts have names. */
  parted = $state(false);
  parts = $state<P[]>([]);
  description = $state("");
  note = $state("");
  /** told is what was last done with it. */
  told = $state("");
  samples = $state("");
  required = $state("");
  private saved = $state("");

  constructor(readonly scope: string) {}

  /** source is what the API renders or evaluates, lints and stores. */
  abstract source(): Record<string, unknown>;
  /** part makes an empty one. */
  abstract part(name: string): P;
  protected abstract fill(stored: T): void;

  /** take makes the draft what is stored. */
  take(stored: T) {
    this.id = stored.id;
    this.description = stored.description;
    this.samples = stored.sample_vars?.indented ?? "";
    this.required = stored.required_secrets?.join(", ") ?? "";
    this.note = "";
    this.fill(stored);
    this.came(stored);
    this.mark();
  }

  /** came notes which version the draft is of now, and keeps what is typed. */
  came(stored: T) {
    this.base = stored.version;
    this.author = stored.author ?? "";
  }

  mark() {
    this.saved = serialize(this.body());
  }

  get dirty(): boolean {
    return serialize(this.body()) !== this.saved;
  }

  get variables(): string[] {
    return variablesOf(this.samples)?.names ?? [];
  }

  get requiredSecrets(): string[] | null {
    const names = this.required.split(/[\s,]+/).filter(Boolean);
    return names.length > 0 ? names : null;
  }

  body(): Record<string, unknown> {
    const vars = variablesOf(this.samples);
    return {
      ...this.source(),
      required_secrets: this.requiredSecrets,
      description: this.description,
      ...(vars && this.samples.trim() !== "" ? { sample_vars: vars } : {}),
      ...(vars === null ? { sample_vars: this.samples } : {}),
    };
  }
}

// What was typed and not saved outlives a look at another page, in memory alone.
const drafts = new Map<string, Draft>();

const place = (page: string, scope: string, id: string) => [page, scope, id].join("\n");

export const unsaved = {
  find: (page: string, scope: string, id: string) => drafts.get(place(page, scope, id)),
  keep: (page: string, scope: string, id: string, d: Draft) => void drafts.set(place(page, scope, id), d),
  drop: (page: string, scope: string, id: string) => void drafts.delete(place(page, scope, id)),
};

addEventListener("beforeunload", (e) => {
  if ([...drafts.values()].some((d) => d.dirty)) e.preventDefault();
});
