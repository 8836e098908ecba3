/** What would act on the text around it instead of being seen: control characters but
 * tabs and line breaks, those that turn the direction of writing, spaces without width. */
const acting = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** pieces splits a text into what is seen and what acts. */
export function pieces(text: string): { text: string; acts: boolean }[] {
  if (!acting.test(text)) return [{ text, acts: false }];
  return text
    .split(new RegExp(`(${acting.source})`))
    .filter((piece) => piece !== "")
    .map((piece) => ({ text: piece, acts: acting.test(piece) }));
}

/** spelled is how a character that acts is shown, as in U+202E. */
export const spelled = (c: string) => "U+" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
