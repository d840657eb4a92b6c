/**
 * What is half-written or half-sent, kept on this device between two pages: encrypted with a key that scripts
 * cannot read out, for whoever is logged in and nobody else. Logging out, or somebody else logging
 * in, erases it; so does a day (ADR 0021, 0034). Once erased, this page keeps nothing more. Without a draft there is no database at all. A device that
 * refuses to keep anything loses nothing else: `keep` says that it did not.
 */
import { sha256 } from "./file-facts";

const DATABASE = "carnet-drafts";
const STORE = "kept";
const KEY = "key";
const KEPT_MS = 24 * 60 * 60 * 1000;
const ERASE_MS = 2000;

interface Lock {
  key: CryptoKey;
  owner: string;
}

interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  sealed: ArrayBuffer;
  at: number;
}

let person = "";
let names: ReadonlySet<string> = new Set();
/** The session is over: what this page still holds, or hears of late, is not written again. */
let erased = false;
const emptied: (() => void)[] = [];

/** One thing at a time: what is dropped does not come back from a write that was on its way. */
let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  const done = last.then(work).catch(() => otherwise);
  last = done;
  return done;
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.addEventListener("upgradeneeded", () => void asked.result.createObjectStore(STORE));
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error ?? new Error("no database")));
  });
}

/** One request on the store; what it answers is there for good once this resolves. */
async function ask<T>(mode: IDBTransactionMode, request: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = request(transaction.objectStore(STORE));
      transaction.addEventListener("complete", () => resolve(asked.result));
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("not kept")));
    });
  } finally {
    database.close();
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);
const hashed = (text: string) => sha256(bytes(text));
/** Neither who nor which conversation can be read from where it is kept. */
const placeOf = (name: string) => hashed(`${person} ${name}`);

async function lock(): Promise<CryptoKey> {
  const old = await ask<Lock | undefined>("readonly", (store) => store.get(KEY));
  if (old) return old.key;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const made: Lock = { key, owner: await hashed(person) };
  await ask("readwrite", (store) => store.put(made, KEY));
  return key;
}

async function places(): Promise<string[]> {
  const all = await ask("readonly", (store) => store.getAllKeys());
  return all.map(String).filter((place) => place !== KEY);
}

async function dropOld() {
  for (const place of await places()) {
    const row = await ask<Sealed | undefined>("readonly", (store) => store.get(place));
    if (!row || Date.now() - row.at > KEPT_MS) await ask("readwrite", (store) => store.delete(place));
  }
  names = new Set(await places());
}

async function exists(): Promise<boolean> {
  const all = await indexedDB.databases?.();
  return !all || all.some(({ name }) => name === DATABASE);
}

/** The key goes with what it sealed. */
function clear(): Promise<void> {
  names = new Set();
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    // A page that reads it at this instant is waited for by the browser, not here.
    for (const end of ["success", "error", "blocked"]) asked.addEventListener(end, () => resolve());
  });
}

/** Says who is logged in: what is kept for somebody else is erased before anything of it is read. */
export function claimDrafts(who: string) {
  person = who;
  inTurn(async () => {
    if (!(await exists())) return;
    const old = await ask<Lock | undefined>("readonly", (store) => store.get(KEY));
    if (old?.owner === (await hashed(who))) await dropOld();
    if (names.size === 0) await clear();
  }, undefined).catch(() => undefined);
}

/** Nobody is logged in: what is older than a day goes all the same, and the key with the last of it. */
export const dropLeft = (): Promise<void> =>
  inTurn(async () => {
    if (!(await exists())) return;
    await dropOld();
    if (names.size === 0) await clear();
    names = new Set();
  }, undefined);

/** Says whether the device keeps anything for whoever is logged in. */
export const keepsDrafts = () => names.size > 0;

/** Keeps bytes under a name; false when the device does not. */
export const keepBytes = (name: string, content: BufferSource): Promise<boolean> =>
  inTurn(async () => {
    if (erased) return false;
    const place = await placeOf(name);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const way = { name: "AES-GCM", iv, additionalData: bytes(place) };
    const sealed = await crypto.subtle.encrypt(way, await lock(), content);
    const row: Sealed = { iv, sealed, at: Date.now() };
    await ask("readwrite", (store) => store.put(row, place));
    names = new Set([...names, place]);
    return true;
  }, false);

/** Keeps a text under a name; false when the device does not. */
export const keep = (name: string, text: string): Promise<boolean> => keepBytes(name, bytes(text));

/** The bytes kept under a name, or null. */
export const recoverBytes = (name: string): Promise<ArrayBuffer | null> =>
  inTurn(async () => {
    if (erased || !(await exists())) return null;
    const place = await placeOf(name);
    const row = await ask<Sealed | undefined>("readonly", (store) => store.get(place));
    if (!row) return null;
    names = new Set([...names, place]);
    const way = { name: "AES-GCM", iv: row.iv, additionalData: bytes(place) };
    return crypto.subtle.decrypt(way, await lock(), row.sealed);
  }, null);

/** The text kept under a name, or null. */
export async function recover(name: string): Promise<string | null> {
  const kept = await recoverBytes(name);
  return kept && new TextDecoder().decode(kept);
}

export const forget = (name: string): Promise<void> =>
  inTurn(async () => {
    const place = await placeOf(name);
    if (!names.has(place)) return;
    await ask("readwrite", (store) => store.delete(place));
    names = new Set(await places());
    if (names.size === 0) await clear();
  }, undefined);

/** Says how what is in memory goes too. */
export function onErased(empty: () => void) {
  emptied.push(empty);
}

/** For good: until it is replaced, the page keeps nothing. A device that does not answer is not waited for. */
export function eraseDrafts(): Promise<void> {
  erased = true;
  for (const empty of emptied) empty();
  const late = new Promise<void>((resolve) => setTimeout(resolve, ERASE_MS));
  return Promise.race([inTurn(clear, undefined), late]);
}
