/** Addresses of others, that the server checked before it gave them: looked at again before they are followed. */

/** The address when it is a page of the web, else null. */
export function outside(address: string): string | null {
  try {
    return /^https?:$/.test(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}
