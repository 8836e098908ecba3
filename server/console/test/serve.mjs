// `sotto serve` on a free port.
import { spawn } from "node:child_process";

/** serve starts a server, and waits until it says what `until` finds. On a terminal its
 * output is read as a person would read it, log and all. */
export async function serve(args, { terminal = false, until = /listens on (http:\/\/[\d.]+:\d+)/ } = {}) {
  const command = [process.env.SOTTO, "serve", "--listen", "127.0.0.1:0", ...args];
  // script runs a command at a terminal of its own.
  const child = terminal
    ? spawn("script", ["--quiet", "--command", command.map((word) => `'${word}'`).join(" "), "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] })
    : spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let log = "", out = "";
  child.stderr?.on("data", (text) => (log += text));
  const found = await new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => {
      out += text;
      const found = until.exec(out);
      if (found) resolve(found);
    });
    ended.then(() => reject(new Error("the server ended: " + out + log)));
  });
  return {
    url: found[1],
    found,
    /** said is all that the server printed so far. */
    said: () => out,
    /** stop ends the server, and returns its log. */
    async stop() {
      if (child.exitCode !== null) return log;
      if (terminal) child.stdin.end("\x03");
      else child.kill("SIGTERM");
      await ended;
      return log;
    },
  };
}
