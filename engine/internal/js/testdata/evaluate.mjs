// Evaluates the expressions of a JSON array on stdin and prints what each yields, as
// show in show_test.go spells it, one JSON string a line.
import {readFileSync} from "node:fs";

process.env.TZ = "UTC";
const show = (v, depth = 0) => {
  if (depth > 40) return "deep";
  switch (typeof v) {
    case "undefined": return "undefined";
    case "number": return Object.is(v, -0) ? "-0" : String(v);
    case "boolean": return String(v);
    case "string": return JSON.stringify(v);
    case "function": return "function";
    case "object": break;
    default: return typeof v;
  }
  if (v === null) return "null";
  if (Array.isArray(v)) {
    let out = [];
    for (let i = 0; i < v.length; i++) out.push(i in v ? show(v[i], depth + 1) : "hole");
    return "[" + out.join(",") + "]";
  }
  if (v instanceof Date) return "Date(" + show(v.getTime()) + ")";
  if (v instanceof RegExp) return String(v);
  if (v instanceof Set) return "Set" + show([...v], depth + 1);
  if (v instanceof Map) return "Map" + show([...v], depth + 1);
  if (v instanceof URL) return "URL(" + v.href + ")";
  if (v instanceof URLSearchParams) return "Params(" + v + ")";
  if (v instanceof Error) return "Error";
  if (typeof v.next === "function") return "iterator" + show([...v], depth + 1);
  return "{" + Object.keys(v).map(k => JSON.stringify(k) + ":" + show(v[k], depth + 1)).join(",") + "}";
};

const given = JSON.parse(readFileSync(0, "utf8"));
const names = Object.keys(given.vars ?? {});
const lines = [];
for (const source of given.expressions) {
  let out;
  try {
    out = show(new Function(...names, "return (" + source + "\n)")(...names.map(n => structuredClone(given.vars[n]))));
  } catch (e) {
    out = "!" + (e?.name === "DataCloneError" || e?.name === "InvalidCharacterError" ? "TypeError" : e instanceof Error ? e.name : "thrown");
  }
  lines.push(JSON.stringify(out));
}
process.stdout.write(lines.join("\n") + "\n");
