import type { Schemas } from "../api/client";
import { Problem } from "../api/problem";
import { Raw } from "../json/raw";
import { jsonMistake } from "../json/reader";

export type SecretType = Schemas["SecretType"];

export const typeNames: Record<SecretType, string> = {
  token: "Token",
  username_password: "Username and password",
  json: "JSON",
};

/** ValueDraft is a value as it is typed. */
export class ValueDraft {
  type = $state<SecretType>("token");
  text = $state("");
  username = $state("");
  password = $state("");
  json = $state("");

  constructor(type: SecretType) {
    this.type = type;
  }

  get empty(): boolean {
    switch (this.type) {
      case "username_password":
        return this.username === "" && this.password === "";
      case "json":
        return this.json.trim() === "";
    }
    return this.text === "";
  }

  /** What is wrong by field. Where a value is kept, empty fields keep theirs. */
  problems(kept: boolean): Record<string, string> {
    const wrong: Record<string, string> = {};
    if (kept && this.empty) return wrong;
    switch (this.type) {
      case "username_password":
        if (!kept && this.username === "") wrong.username = "Secret value is required";
        if (!kept && this.password === "") wrong.password = "Secret value is required";
        break;
      case "json":
        if (this.empty) wrong.value = "Secret value is required";
        else if (jsonMistake(this.json)) wrong.value = jsonMistake(this.json);
        break;
      default:
        if (this.text === "") wrong.value = "Secret value is required";
    }
    return wrong;
  }

  /** The value for the API. */
  value(): unknown {
    switch (this.type) {
      case "username_password":
        return { username: this.username, password: this.password };
      case "json":
        return new Raw(this.json.trim());
    }
    return this.text;
  }
}

/** fieldsOf are the names in a list with commas. */
export const fieldsOf = (text: string): string[] => text.split(",").map((name) => name.trim()).filter(Boolean);

/** byField sorts what the server refused to the fields of the form; "" is the form. */
export function byField(e: unknown, explain: (e: unknown) => string): Record<string, string> {
  if (!(e instanceof Problem)) return { "": explain(e) };
  const known: Record<string, string> = {
    alias: "alias", value: "value", "value.username": "username", "value.password": "password", description: "description", unmasked: "unmasked",
  };
  const wrong: Record<string, string> = {};
  for (const m of e.mistakes) {
    const field = known[m.field ?? ""] ?? (e.code === "alias_taken" || e.code === "invalid_alias" ? "alias" : undefined);
    if (field) wrong[field] = capital(m.message);
  }
  if (e.code === "alias_taken") wrong.alias ??= e.message;
  if (Object.keys(wrong).length === 0) wrong[""] = e.message;
  return wrong;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
