/** Random names, for idempotency keys and for tying labels to fields. */

/** A key for one intention of the user: the same across its retries, new for the next one. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

let last = 0;

/** A name unique in this page, for `id` attributes. */
export const domId = (prefix: string) => `${prefix}-${(last += 1)}`;

/** What is read out to the help line: the last eight characters of a request's identifier. */
export const shortCode = (id: string) =>
  id.replace(/[^0-9a-z]/gi, "").slice(-8).toUpperCase().replace(/^(.{4})(?=.)/, "$1-");
