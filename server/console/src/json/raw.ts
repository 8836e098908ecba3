import { indented, jsonMistake, members } from "./reader";

/** Raw is JSON that is sent and shown as it is written. Parsing it would round its
 * numbers, and put names that look like numbers first. */
export class Raw {
  /** text MUST be JSON: see jsonMistake. */
  constructor(readonly text: string) {}

  /** of takes members of a JSON text, if they are there. */
  static of(text: string, ...names: string[]): Raw | undefined {
    let at: string | undefined = text;
    for (const name of names) at = at === undefined ? undefined : members(at).get(name);
    return at === undefined ? undefined : new Raw(at);
  }

  get indented(): string {
    return indented(this.text);
  }

  /** names are those of an object, in the order in which they are written. */
  get names(): string[] {
    return [...members(this.text).keys()];
  }
}

/** serialize is JSON.stringify, with Raw as it is. */
export function serialize(body: unknown): string {
  const raws: string[] = [];
  const mark = [...crypto.getRandomValues(new Uint32Array(4))].join("-") + "-";
  const text = JSON.stringify(body, (_, value: unknown) => (value instanceof Raw ? mark + (raws.push(value.text) - 1) : value));
  return raws.length === 0 ? text : text.replace(new RegExp(`"${mark}(\\d+)"`, "g"), (_, i: string) => raws[Number(i)]);
}

/** prettyJSON is a text in lines where it is JSON, else as it is. */
export function prettyJSON(text: string): string {
  return jsonMistake(text) === "" ? indented(text) : text;
}
