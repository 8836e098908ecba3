export type Mistake = { code: string; message: string; line?: number; column?: number; alias?: string; field?: string; part?: string };

/** Problem is why a call was not done, in words for the one who asked. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 0,
    readonly mistakes: Mistake[] = [],
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  static unanswered() {
    return new Problem("unanswered", "The server did not answer. What you typed is still here: try again.");
  }

  static of(body: unknown, response: Response): Problem {
    const told = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
    const code = typeof told.code === "string" ? told.code : "unknown";
    const detail = typeof told.detail === "string" ? told.detail : `The server answered with the status ${response.status}.`;
    const after = Number(response.headers.get("Retry-After")) || 0;
    const mistakes = Array.isArray(told.errors) ? (told.errors as Mistake[]) : [];
    const request = typeof told.request_id === "string" ? told.request_id : "";
    return new Problem(code, advice(code, detail, after, request), response.status, mistakes, after);
  }

  /** on returns what is wrong with a field of the form, or "". */
  on(field: string): string {
    return this.mistakes.find((m) => m.field === field)?.message ?? "";
  }
}

const kept = "What you typed is still here";

// What to do now, for who has to do it.
function advice(code: string, detail: string, after: number, request: string): string {
  switch (code) {
    case "unauthorized":
      return `${sentence(detail)} ${kept}: sign in, and do it again.`;
    case "forbidden":
      return `${sentence(detail)} ${kept}: ask an admin, or sign in with a token that may.`;
    case "version_conflict":
      return `${sentence(detail)} ${kept}: look at what is stored now before you do it again.`;
    case "rate_limited":
      return `Too many attempts. ${kept}: try again in ${after || 1} s.`;
    case "overloaded":
    case "resolver_unavailable":
      return `${sentence(detail)} ${kept}: try again in ${after || 1} s.`;
    case "internal":
    case "unknown":
      return `${sentence(detail)} ${kept}: try again${request ? `, and if it goes on tell an admin the request's id ${request}` : ""}.`;
  }
  return sentence(detail);
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : first + ".";
}

/** explain is what to say of anything that was thrown. */
export function explain(e: unknown): string {
  return e instanceof Problem ? e.message : "Something went wrong on this page. What you typed is still here: try again.";
}
