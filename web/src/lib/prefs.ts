/** Choices of comfort kept on this device: they say nothing about anybody's health. */
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
export type Size = "normal" | "large" | "larger";

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(`carnet.${key}`);
  } catch {
    return null;
  }
};

const write = (key: string, value: string | null) => {
  try {
    if (value === null) localStorage.removeItem(`carnet.${key}`);
    else localStorage.setItem(`carnet.${key}`, value);
  } catch {
    // A device that refuses storage keeps the choice for this page only.
  }
};

export const theme = signal<Theme>((read("theme") as Theme | null) ?? "system");
export const size = signal<Size>((read("size") as Size | null) ?? "normal");
export const shortcuts = signal(read("shortcuts") !== "off");
export const zoneOfferClosed = signal(read("zone-offer") === "closed");

function mark(attribute: "theme" | "size", value: string, usual: string) {
  if (value === usual) delete document.documentElement.dataset[attribute];
  else document.documentElement.dataset[attribute] = value;
}

export function setTheme(value: Theme) {
  theme.value = value;
  write("theme", value === "system" ? null : value);
  mark("theme", value, "system");
}

export function setSize(value: Size) {
  size.value = value;
  write("size", value === "normal" ? null : value);
  mark("size", value, "normal");
}

export function setShortcuts(on: boolean) {
  shortcuts.value = on;
  write("shortcuts", on ? null : "off");
}

export function closeZoneOffer() {
  zoneOfferClosed.value = true;
  write("zone-offer", "closed");
}

/** Empties everything the product keeps on this device: stores, caches, databases, worker. */
export async function eraseDevice(): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  const databases = (await indexedDB.databases?.()) ?? [];
  for (const { name } of databases) if (name) indexedDB.deleteDatabase(name);
  if ("caches" in globalThis) {
    for (const name of await caches.keys()) await caches.delete(name);
  }
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  for (const worker of workers) await worker.unregister();
}
