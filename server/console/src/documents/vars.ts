import { Raw } from "../json/raw";
import { jsonMistake } from "../json/reader";

/** variablesOf returns sample variables as they are typed, or null for what is no object. */
export function variablesOf(text: string): Raw | null {
  const typed = text.trim();
  if (typed === "") return new Raw("{}");
  return typed.startsWith("{") && jsonMistake(typed) === "" ? new Raw(typed) : null;
}
