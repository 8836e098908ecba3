import type { components } from "./schema.js";

type Body = components["schemas"]["Problem"];

/** Problem is a refusal as the server tells it (RFC 9457). No text of it holds a value. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What kind of refusal it is. A code never changes its meaning; new ones may come. */
  readonly code: string;
  readonly requestId: string;
  /** The mistakes, with their places. */
  readonly errors: NonNullable<Body["errors"]>;

  constructor(
    body: Body,
    /** Seconds after which to come again, where the server said so. */
    readonly retryAfter?: number,
  ) {
    super(`${body.detail} [${body.code}, request ${body.request_id}]`);
    this.type = body.type;
    this.title = body.title;
    this.status = body.status;
    this.code = body.code;
    this.requestId = body.request_id;
    this.errors = body.errors ?? [];
  }
}

/** Unreachable is a server that does not answer, or an answer that no sotto server gives. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Cut is a batch that ended before it was whole. What was answered before is done. */
export class Cut extends Error {
  override readonly name = "Cut";
}
