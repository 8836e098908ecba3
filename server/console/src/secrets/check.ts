/** What is wrong with an alias, in the words of the API, or "". */
export function aliasProblem(alias: string): string {
  if (alias === "") return "Secret key is required";
  if (!/^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$/.test(alias)) {
    return "The alias must have 1 to 128 letters, digits, _ or -, and not start with -";
  }
  return "";
}

// What people type in place of a secret.
const common = new Set([
  "password", "passwort", "passw0rd", "password1", "123456", "1234567", "12345678", "123456789", "1234567890", "qwerty", "qwertz",
  "secret", "secrets", "token", "test", "testing", "changeme", "change-me", "change_me", "admin", "root", "user", "default", "example",
  "letmein", "welcome", "abc123", "111111", "000000", "iloveyou", "dummy", "placeholder", "todo", "xxx", "xxxx", "null", "undefined",
  "none", "true", "false", "foo", "bar", "foobar", "your-api-key", "your_api_key", "api-key", "api_key", "apikey", "yourtoken",
]);

/** What to warn of before a value is stored, or "". The value is in no message. */
export function valueWarning(value: string): string {
  if (value === "") return "";
  const plain = value.trim().toLowerCase();
  if (common.has(plain) || /^(.)\1+$/.test(plain)) {
    return "This is a common value, which anybody can guess. Logs mask it behind a key that names a secret alone, as in password=…, and show it elsewhere.";
  }
  if (value !== value.trim()) return "The value starts or ends with white space, which becomes part of it.";
  if (value.length < 8) return "The value is short: logs mask it only where it stands as a word of its own.";
  return "";
}
