/**
 * The last state found whole, kept on this device so that a later check proves that nothing was
 * cut since: the server alone could show an older history, rightly signed.
 *
 * Only a number of places and a hash are written (D13): no name, no date, nothing about care. The
 * hash says nothing of what it covers, as each trace holds a random salt. The key of storage is
 * itself a hash of the record's opaque id, so that the device does not tell whose record was read.
 * « Effacer cet appareil » removes it with the rest.
 */
import { type Head, digest, hex } from "./verify-trace";

const PREFIX = "carnet.history.";

const keyOf = async (pid: string) =>
  PREFIX + hex(await digest(new TextEncoder().encode(`carnet/history/1\n${pid}`))).slice(0, 32);

/** The state kept for a record, or null when there is none or it cannot be read. */
export async function recall(pid: string): Promise<Head | null> {
  try {
    const found = /^(\d{1,15}) ([0-9a-f]{64})$/.exec(localStorage.getItem(await keyOf(pid)) ?? "");
    return found?.[1] && found[2] ? { size: Number(found[1]), root: found[2] } : null;
  } catch {
    return null;
  }
}

/** Keeps a state found whole, in the place of the one before. */
export async function keep(pid: string, { size, root }: Head): Promise<void> {
  try {
    localStorage.setItem(await keyOf(pid), `${size} ${root}`);
  } catch {
    // A device that refuses storage forgets: the next check starts afresh.
  }
}
