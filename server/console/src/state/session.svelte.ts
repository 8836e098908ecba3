import { answered, api, call, whenEnded, type Schemas } from "../api/client";
import { Problem } from "../api/problem";

/** Who is signed in, or would be. */
export type Who = Schemas["Session"];

const rights: Record<string, string[]> = {
  preview: ["preview"],
  author: ["preview", "review", "write"],
  render: ["preview", "review", "send"],
  admin: ["preview", "review", "write", "send", "administer"],
};

class Session {
  who = $state<Who | null>(null);
  /** known says whether the server was asked. */
  known = $state(false);
  /** ended says that the session ended under the hands of who is signed in. */
  ended = $state(false);
  /** scope is where the pages work. */
  scope = $state("default");
  problem = $state("");

  /** may reports whether the role allows it. The server decides; this is what to show. */
  may(right: "preview" | "review" | "write" | "send" | "administer"): boolean {
    return this.who !== null && (rights[this.who.role] ?? []).includes(right);
  }

  async look() {
    try {
      this.enter(await call(api.GET("/console/session")));
    } catch (e) {
      if (!(e instanceof Problem) || e.status !== 401) this.problem = e instanceof Problem ? e.message : "The server did not answer.";
    }
    this.known = true;
  }

  async signIn(token: string) {
    this.enter(answered(await api.POST("/console/session", { body: { token } })));
  }

  /** ofCode says whom the code of a link signs in. */
  async ofCode(code: string): Promise<Who> {
    return answered(await api.POST("/console/sign-in", { body: { code } }));
  }

  async signInByCode(code: string) {
    this.enter(answered(await api.POST("/console/session", { body: { code } })), true);
  }

  // Who signs in again goes on where the session ended.
  private enter(who: Who, first = this.who === null) {
    this.who = who;
    this.ended = false;
    if (first) this.scope = who.scope === "/" ? "default" : who.scope;
  }

  async signOut() {
    try {
      await call(api.DELETE("/console/session"));
    } catch (e) {
      if (!(e instanceof Problem) || e.status !== 401) throw e;
    }
    // What pages hold in memory goes with them.
    location.replace("/console/");
    location.reload();
  }
}

export const session = new Session();

whenEnded(() => {
  if (session.who) session.ended = true;
});
