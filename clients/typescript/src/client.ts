import type { components } from "./schema.js";
import { type Call, type Done, type Many, Transport } from "./transport.js";

export { Cut, Problem, Unreachable } from "./errors.js";
export type { Done, Many } from "./transport.js";
export type Schemas = components["schemas"];

export type Options = {
  /** Where the calls work; by default the token's own scope. */
  scope?: string;
  /** Seconds that a call may take; a batch takes as long as it takes. Default: 60. */
  timeout?: number;
  /** How often a call is tried. Default: 3. */
  attempts?: number;
  /** The longest pause before a call is tried again, in seconds; a server that asks for more is not waited for. Default: 10. */
  maxWait?: number;
};

/**
 * Client calls a server. A call is tried again where the server cannot have carried it out: where nothing
 * listens, and where it says that it is too busy (429, or 503 with Retry-After); one that reads also after a
 * broken connection. A refusal is a Problem.
 */
export class Client {
  readonly #to: Transport;
  readonly #scope: string | undefined;

  /** url is such as https://sotto.internal:8080. */
  constructor(url: string, token: string, options: Options = {}) {
    this.#to = new Transport(url, token, options.timeout ?? 60, options.attempts ?? 3, options.maxWait ?? 10);
    this.#scope = options.scope;
  }

  /** Renders a template, a stored one (template_id) or parts. */
  render(request: Schemas["RenderRequest"]): Promise<Schemas["Rendered"]> {
    return this.#post("/v1/render", request);
  }

  /** Evaluates an expression, several, or a flow (flow_id). */
  evaluate(request: Schemas["EvaluateRequest"]): Promise<Schemas["Evaluated"]> {
    return this.#post("/v1/evaluate", request);
  }

  /** Checks templates or expressions without resolving anything. */
  lint(request: Schemas["LintRequest"]): Promise<Schemas["Linted"]> {
    return this.#post("/v1/lint", request);
  }

  /**
   * Renders for all recipients, and yields what came out in their order. request is that of render without
   * vars. Both ways are streams: recipients may be a generator of any length. What a plain iterable holds is
   * sent in pieces, what an async one yields at once, so that it may wait for answers. One that fails has
   * `error` and stops nobody. A batch that ends early throws Cut. The generator returns what the server says
   * of it all. It is sent once.
   */
  renderBatch(request: Schemas["RenderRequest"], recipients: Many<Schemas["Recipient"]>): AsyncGenerator<Schemas["RenderedRecipient"], Done, void> {
    return this.#to.lines("/v1/render/batch", this.#scoped(request), recipients);
  }

  /** Is renderBatch for expressions. */
  evaluateBatch(request: Schemas["EvaluateRequest"], recipients: Many<Schemas["Recipient"]>): AsyncGenerator<Schemas["EvaluatedRecipient"], Done, void> {
    return this.#to.lines("/v1/evaluate/batch", this.#scoped(request), recipients);
  }

  /** The secrets of the scope without values, page by page. */
  secrets(filter: { q?: string; type?: string; archived?: "true" | "only" } = {}): AsyncGenerator<Schemas["Secret"]> {
    return this.#pages("/v1/secrets", filter);
  }

  /** What is known of a secret. */
  secret(alias: string): Promise<Schemas["Secret"]> {
    return this.#to.call("GET", "/v1/secrets/" + encodeURIComponent(alias), { query: this.#query() });
  }

  /** Creates a secret; with an Idempotency-Key it may be tried again. */
  createSecret(draft: Schemas["SecretDraft"], key?: string): Promise<Schemas["Secret"]> {
    return this.#to.call("POST", "/v1/secrets", this.#change(draft, key));
  }

  /** Gives a secret a new value or description. */
  updateSecret(alias: string, patch: Schemas["SecretPatch"], key?: string): Promise<Schemas["Secret"]> {
    return this.#to.call("PATCH", "/v1/secrets/" + encodeURIComponent(alias), this.#change(patch, key));
  }

  /** Makes a secret unusable; force does it also where stored templates use it. */
  archiveSecret(alias: string, { force = false } = {}): Promise<Schemas["Secret"]> {
    const query = { ...this.#query(), force: force ? "true" : undefined };
    return this.#to.call("POST", `/v1/secrets/${encodeURIComponent(alias)}/archive`, { query, changes: true });
  }

  /** Makes an archived secret usable again. */
  restoreSecret(alias: string): Promise<Schemas["Secret"]> {
    return this.#to.call("POST", `/v1/secrets/${encodeURIComponent(alias)}/restore`, { query: this.#query(), changes: true });
  }

  /** Deletes a secret for ever. */
  deleteSecret(alias: string, { force = false } = {}): Promise<void> {
    const query = { ...this.#query(), confirm: alias, force: force ? "true" : undefined };
    return this.#to.call("DELETE", "/v1/secrets/" + encodeURIComponent(alias), { query, changes: true });
  }

  /** The templates of the scope, page by page. */
  templates(): AsyncGenerator<Schemas["DocumentInfo"]> {
    return this.#pages("/v1/templates", {});
  }

  /** The newest version of a stored template. */
  template(id: string): Promise<Schemas["Template"]> {
    return this.#to.call("GET", "/v1/templates/" + encodeURIComponent(id), { query: this.#query() });
  }

  /** Stores a template; `of` is the version that it changes, `new` says that there is none yet. */
  putTemplate(id: string, draft: Schemas["TemplateDraft"], when: { of?: number; new?: boolean } = {}): Promise<Schemas["Template"]> {
    const headers: Record<string, string> = when.of !== undefined ? { "If-Match": `"${when.of}"` } : when.new ? { "If-None-Match": "*" } : {};
    return this.#to.call("PUT", "/v1/templates/" + encodeURIComponent(id), { body: this.#scoped(draft), headers, changes: true });
  }

  /** Deletes a stored template with all its versions. */
  deleteTemplate(id: string): Promise<void> {
    return this.#to.call("DELETE", "/v1/templates/" + encodeURIComponent(id), { query: this.#query(), changes: true });
  }

  #scoped<T extends object>(body: T): T {
    return this.#scope === undefined ? body : { scope: this.#scope, ...body };
  }

  #query(): { scope?: string } {
    return this.#scope === undefined ? {} : { scope: this.#scope };
  }

  #post<T>(path: string, body: object): Promise<T> {
    return this.#to.call("POST", path, { body: this.#scoped(body) });
  }

  #change(body: object, key: string | undefined): Call {
    return { body: this.#scoped(body), changes: key === undefined, headers: key === undefined ? {} : { "Idempotency-Key": key } };
  }

  async *#pages<T>(path: string, filter: Record<string, string>): AsyncGenerator<T> {
    let cursor: string | undefined;
    do {
      const query = { ...this.#query(), ...filter, cursor, limit: 1000 };
      const page = await this.#to.call<{ items: T[]; next?: string }>("GET", path, { query });
      yield* page.items;
      cursor = page.next;
    } while (cursor !== undefined);
  }
}
