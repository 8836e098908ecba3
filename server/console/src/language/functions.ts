import type { Kind, Macro } from "./source";

const f = (form: string, description: string): Macro => ({ name: form.replace(/\(.*/s, "").replace(/^.*\./, ""), description, forms: [form] });

/** functions are those to insert into expressions, by language. */
export const functions: Record<Kind, Macro[]> = {
  template: [],
  cel: [
    f("has(vars.name)", "Whether a field is there"),
    f("size(value)", "How many items or characters a value has"),
    f("string(value)", "A value as text"),
    f("int(value)", "A value as a whole number"),
    f("double(value)", "A value as a number"),
    f("json_encode(value)", "A value as JSON text"),
    f("json_decode(text)", "What a JSON text says"),
    f("base64.encode(b'')", "Bytes in base64"),
    f("sha256(text)", "The SHA-256 of a text, in hex"),
    f("hmac_sha256(text, key)", "A signature that does not show its key"),
    f("basic_auth(username, password)", "The header of basic authentication"),
    f("url_encode(text)", "A text escaped for a URL"),
    f('date(value, "%Y-%m-%d")', "A time as text"),
  ],
  js: [
    f("JSON.stringify(value)", "A value as JSON text"),
    f("JSON.parse(text)", "What a JSON text says"),
    f("String(value)", "A value as text"),
    f("Number(value)", "A value as a number"),
    f("encodeURIComponent(text)", "A text escaped for a URL"),
    f("Object.keys(value)", "The names of an object"),
    f("Math.round(number)", "The nearest whole number"),
    f("sha256(text)", "The SHA-256 of a text, in hex"),
    f("hmac_sha256(text, key)", "A signature that does not show its key"),
    f("basic_auth(username, password)", "The header of basic authentication"),
  ],
};
