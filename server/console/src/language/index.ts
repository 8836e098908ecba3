/**
 * An editor for sotto's templates and expressions, on CodeMirror 6: colours,
 * completion, lint with quick fixes, hover and insertion. What it knows comes from a
 * Source; see editor.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { completion } from "./complete";
import { colours, language } from "./highlight";
import { hovering } from "./hover";
import { linting } from "./lint";
import type { Diagnostic, Kind, Source } from "./source";

export { fitting, insert, type Category } from "./insert";
export { functionsOf, type Diagnostic, type FunctionMacro, type Kind, type Macro, type Macros, type Source } from "./source";

/** Options of an editor. */
export type Options = {
  /** What the text is. */
  kind: Kind;
  /** Where the editor asks. */
  source: Source;
  /** What the text is called for screen readers. */
  label: string;
  /** The text at the start. */
  text?: string;
  /** Called after each change. */
  changed?: (text: string) => void;
  /** Called with what lint found. */
  found?: (diagnostics: Diagnostic[]) => void;
  /** The nonce of the page's policy for style sheets. */
  nonce?: string;
  /** More extensions of CodeMirror. */
  more?: Extension;
};

/** editor shows an editor in an element. Call destroy of what it returns. */
export function editor(parent: HTMLElement, o: Options): EditorView {
  return new EditorView({ parent, state: EditorState.create({ doc: o.text ?? "", extensions: extensions(o) }) });
}

/** extensions are those of an editor, for an EditorState of one's own. */
export function extensions(o: Options): Extension {
  return [
    o.nonce ? EditorView.cspNonce.of(o.nonce) : [],
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [completion(o.kind, o.source)], activateOnTyping: true, icons: false }),
    language(o.kind),
    colours,
    linting(o.source, o.found),
    lintGutter(),
    hovering(o.source),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": o.label, spellcheck: "false", autocapitalize: "off" }),
    // Tab goes on to the next control, as everywhere: the keyboard must not be caught.
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) o.changed?.(update.state.doc.toString());
    }),
    theme,
    o.more ?? [],
  ];
}

const theme = EditorView.theme({
  "&": { fontSize: "14px", backgroundColor: "var(--back)", color: "var(--text)" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', monospace", lineHeight: "1.5" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--soft)", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--selected)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-told": { padding: "4px 8px" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-diagnosticSource": { opacity: "1", color: "var(--soft)" },
});
