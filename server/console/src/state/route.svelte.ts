class Route {
  /** code is that of a sign-in link, which stays in no address and no history. */
  code = $state(takeCode());
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

function takeCode(): string {
  const found = /^#\/sign-in\/([\w-]+)$/.exec(location.hash)?.[1] ?? "";
  if (found) history.replaceState(null, "", location.pathname);
  return found;
}

export const route = new Route();

addEventListener("hashchange", () => {
  route.code = takeCode() || route.code;
  route.parts = read();
});

/** go shows another page. */
export function go(...parts: string[]) {
  location.hash = "#/" + parts.map(encodeURIComponent).join("/");
}
