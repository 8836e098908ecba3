// Writes what Intl says of each locale, as data that the Go side fills in: run it
// by `node generate.mjs` in this folder. The facts are those of CLDR as Node has
// them; the Unicode licence allows their use.
import {writeFileSync} from "node:fs";

const locales = `en-US en-GB en-AU en-CA en-IN en-NZ en-IE en-ZA de-DE de-AT de-CH fr-FR fr-CA fr-CH fr-BE es-ES es-MX es-US es-AR
it-IT it-CH pt-BR pt-PT nl-NL nl-BE sv-SE da-DK nb-NO fi-FI pl-PL cs-CZ sk-SK hu-HU ro-RO bg-BG el-GR ru-RU uk-UA tr-TR he-IL hi-IN
id-ID vi-VN ja-JP ko-KR zh-CN zh-TW`.split(/\s+/);
const currencies = `USD EUR GBP JPY CHF CAD AUD NZD CNY HKD TWD KRW INR BRL MXN ARS CLP COP SEK NOK DKK PLN CZK HUF RON BGN RUB UAH TRY
ILS ZAR SGD THB IDR VND PHP MYR AED SAR EGP NGN KES KWD BHD TND ISK XXX`.split(/\s+/);
const part = (parts, type) => parts.filter(p => p.type === type).map(p => p.value).join("");

// A pattern is the text with {} in place of the number.
const shape = parts => {
  let out = "", number = false;
  for (const {type, value} of parts) {
    if (["integer", "decimal", "fraction", "group"].includes(type)) {
      if (!number) out += "{n}";
      number = true;
    } else out += {currency: "{c}", percentSign: value, minusSign: "-", plusSign: "+", compact: value}[type] ?? value;
  }
  return out;
};

function numbers(locale) {
  const format = (n, o) => new Intl.NumberFormat(locale, o).formatToParts(n);
  const big = format(123456789.5, {});
  const groups = big.filter(p => p.type === "integer").map(p => p.value.length);
  const symbols = {}, narrow = {}, names = {};
  for (const currency of currencies) {
    symbols[currency] = part(format(1, {style: "currency", currency}), "currency");
    const n = part(format(1, {style: "currency", currency, currencyDisplay: "narrowSymbol"}), "currency");
    if (n !== symbols[currency]) narrow[currency] = n;
    names[currency] = [1, 2].map(n => part(format(n, {style: "currency", currency, currencyDisplay: "name", maximumFractionDigits: 0, minimumFractionDigits: 0}), "currency"));
  }
  const money = (n, o) => shape(format(n, {style: "currency", currency: "USD", currencyDisplay: "narrowSymbol", ...o}));
  const compact = style => Array.from({length: 15}, (_, i) => {
    const at = n => format(n * 10 ** i, {notation: "compact", compactDisplay: style, maximumFractionDigits: 0, useGrouping: false});
    const parts = at(1);
    return [part(parts, "integer").length - 1, shape(parts), shape(at(2))];
  });
  return {
    decimal: part(big, "decimal"), group: big.find(p => p.type === "group")?.value ?? "", first: groups.at(-1), rest: groups.at(-2),
    least: part(format(1234, {}), "group") ? 1 : 2, minus: part(format(-1, {}), "minusSign"), plus: part(format(1, {signDisplay: "always"}), "plusSign"),
    nan: part(format(NaN, {}), "nan"), percent: shape(format(0.5, {style: "percent"})), exponent: part(format(1, {notation: "scientific"}), "exponentSeparator"),
    moneyGroup: format(1234567, {style: "currency", currency: "EUR"}).find(p => p.type === "group")?.value ?? "",
    moneyDecimal: part(format(1.5, {style: "currency", currency: "EUR"}), "decimal"),
    money: money(1, {}), moneyMinus: money(-1, {}), accounting: money(-1, {currencySign: "accounting"}),
    moneyName: shape(format(2, {style: "currency", currency: "USD", currencyDisplay: "name"})),
    symbols, narrow, names, short: compact("short"), long: compact("long"),
  };
}

const at = (month, day, hour = 5) => new Date(Date.UTC(2005, month, day, hour, 6, 7, 89));
// The first day whose names of month and weekday differ most from form to form.
const sample = names => {
  const forms = (keys, i) => new Set(keys.map(key => names[key][i])).size;
  let best = [0, 2, 4];
  for (let m = 0; m < 9; m++)
    for (let d = 1; d < 10; d++) {
      const score = forms(["MMMM", "LLLL", "MMM", "LLL"], m) + forms(["EEEE", "cccc", "EEE", "ccc"], at(m, d).getUTCDay());
      if (score > best[0]) best = [score, m, d];
    }
  return best.slice(1);
};

