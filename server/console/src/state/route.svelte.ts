class Route {
  parts = $state<string[]>(read());

  get page() {
    return this.parts[0] || "secrets";
  }

  /** id is the second part, such as a template's. */
  get id() {
    return this.parts[1] ?? "";
  }
}

function read(): string[] {
  return location.hash.replace(/^#\/?/, "").split("/").map(decode);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = new Route();

let leave: () => boolean = () => true;

/** guard asks f before another page is shown; what it returns ends the asking. */
export function guard(f: () => boolean): () => void {
  leave = f;
  return () => {
    leave = () => true;
  };
}

let shown = location.hash;
addEventListener("hashchange", () => {
  if (location.hash === shown) return;
  if (!leave()) {
    history.replaceState(null, "", shown || "#/secrets");
    return;
  }
  shown = location.hash;
  route.parts = read();
});

export function go(...parts: string[]) {
  location.hash = "#/" + parts.map(encodeURIComponent).join("/");
}
