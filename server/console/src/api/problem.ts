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
    return new Problem(code, advice(code, detail, after), response.status, mistakes, after);
  }

  /** on returns what is wrong with a field of the form, or "". */
  on(field: string): string {
    return this.mistakes.find((m) => m.field === field)?.message ?? "";
  }
}

function advice(code: string, detail: string, after: number): string {
  switch (code) {
    case "rate_limited":
      return `Too many attempts: try again in ${after || 1} s.`;
    case "overloaded":
    case "resolver_unavailable":
      return `${sentence(detail)} What you typed is still here: try again in ${after || 1} s.`;
    case "internal":
      return `${sentence(detail)} What you typed is still here.`;
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
