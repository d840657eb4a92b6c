/**
 * What an application asks for, sealed: it comes in the fragment of the address, which no server and no
 * log receives, and leaves the address at once. While one logs in, or opens another space, the vault of
 * this device keeps it under a name drawn here, the only thing that stays in the address.
 */
import { forget, keep, recover } from "./device-vault";
import { idempotencyKey } from "./ids";

export interface KeptRequest {
  name: string;
  sealed: string;
}

const NAME = /^[0-9a-f]{32}$/;
const held = new Map<string, string>();

const placeOf = (name: string) => `request ${name}`;

/** Where the request of that name is answered. */
export const requestPath = (name: string) => `/applications/demande?d=${name}`;

/** The request of an address, not yet named, or named before; null without one. */
export function requestName(fragment: string, named: string | undefined): string | null {
  const sealed = fragment.replace(/^#/, "");
  if (sealed) {
    const name = idempotencyKey();
    held.set(name, sealed);
    return name;
  }
  return named && NAME.test(named) ? named : null;
}

/** The request of that name, from this page or from the device. */
export async function findRequest(name: string): Promise<KeptRequest | null> {
  const sealed = held.get(name) ?? (await recover(placeOf(name)));
  if (sealed === null) return null;
  held.set(name, sealed);
  return { name, sealed };
}

/**
 * Takes what was kept when nobody was in, before the session is opened: whoever comes in finds it on this
 * page only, and keeps it for herself.
 */
export async function takeRequest(name: string): Promise<void> {
  if (await findRequest(name)) await forget(placeOf(name));
}

/** Puts it on the device for whoever is in now, or for nobody; false when the device keeps nothing. */
export const keepRequest = ({ name, sealed }: KeptRequest) => keep(placeOf(name), sealed);

/** It was answered: nothing of it stays. */
export async function dropRequest({ name }: KeptRequest): Promise<void> {
  held.delete(name);
  await forget(placeOf(name));
}
