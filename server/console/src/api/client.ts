import createClient from "openapi-fetch";
import type { components, paths } from "./schema";
import { serialize } from "../json/raw";
import { Problem } from "./problem";

export type Schemas = components["schemas"];

// How long a call may take before the page says that nothing came.
const patience = 30_000;

/** Calls the API with the session's cookie; see call. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  // A body in a browser's cache would outlive the session.
  cache: "no-store",
  bodySerializer: serialize,
  fetch: async (request: Request) => {
    try {
      return await answerOf(request);
    } catch (e) {
      if (request.signal.aborted) throw e;
      throw Problem.unanswered();
    }
  },
});

// The whole answer, body included: one that stops in the middle is none.
async function answerOf(request: Request): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  try {
    const response = await fetch(request, { signal: AbortSignal.any([request.signal, late.signal]) });
    const body = await response.arrayBuffer();
    return new Response(response.status === 204 || response.status === 304 ? null : body, response);
  } finally {
    clearTimeout(timer);
  }
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

let ended = () => {};

/** whenEnded says what happens when the server no longer knows the session. */
export function whenEnded(f: () => void) {
  ended = f;
}

/** call returns what the server answered, or throws a Problem. */
export async function call<T>(sent: Promise<Answer<T>>): Promise<T> {
  const answer = await sent;
  if (answer.response.status === 401) ended();
  return answered(answer);
}

/** answered is call where a 401 says nothing of the session. */
export function answered<T>({ data, error, response }: Answer<T>): T {
  if (response.ok) return data as T;
  throw Problem.of(error, response);
}

/** all reads a list to its end. */
export async function all<T>(page: (cursor?: string) => Promise<Answer<{ items: T[]; next?: string }>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const got = await call(page(cursor));
    items.push(...got.items);
    cursor = got.next;
  } while (cursor);
  return items;
}
