/** Search that ignores accents, case and typographic signs. */

/** « Médecin » and « MEDECIN » fold to the same letters. */
export const fold = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replace(/[’']/g, " ");

/** Says whether every word looked for is in one of the texts. */
export function matches(wanted: string, texts: readonly (string | null | undefined)[]): boolean {
  const words = fold(wanted).split(/\s+/).filter(Boolean);
  const where = fold(texts.filter(Boolean).join(" "));
  return words.every((word) => where.includes(word));
}
