/** expressions keeps what is typed while another page is looked at, in memory alone. */
class Expressions {
  language = $state<"cel" | "js">("cel");
  text = $state("");
  samples = $state("");
}

export const expressions = new Expressions();
