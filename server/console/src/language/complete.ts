import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { filterOf } from "./insert";
import { inside } from "./place";
import { functionsOf, type Kind, type Macro, type Source } from "./source";

// What stands in a name: an alias has hyphens.
const name = /[\w-]*$/;

/** completion offers what fits behind `<<`, `{{`, `secrets.` and `|`. */
export function completion(kind: Kind, source: Source) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const before = context.state.sliceDoc(Math.max(0, context.pos - 4000), context.pos);
    const from = context.pos - (name.exec(before)?.[0].length ?? 0);
    const head = before.slice(0, before.length - (context.pos - from));
    const valid = /^[\w-]*$/;
    if (/secrets\??\.$/i.test(head)) {
      return { from, options: (await source.macros()).secrets.map(alias), validFor: valid };
    }
    if (kind === "template") {
      const at = inside(head);
      if (at === "text") return null;
      if (/\|\s*$/.test(head)) return { from, options: (await source.macros()).filters.map(filter), validFor: valid };
      if (at === "tag" && /\{%-?\s*$/.test(head)) return { from, options: (await source.macros()).tags.map(tag), validFor: valid };
      if (/(?:<<|\{\{-?|[:,(=<>]|\s(?:if|unless|elsif|and|or|in|case|when|contains))\s*$/.test(head) && (from < context.pos || /(?:<<|\{\{-?)\s*$/.test(head) || context.explicit)) {
        const closing = at === "macro" ? ">>" : at === "output" ? " }}" : "";
        const closed = context.state.sliceDoc(context.pos, context.pos + 3).trimStart().startsWith(closing.trim());
        const end = closing && !closed && /(?:<<|\{\{-?)\s*$/.test(head) ? closing : "";
        return { from, options: await values(source, end), validFor: valid };
      }
      return null;
    }
    if (/<<\s*$/.test(head)) return { from, options: (await source.macros()).secrets.map((m) => reference(m, ">>")), validFor: valid };
    if (from < context.pos || context.explicit) {
      if (/[.\w]$/.test(head)) return null;
      return { from, options: [...(await values(source, "")), ...functionsOf(await source.macros(), kind).map(call)], validFor: valid };
    }
    return null;
  };
}

async function values(source: Source, end: string): Promise<Completion[]> {
  const { secrets } = await source.macros();
  return [
    ...source.variables().map((v): Completion => ({ label: v, type: "variable", apply: v + end })),
    ...secrets.map((m) => reference(m, end)),
  ];
}

const alias = (m: Macro): Completion => ({ label: m.name, type: "constant", detail: "secret" });

const reference = (m: Macro, end: string): Completion => ({
  label: "Secrets." + m.name, type: "constant", detail: "secret", apply: (end === ">>" ? "Secrets." : "secrets.") + m.name + end,
});

const filter = (m: Macro): Completion => ({ label: m.name, type: "function", info: m.description, apply: filterOf(m) });

const tag = (m: Macro): Completion => ({ label: m.name, type: "keyword", info: m.description });

const call = (m: Macro): Completion => ({ label: m.name, type: "function", info: m.description, apply: m.forms[0] });
