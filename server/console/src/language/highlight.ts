import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from "@codemirror/language";
import { Tag, tags } from "@lezer/highlight";
import type { Kind } from "./source";

const macro = Tag.define(), secret = Tag.define();
const tokenTable = { macro, secret };

type State = { inside: "" | "}}" | "%}" | ">>"; tag: boolean; pipe: boolean; raw: string; quote: string; holes: number };

const fresh = (): State => ({ inside: "", tag: false, pipe: false, raw: "", quote: "", holes: 0 });

const keywords = /^(?:and|or|not|contains|in|with|as|by|empty|blank|nil|null|true|false|limit|offset|reversed|for)\b/;

function templateToken(stream: StringStream, state: State): string | null {
  if (state.raw) {
    const end = new RegExp(`\\{%-?\\s*end${state.raw}\\s*-?%\\}`);
    const rest = stream.string.slice(stream.pos).search(end);
    if (rest === 0) state.raw = "";
    else {
      if (rest > 0) stream.pos += rest;
      else stream.skipToEnd();
      return "comment";
    }
  }
  if (!state.inside) {
    if (stream.match("\\<<")) return null;
    if (stream.match(/^\{\{-?/)) return (state.inside = "}}"), "macro";
    if (stream.match(/^\{%-?/)) return (state.inside = "%}"), (state.tag = true), "macro";
    if (stream.match(/^<<(?=[\s"A-Za-z_])/)) return (state.inside = ">>"), "macro";
    stream.next();
    stream.eatWhile(/[^{<\\]/);
    return null;
  }
  if (stream.eatSpace()) return null;
  if (stream.match(state.inside) || (state.inside !== ">>" && stream.match("-" + state.inside))) {
    state.inside = "";
    state.tag = state.pipe = false;
    return "macro";
  }
  if (stream.match(/^"[^"]*"?/) || stream.match(/^'[^']*'?/)) return "string";
  if (stream.match(/^-?\d+(\.\d+)?/)) return "number";
  if (state.tag) {
    state.tag = false;
    const name = stream.match(/^[\w#]+/) as RegExpMatchArray | null;
    if (name) {
      if (name[0] === "raw" || name[0] === "comment") state.raw = name[0];
      return "keyword";
    }
  }
  if (stream.eat("|")) return (state.pipe = true), "operator";
  if (state.pipe) {
    state.pipe = false;
    if (stream.match(/^[\w-]+/)) return "function";
  }
  if (stream.match(/^secrets(?:\.[\w-]+|\["[^"]*"\]|\[\d+\])*/i)) return "secret";
  if (stream.match(keywords)) return "keyword";
  if (stream.match(/^[A-Za-z_][\w-]*/)) return "variableName";
  stream.next();
  return "operator";
}

const words: Record<"cel" | "js", RegExp> = {
  cel: /^(?:true|false|null|in|has)\b/,
  js: /^(?:const|let|var|function|return|if|else|for|of|in|while|do|switch|case|default|break|continue|new|typeof|instanceof|try|catch|finally|throw|true|false|null|undefined|this)\b/,
};

function expressionToken(kind: "cel" | "js") {
  return (stream: StringStream, state: State): string | null => {
    if (state.quote === "`") {
      if (stream.match("${")) return state.holes++, (state.quote = ""), "macro";
      if (stream.next() === "`") state.quote = "";
      else stream.eatWhile(/[^`$\\]/);
      return "string";
    }
    if (state.quote === "/*") {
      if (stream.skipTo("*/")) stream.match("*/"), (state.quote = "");
      else stream.skipToEnd();
      return "comment";
    }
    if (stream.eatSpace()) return null;
    if (state.holes > 0 && stream.eat("}")) return state.holes--, (state.quote = "`"), "macro";
    if (stream.match("//")) return stream.skipToEnd(), "comment";
    if (stream.match("/*")) return (state.quote = "/*"), "comment";
    if (stream.eat("`")) return (state.quote = "`"), "string";
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
    if (stream.match(/^<<\s*secrets\.[\w.-]+\s*>>/i)) return "secret";
    if (stream.match(/^secrets(?:\??\.[\w-]+|\["[^"]*"\]|\[\d+\])*/i)) return "secret";
    if (stream.match(/^\d+(\.\d+)?/)) return "number";
    if (stream.match(words[kind])) return "keyword";
    if (stream.match(/^[A-Za-z_$][\w$]*(?=\s*\()/)) return "function";
    if (stream.match(/^[A-Za-z_$][\w$]*/)) return "variableName";
    stream.next();
    return "operator";
  };
}

/** language returns the syntax of a kind of text. */
export function language(kind: Kind) {
  return StreamLanguage.define<State>({
    name: kind,
    startState: fresh,
    copyState: (state) => ({ ...state }),
    token: kind === "template" ? templateToken : expressionToken(kind),
    tokenTable: { ...tokenTable, function: tags.function(tags.variableName) },
  });
}

/** colours are those of the page, by its custom properties. */
export const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: macro, color: "var(--code-macro)", fontWeight: "600" },
    { tag: secret, color: "var(--code-secret)", fontWeight: "600" },
    { tag: tags.keyword, color: "var(--code-keyword)" },
    { tag: tags.string, color: "var(--code-string)" },
    { tag: tags.number, color: "var(--code-number)" },
    { tag: tags.function(tags.variableName), color: "var(--code-function)" },
    { tag: tags.variableName, color: "var(--code-variable)" },
    { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  ]),
);
