/** Sample is one line of /metrics. */
export type Sample = { name: string; labels: Record<string, string>; value: number };

/** metrics reads what the node counts, in Prometheus's text format. */
export async function metrics(): Promise<Sample[]> {
  const response = await fetch("/metrics", { headers: { Accept: "text/plain" }, cache: "no-store" });
  if (!response.ok) return [];
  const samples: Sample[] = [];
  for (const line of (await response.text()).split("\n")) {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!found) continue;
    const labels: Record<string, string> = {};
    for (const [, name, value] of (found[2] ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[name] = value.replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
    }
    samples.push({ name: found[1], labels, value: Number(found[3]) });
  }
  return samples;
}