function dates(locale) {
  let day0 = at(2, 4);
  const parts = (o, d = day0) => new Intl.DateTimeFormat(locale, {timeZone: "UTC", calendar: "gregory", numberingSystem: "latn", ...o}).formatToParts(d);
  const all = (n, type, o, d) => Array.from({length: n}, (_, i) => part(parts(o, d(i)), type));
  const month = i => at(i, 4), week = i => at(0, 2 + i);
  const names = {
    MMMM: all(12, "month", {month: "long", day: "numeric"}, month), LLLL: all(12, "month", {month: "long"}, month),
    MMM: all(12, "month", {month: "short", day: "numeric"}, month), LLL: all(12, "month", {month: "short"}, month),
    MMMMM: all(12, "month", {month: "narrow"}, month),
    EEEE: all(7, "weekday", {dateStyle: "full"}, week), cccc: all(7, "weekday", {weekday: "long"}, week),
    EEE: all(7, "weekday", {weekday: "short", day: "numeric", month: "short"}, week), ccc: all(7, "weekday", {weekday: "short"}, week),
    EEEEE: all(7, "weekday", {weekday: "narrow"}, week),
    B: [5, 17].map(h => part(parts({hour: "numeric", hour12: true}, at(2, 4, h)), "dayPeriod").replaceAll("\u202f", " ")),
    G: ["short", "long", "narrow"].map(era => part(parts({era}), "era")),
  };
  const [m0, d0] = sample(names), w0 = at(m0, d0).getUTCDay();
  day0 = at(m0, d0);
  const token = ({type, value}) => {
    const one = (list, index, keys) => keys.find(key => names[key][index] === value);
    switch (type) {
      case "year": return value.length === 4 ? "{y}" : "{yy}";
      case "month": return /^\d/.test(value) && !names.LLL[m0].startsWith(value) && !names.MMM[m0].startsWith(value) ? (value.length === 2 ? "{MM}" : "{M}") : "{" + (one(names, m0, ["MMMM", "LLLL", "MMM", "LLL", "MMMMM"]) ?? "M") + "}";
      case "weekday": return "{" + (one(names, w0, ["EEEE", "cccc", "EEE", "ccc", "EEEEE"]) ?? "EEE") + "}";
      case "day": return value.length === 2 ? "{dd}" : "{d}";
      case "hour": return value.length === 2 ? "{HH}" : "{H}";
      case "minute": return value.length === 2 ? "{mm}" : "{m}";
      case "second": return value.length === 2 ? "{ss}" : "{s}";
      case "dayPeriod": return "{a}";
      case "timeZoneName": return value === "UTC" || value === "GMT" ? "{z}" : "{zzzz}";
      case "era": return "{G}";
    }
    return value;
  };
  // V8's format writes a plain space where CLDR has a narrow one.
  const pattern = o => parts(o).map(token).join("").replaceAll("\u202f", " ");
  const days = {}, clocks = {}, styles = {};
  const option = (name, values) => values.map((v, i) => [i, v ? {[name]: v} : {}]);
  for (const [w, weekday] of option("weekday", ["", "short", "long"]))
    for (const [y, year] of option("year", ["", "numeric", "2-digit"]))
      for (const [m, month] of option("month", ["", "numeric", "2-digit", "short", "long"]))
        for (const [d, day] of option("day", ["", "numeric", "2-digit"]))
          if (w + y + m + d) days[`${w}${y}${m}${d}`] = pattern({...weekday, ...year, ...month, ...day});
  for (const [c, hour12] of [[0, {hour12: false}], [1, {hour12: true}]])
    for (const [h, hour] of option("hour", ["", "numeric", "2-digit"]))
      for (const [m, minute] of option("minute", ["", "numeric", "2-digit"]))
        for (const [s, second] of option("second", ["", "numeric", "2-digit"]))
          if (h + m + s) clocks[`${c}${h}${m}${s}`] = pattern({...hour, ...minute, ...second, ...hour12});
  const style = ["", "short", "medium", "long", "full"];
  for (const [d, dateStyle] of option("dateStyle", style))
    for (const [t, timeStyle] of option("timeStyle", style))
      if (d + t) {
        styles[`${d}${t}`] = pattern({...dateStyle, ...timeStyle});
        for (const [c, hour12] of [[0, false], [1, true]]) if (t) styles[`${d}${t}${c}`] = pattern({...dateStyle, ...timeStyle, hour12});
      }
  const glue = o => {
    const text = pattern({...o, hour: "2-digit", minute: "2-digit"}), day = pattern(o), clock = pattern({hour: "2-digit", minute: "2-digit"});
    return text.startsWith(day) && text.endsWith(clock) ? text.slice(day.length, text.length - clock.length) : " ";
  };
  const day = {year: "numeric", day: "numeric"};
  return {
    names, days, clocks, styles, glue: [glue({...day, month: "numeric"}), glue({...day, month: "short"}), glue({...day, month: "long"}), glue({...day, month: "long", weekday: "long"}), glue({weekday: "long"})],
    twelve: new Intl.DateTimeFormat(locale, {hour: "numeric"}).resolvedOptions().hour12,
    utc: ["short", "long"].map(timeZoneName => part(parts({timeZoneName}), "timeZoneName")),
    decimal: part(parts({second: "numeric", fractionalSecondDigits: 1}), "literal") || ".",
  };
}

for (const locale of locales) writeFileSync(`${locale}.json`, JSON.stringify({number: numbers(locale), date: dates(locale)}) + "\n");
