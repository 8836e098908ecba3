// What the language service knows comes from a source, so that a product can put the
// editor into its own page, in front of its own server.

/** Kind is what a text is: it decides which forms fit. */
export type Kind = "template" | "cel" | "js";

/** Diagnostic is a finding of POST /v1/lint. Lines and columns start at 1; a column
 * counts code points. */
export type Diagnostic = {
  severity: "error" | "warning";
  code: string;
  message: string;
  line?: number;
  column?: number;
  part?: string;
};

/** Macro is something to insert, with the ways to write it. */
export type Macro = { name: string; description?: string; forms: string[] };

/** FunctionMacro is a function of expressions in one language. */
export type FunctionMacro = Macro & { language: "cel" | "js" };

/** Macros are the answer of GET /v1/macros. */
export type Macros = { secrets: Macro[]; filters: Macro[]; tags: Macro[]; functions: FunctionMacro[] };

/** functionsOf returns the functions that a text of a kind may call. */
export function functionsOf(macros: Macros, kind: Kind): Macro[] {
  return macros.functions.filter((f) => f.language === kind);
}

/** Source is where the language service asks. Its methods may fail: then the editor
 * shows what it showed before. */
export interface Source {
  /** lint checks a text. */
  lint(text: string, signal: AbortSignal): Promise<Diagnostic[]>;
  /** macros lists what can be inserted; it is asked often, and should remember. */
  macros(): Promise<Macros>;
  /** variables are the names that the text may use. */
  variables(): string[];
}
