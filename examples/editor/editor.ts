import { editor, type Macros, type Source } from "../../server/console/src/language";

// Your own server passes these two on to sotto, with a token of the role preview.
const source: Source = {
  async lint(template, signal) {
    const response = await fetch("/sotto/lint", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ template, variables: source.variables() }),
      signal,
    });
    return (await response.json()).diagnostics;
  },
  async macros(): Promise<Macros> {
    return (await fetch("/sotto/macros")).json();
  },
  variables: () => ["name", "city"],
};

editor(document.getElementById("editor")!, {
  kind: "template",
  source,
  label: "Template",
  text: "Hello {{ name }}, your key is <<Secrets.weather_fx>>.",
  changed: (text) => console.log(`${text.length} characters`),
});
