/** What was looked for in a list when something of it was opened: in the memory of this page only. */
const wanted = new Map<string, string>();

export const keepSearch = (list: string, text: string) => void wanted.set(list, text);

/** Gives it back once, to who returns to the list. */
export function takeSearch(list: string): string {
  const text = wanted.get(list) ?? "";
  wanted.delete(list);
  return text;
}
