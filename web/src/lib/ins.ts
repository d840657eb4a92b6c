/** The check of a national health identity number, before it is sent. Source: R-INS-02. */

/** Removes the spaces people type between the groups. */
export const compactIns = (text: string) => text.replace(/[\s\u00a0\u202f.]/g, "").toUpperCase();

/** Writes the 15 characters in the groups of a card: « 2 79 03 51 215 189 89 », never broken. */
export const groupedIns = (ins: string) =>
  ins.replace(/^(.)(..)(..)(..)(...)(...)(..)$/, "$1 $2 $3 $4 $5 $6 $7").replaceAll(" ", "\u00a0");

/** Says whether the 15 characters have the right shape and key; Corsica's 2A and 2B included. */
export function isIns(text: string): boolean {
  const value = compactIns(text);
  if (!/^[1-478]\d{4}(?:\d{2}|2[AB])\d{8}$/.test(value)) return false;
  const digits = value.replace("2A", "19").replace("2B", "18");
  return 97 - Number(BigInt(digits.slice(0, 13)) % 97n) === Number(digits.slice(13));
}
