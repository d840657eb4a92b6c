import { afterEach, beforeEach, expect, it, vi } from "vitest";

const DAY = 24 * 60 * 60 * 1000;

/** An event that comes once those who wait for it listen. */
const ending = <T extends object>(outcome: string, more: T) => {
  const asked = Object.assign(new EventTarget(), more);
  queueMicrotask(() => asked.dispatchEvent(new Event(outcome)));
  return asked;
};

const answer = (result: unknown) => ({ result });

/** A device that holds these rows. */
function device(rows: Map<string, unknown>) {
  const store = {
    get: (place: string) => answer(rows.get(place)),
    getAllKeys: () => answer([...rows.keys()]),
    delete: (place: string) => answer(rows.delete(place)),
  };
  const database = {
    close: () => undefined,
    transaction: () => ending("complete", { objectStore: () => store }),
  };
  return {
    databases: async () => (rows.size ? [{ name: "carnet-drafts" }] : []),
    open: () => ending("success", { result: database }),
    deleteDatabase: () => {
      rows.clear();
      return ending("success", {});
    },
  };
}

const rows = new Map<string, unknown>();
beforeEach(() => {
  rows.clear();
  vi.resetModules();
  vi.stubGlobal("indexedDB", device(rows));
  vi.stubGlobal("fetch", async () => new Response("", { status: 401 }));
});
afterEach(() => vi.unstubAllGlobals());

/** Opens a page where nobody is logged in, and waits until it has done what it does then. */
async function open() {
  const { start, sessionState } = await import("../src/api/session");
  const { keepsDrafts, recover } = await import("../src/lib/device-vault");
  await start();
  await recover("anything"); // one thing at a time: what the page does comes first
  expect(sessionState.value).toBe("out");
  expect(keepsDrafts()).toBe(false);
}

const kept = (hours: number) => ({ iv: new Uint8Array(12), sealed: new ArrayBuffer(1), at: Date.now() - (hours / 24) * DAY });

it("what is older than a day goes though nobody logs in, and what is not stays", async () => {
  rows.set("key", { owner: "somebody" }).set("old", kept(25)).set("young", kept(23));
  await open();
  expect([...rows.keys()]).toEqual(["key", "young"]);
});

it("the key goes with the last of it", async () => {
  rows.set("key", { owner: "somebody" }).set("old", kept(25));
  await open();
  expect(rows.size).toBe(0);
});

it("a device that keeps nothing is not asked to", async () => {
  const { start } = await import("../src/api/session");
  const asked = vi.spyOn(indexedDB, "open");
  await start();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).not.toHaveBeenCalled();
});
