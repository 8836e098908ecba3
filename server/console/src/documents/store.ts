import { all, api, call, type Schemas } from "../api/client";
import { Raw } from "../json/raw";

export type Info = Schemas["DocumentInfo"];

/** What all that is stored has beside its source. */
export type Stored = Info & { required_secrets: string[] | null; sample_vars?: Raw };

/** Documents are the templates, or the flows. Their calls are alike. */
export class Documents<T extends Stored> {
  // The paths differ in this word alone; the types of one stand for both.
  private path: "/v1/templates";
  private one: "/v1/templates/{id}";
  private all: "/v1/templates/{id}/versions";
  private version: "/v1/templates/{id}/versions/{version}";

  constructor(
    readonly page: "templates" | "flows",
    readonly noun: "template" | "flow",
    private readonly parse: (text: string) => T,
  ) {
    this.path = `/v1/${page}` as "/v1/templates";
    this.one = `${this.path}/{id}`;
    this.all = `${this.one}/versions`;
    this.version = `${this.all}/{version}`;
  }

  list = (scope: string) => all<Info>((cursor) => api.GET(this.path, { params: { query: { scope, cursor, limit: 1000 } } }));

  async read(id: string, scope: string): Promise<T> {
    return this.parse(await call(api.GET(this.one, { params: { path: { id }, query: { scope } }, parseAs: "text" })));
  }

  /** put stores a version behind base, 0 for the first one. */
  async put(id: string, scope: string, base: number, body: unknown): Promise<T> {
    const header = base > 0 ? { "If-Match": `"${base}"` } : { "If-None-Match": "*" };
    return this.parse(await call(api.PUT(this.one, { params: { path: { id }, query: { scope }, header }, body: body as never, parseAs: "text" })));
  }

  versions = async (id: string, scope: string) => (await call(api.GET(this.all, { params: { path: { id }, query: { scope } } }))).items;

  async readVersion(id: string, scope: string, version: number): Promise<T> {
    return this.parse(await call(api.GET(this.version, { params: { path: { id, version }, query: { scope } }, parseAs: "text" })));
  }

  async restore(id: string, scope: string, version: number, base: number): Promise<T> {
    const params = { path: { id, version }, query: { scope }, header: { "If-Match": `"${base}"` } };
    return this.parse(await call(api.POST(`${this.version}/restore`, { params, parseAs: "text" })));
  }
}

/** parseStored reads a document; what users wrote in JSON stays as they wrote it. */
export function parseStored<T extends object>(text: string): T & { sample_vars?: Raw; translations?: Raw } {
  return { ...(JSON.parse(text) as T), sample_vars: Raw.of(text, "sample_vars"), translations: Raw.of(text, "translations") };
}
