/** scopes are those that were seen, to choose from. */
class Scopes {
  known = $state<string[]>(["default"]);

  note(...seen: string[]) {
    const more = seen.filter((s) => s && s !== "/" && !this.known.includes(s));
    if (more.length > 0) this.known = [...new Set([...this.known, ...more])].sort();
  }
}

export const scopes = new Scopes();
