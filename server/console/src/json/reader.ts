/** jsonMistake returns what is wrong with a text as JSON, with its place, or "". */
export function jsonMistake(text: string): string {
  const reader = new Reader(text);
  try {
    reader.value(0);
    reader.space();
    if (reader.at < text.length) reader.fail("nothing may follow the value");
  } catch (e) {
    if (e instanceof Mistake) return `Line ${e.line}, column ${e.column}: ${e.message}`;
    throw e;
  }
  return "";
}

/** members are the values of a JSON object by name, or of an array by place, as they are
 * written. Any other text has none. */
export function members(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const reader = new Reader(text, (name, from, to) => found.set(name, text.slice(from, to)));
  try {
    reader.value(0);
  } catch (e) {
    if (!(e instanceof Mistake)) throw e;
  }
  return found;
}

/** indented is a JSON text in lines, with its names and numbers as they are written. */
export function indented(text: string): string {
  let out = "", before = "", depth = 0;
  const line = () => "\n" + "  ".repeat(depth);
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    const opened = before === "{" || before === "[";
    if (token === "}" || token === "]") {
      depth--;
      out += (opened ? "" : line()) + token;
    } else {
      out += (opened || before === "," ? line() : before === ":" ? " " : "") + token;
      if (token === "{" || token === "[") depth++;
    }
    before = token;
  }
  return out;
}

class Mistake extends Error {
  constructor(message: string, readonly line: number, readonly column: number) {
    super(message);
  }
}

const maxDepth = 1000;

// The engines' own messages differ, and quote what is around the mistake.
class Reader {
  at = 0;

  constructor(readonly text: string, readonly seen: (name: string, from: number, to: number) => void = () => {}) {}

  fail(message: string): never {
    const before = this.text.slice(0, this.at).split("\n");
    throw new Mistake(message, before.length, before[before.length - 1].length + 1);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at++;
  }

  value(depth: number): void {
    if (depth > maxDepth) this.fail("it is nested too deep");
    this.space();
    const c = this.text[this.at];
    if (c === undefined) this.fail("a value is missing");
    if (c === "{") return this.list("}", () => this.member(depth), "an object");
    if (c === "[") return this.list("]", (place) => this.part(String(place), depth), "an array");
    if (c === '"') return this.string();
    const word = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text);
    if (!found) this.fail(c === "'" ? 'texts stand in double quotes (")' : "this is no JSON value");
    this.at += found[0].length;
  }

  private member(depth: number) {
    if (this.text[this.at] !== '"') this.fail("a name in double quotes is missing");
    const from = this.at;
    this.string();
    const name = this.text.slice(from, this.at);
    this.space();
    if (this.text[this.at] !== ":") this.fail('":" is missing behind the name');
    this.at++;
    this.part(JSON.parse(name), depth);
  }

  private part(name: string, depth: number) {
    this.space();
    const from = this.at;
    this.value(depth + 1);
    if (depth === 0) this.seen(name, from, this.at);
  }

  private list(end: string, item: (place: number) => void, what: string) {
    this.at++;
    this.space();
    if (this.text[this.at] === end) {
      this.at++;
      return;
    }
    for (let place = 0; ; place++) {
      item(place);
      this.space();
      const c = this.text[this.at];
      if (c === end) {
        this.at++;
        return;
      }
      if (c !== ",") this.fail(c === undefined ? `${what} is not closed: "${end}" is missing` : `"," or "${end}" is missing`);
      this.at++;
      this.space();
      if (this.text[this.at] === end) this.fail('nothing stands behind the last ","');
    }
  }

  private string() {
    this.at++;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || c === "\n") this.fail("a text is not closed: a double quote is missing");
      if (c < " ") this.fail("a control character must be written as an escape");
      if (c === '"') {
        this.at++;
        return;
      }
      if (c === "\\") {
        const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
        escape.lastIndex = this.at;
        if (!escape.test(this.text)) this.fail("this escape is not known");
        this.at = escape.lastIndex;
        continue;
      }
      this.at++;
    }
  }
}
