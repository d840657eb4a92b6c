/**
 * French typography: a text is written with plain spaces and straight apostrophes, and set here.
 * Applied to the whole catalogue at load and to the sentences the server sends.
 */
const NBSP = "\u00a0";

const UNITS = "Mo|ko|octets|octet|h|min|s|ans|an|jours|jour|fois|pages|page|documents|document";

/** Returns the text with typographic apostrophes and the no-break spaces of French usage. */
export function typo(text: string): string {
  return text
    .replace(/(\p{L})'(?=\p{L}|«)/gu, "$1’")
    .replace(/[ \u00a0]+([:;!?%»])/g, `${NBSP}$1`)
    .replace(/«[ \u00a0]+/g, `«${NBSP}`)
    .replace(/(\d) (?=\d)/g, `$1${NBSP}`)
    .replace(new RegExp(`(\\d) (?=(?:${UNITS})(?![\\p{L}]))`, "gu"), `$1${NBSP}`)
    .replace(/\b(h) (?=\d{2}\b)/g, `$1${NBSP}`)
    .replace(/\b(Dr|Pr|M\.|Mme) (?=\p{Lu})/gu, `$1${NBSP}`);
}

type Texts = { readonly [key: string]: unknown };

/** Sets every string of a catalogue, and every string its functions return. */
export function typeset<T extends Texts>(texts: T): T {
  const set = (value: unknown): unknown => {
    if (typeof value === "string") return typo(value);
    if (typeof value === "function") {
      return (...args: unknown[]) => set((value as (...a: unknown[]) => unknown)(...args));
    }
    if (Array.isArray(value)) return value.map(set);
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, set(v)]));
    }
    return value;
  };
  return set(texts) as T;
}
