// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** A request that has this outcome. */
const ending = (outcome: string) => {
  const asked = new EventTarget();
  queueMicrotask(() => asked.dispatchEvent(new Event(outcome)));
  return asked;
};

/** A device that says what it was asked: it refuses to open anything, and erases at once. */
const device = () => ({
  open: vi.fn(() => ending("error")),
  deleteDatabase: vi.fn(() => ending("success")),
  databases: vi.fn(async () => []),
});

const settle = () => new Promise((resolve) => setTimeout(resolve, 30));
const hide = () => {
  document.dispatchEvent(new Event("visibilitychange"));
  dispatchEvent(new Event("pagehide"));
  return settle();
};

async function loaded() {
  vi.resetModules();
  const session = await import("../src/api/session");
  return { ...session, ...(await import("../src/lib/device-vault")), ...(await import("../src/lib/message-draft")) };
}

let asked: ReturnType<typeof device>;
beforeEach(() => {
  asked = device();
  vi.stubGlobal("indexedDB", asked);
  vi.stubGlobal("reportError", (error: unknown) => { throw error; });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("drafts that were erased", () => {
  it("are written when the page is hidden until then, never after", async () => {
    const { editDraft, eraseDrafts, heldDraft, keep, recover } = await loaded();
    editDraft("c1", { body: "Bonjour" });
    await hide();
    expect(asked.open).toHaveBeenCalled();

    const erased = eraseDrafts();
    expect(heldDraft("c1").value.draft.body).toBe("");
    await erased;
    expect(asked.deleteDatabase).toHaveBeenCalledOnce();
    asked.open.mockClear();
    asked.databases.mockClear();
    editDraft("c1", { body: "Encore" });
    await hide();
    expect(await keep("c1", "Encore")).toBe(false);
    expect(await recover("c1")).toBeNull();
    expect(asked.open).not.toHaveBeenCalled();
    expect(asked.databases).not.toHaveBeenCalled();
  });

  it("go when another tab logs out, before this page does", async () => {
    const { editDraft, heldDraft, isLeaving } = await loaded();
    const left = vi.spyOn(location, "replace").mockImplementation(() => undefined);
    asked.deleteDatabase.mockImplementationOnce(() => {
      expect(isLeaving()).toBe(false);
      return ending("success");
    });
    editDraft("c1", { body: "Bonjour" });
    const other = new BroadcastChannel("carnet");
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is same-origin
    other.postMessage("signed-out");
    await vi.waitFor(() => expect(left).toHaveBeenCalledWith("/connexion?etat=fin"));
    other.close();
    expect(asked.deleteDatabase).toHaveBeenCalled();
    expect(heldDraft("c1").value.draft.body).toBe("");
    await hide();
    expect(asked.open).not.toHaveBeenCalled();
  });

  it("are not written by a page that is being replaced", async () => {
    const { editDraft, leave } = await loaded();
    vi.spyOn(location, "replace").mockImplementation(() => undefined);
    editDraft("c1", { body: "Bonjour" });
    leave("/accueil");
    await hide();
    expect(asked.open).not.toHaveBeenCalled();
  });
});
