import { Cut, Problem, Unreachable } from "./errors.js";
import type { components } from "./schema.js";

export type Done = components["schemas"]["BatchDone"];
export type Query = Record<string, string | number | undefined>;
export type Call = { query?: Query; body?: unknown; headers?: Record<string, string>; changes?: boolean };
export type Many<T> = Iterable<T> | AsyncIterable<T>;

// How many characters of lines are sent at once.
const piece = 64 << 10;
const shown = Symbol.for("nodejs.util.inspect.custom");

/** secretive makes an answer print its keys alone, where Node prints it. */
function secretive<T extends object>(answer: T): T {
  return Object.defineProperty(answer, shown, { value: () => `<${Object.keys(answer).join(", ")}>`, enumerable: false });
}

/** encode is JSON; the engine's own errors are not passed on, for they may quote what they were given. */
function encode(body: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch {}
  if (text === undefined) throw new TypeError("the request holds something that JSON cannot say, such as a bigint or a circle");
  return text;
}

function decode(text: string): Record<string, unknown> | undefined {
  try {
    const got: unknown = JSON.parse(text);
    if (typeof got === "object" && got !== null && !Array.isArray(got)) return got as Record<string, unknown>;
  } catch {}
  return undefined;
}

/** retryAfter reads the header of that name: seconds, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("Retry-After") ?? "";
  if (/^\d+$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max((at - Date.now()) / 1000, 0);
}

export class Transport {
  readonly host: string;
  readonly #base: string;
  readonly #token: string;

  constructor(
    url: string,
    token: string,
    readonly timeout: number,
    readonly attempts: number,
    readonly maxWait: number,
  ) {
    if (!URL.canParse(url)) throw new TypeError("the address of a server is a URL such as https://sotto.internal:8080");
    const base = new URL(url);
    if (!/^https?:$/.test(base.protocol) || base.username !== "") {
      throw new TypeError("the address of a server is a URL such as https://sotto.internal:8080, without user or password");
    }
    // fetch would quote a token that is no header.
    if (!/^[!-~]*$/.test(token)) throw new TypeError("a token is letters, digits and signs of ASCII");
    this.host = base.host;
    this.#base = base.origin + base.pathname.replace(/\/+$/, "");
    this.#token = token;
  }

  /** call makes a call, again where the server cannot have carried it out. */
  async call<T>(method: string, path: string, { query = {}, body, headers = {}, changes = false }: Call): Promise<T> {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
    const address = this.#base + path + (given.size > 0 ? "?" + given : "");
    const sent: RequestInit = { method, headers: this.#headers(headers), redirect: "manual" };
    if (body !== undefined) {
      sent.body = encode(body);
      sent.headers = { ...sent.headers, "Content-Type": "application/json" };
    }
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= this.attempts;
      const backoff = 0.1 * 2 ** (attempt - 1);
      let wait: number | undefined;
      const answer = await this.#send(address, sent, method);
      if (answer instanceof Failure) {
        if (last || !answer.again) throw answer.error;
        wait = backoff;
      } else {
        const { response, text } = answer;
        const busy = response.status === 429 || (response.status === 503 && !changes);
        const asked = retryAfter(response.headers);
        if (asked !== undefined ? asked <= this.maxWait : method === "GET") wait = asked ?? backoff;
        if (last || !busy || wait === undefined) return this.#read<T>(response, text);
      }
      await new Promise((resolve) => setTimeout(resolve, (wait ?? 0) * 1000));
    }
  }

  #headers(more: Record<string, string>): Record<string, string> {
    return { Authorization: "Bearer " + this.#token, Accept: "application/json, application/problem+json", ...more };
  }

  async #send(address: string, sent: RequestInit, method: string): Promise<{ response: Response; text: string } | Failure> {
    try {
      const response = await fetch(address, { ...sent, signal: AbortSignal.timeout(this.timeout * 1000) });
      return { response, text: await response.text() };
    } catch (e) {
      // What fetch says may quote the request; its codes do not.
      const cause = e instanceof Error ? (e.cause as { code?: string } | undefined) : undefined;
      const refused = cause?.code === "ECONNREFUSED";
      const late = e instanceof Error && e.name === "TimeoutError";
      const why = refused ? "nothing listens there" : late ? "it did not answer in time" : "the connection broke";
      return new Failure(new Unreachable(`cannot reach ${this.host}: ${why}`), refused || method === "GET");
    }
  }

  #read<T>(response: Response, text: string): T {
    if (response.status === 204 || response.status === 304) return undefined as T;
    const got = decode(text);
    if (response.ok && got) return secretive(got) as T;
    throw this.#refusal(response, got);
  }

  /** The error for an answer that is no success. Nothing of a foreign answer is quoted. */
  #refusal(response: Response, got: Record<string, unknown> | undefined): Error {
    if (typeof got?.code === "string") return new Problem(got as never, retryAfter(response.headers));
    return new Unreachable(`${this.host} answered ${response.status}: is it a sotto server?`);
  }

  /** lines sends head and recipients as lines, and yields those of the answer while it sends. */
  async *lines<T extends object>(path: string, head: object, recipients: Many<object>): AsyncGenerator<T, Done, void> {
    const gone = new AbortController();
    let failed: { error: unknown } | undefined;
    const waits = Symbol.asyncIterator in recipients;
    const all = waits ? recipients[Symbol.asyncIterator]() : recipients[Symbol.iterator]();
    const body = linesOf(encode(head), all, waits, (error) => {
      failed = { error };
      gone.abort();
    });
    try {
      const type = "application/x-ndjson";
      const sent = { method: "POST", duplex: "half", body, redirect: "manual", signal: gone.signal } as RequestInit;
      sent.headers = this.#headers({ "Content-Type": type, Accept: type + ", application/problem+json" });
      const response = await fetch(this.#base + path, sent);
      if (response.status !== 200) throw this.#refusal(response, decode(await response.text()));
      for await (const text of linesIn(response.body!)) {
        const line = decode(text);
        if (line && "id" in line) {
          yield secretive(line) as T;
          continue;
        }
        if (line && "done" in line) return line.done as Done;
        const problem = line?.error as { code?: unknown } | undefined;
        if (typeof problem?.code === "string") throw new Cut("the batch was cut: " + new Problem(problem as never).message);
        break;
      }
    } catch (e) {
      if (e instanceof Problem || e instanceof Unreachable || e instanceof Cut) throw e;
      if (failed) throw failed.error;
      const cause = e instanceof Error ? (e.cause as { code?: string } | undefined) : undefined;
      if (cause?.code === "ECONNREFUSED") throw new Unreachable(`cannot reach ${this.host}: nothing listens there`);
    } finally {
      gone.abort();
      void all.return?.(); // nobody waits for recipients that wait for answers
    }
    throw new Cut(`${this.host}: the batch ended before it was whole`);
  }
}

/** Failure is an attempt without an answer. */
class Failure {
  constructor(readonly error: Unreachable, readonly again: boolean) {}
}

/** linesOf is the body of a batch. What a plain iterable holds goes in pieces, what is waited for line by line. */
function linesOf(first: string, all: Iterator<object> | AsyncIterator<object>, waits: boolean, failed: (error: unknown) => void) {
  const utf8 = new TextEncoder();
  let text = first + "\n";
  return new ReadableStream<Uint8Array>({
    async pull(to) {
      try {
        do {
          const next = await all.next();
          if (next.done) {
            if (text !== "") to.enqueue(utf8.encode(text));
            to.close();
            return;
          }
          text += encode(next.value) + "\n";
        } while (!waits && text.length < piece);
        to.enqueue(utf8.encode(text));
        text = "";
        await new Promise((resolve) => setImmediate(resolve)); // answers are read between pieces
      } catch (e) {
        failed(e);
        to.error(new Error("the recipients ended with an error"));
      }
    },
  });
}

/** linesIn are the whole lines of an answer, as they come. */
async function* linesIn(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const utf8 = new TextDecoder();
  let rest = "";
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + utf8.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
