// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { me } from "../src/api/session";
import type { Consent, PersonMe, Profile } from "../src/api/types";
import { dropRequest, findRequest, keepRequest, requestName, requestPath, takeRequest } from "../src/lib/kept-request";
import { outside } from "../src/lib/outside";
import { PERMISSIONS, inOrder, usesOf } from "../src/lib/permissions";
import { changes } from "../src/lib/terms";
import { sameElsewhere, switchTo } from "../src/lib/profile";
import { receiptOf, receiptText } from "../src/lib/receipt";

const device = vi.hoisted(() => new Map<string, string>());
vi.mock("../src/lib/device-vault", async (original) => ({
  ...(await original<typeof import("../src/lib/device-vault")>()),
  keep: async (name: string, text: string) => Boolean(device.set(name, text)),
  recover: async (name: string) => device.get(name) ?? null,
  forget: async (name: string) => void device.delete(name),
}));

const OWN: Profile = {
  patient_id: "own", relation: "self", given_name: "DOMINIQUE", family_name: "PAT-TROIS", birth_date: null,
  age: 47, ends_at: null,
};
const CONSENT: Consent = {
  id: "1.ref",
  application: { id: "app", name: "Ma Balance", publisher: "Exemple Santé", state: "online" },
  permissions: ["weight:write", "weight:read"],
  status: "active",
  given_at: "2026-11-27T18:05:00Z",
  valid_until: "2027-05-27T17:05:00Z",
  changed_at: "2026-11-27T18:05:00Z",
  given_by: null,
  ends_at_majority: false,
  activity: [
    { permission: "weight:write", calls: 8, last_at: "2026-11-28T06:00:00Z" },
    { permission: "weight:read", calls: 2, last_at: "2026-11-28T07:00:00Z" },
    { permission: "document:read", calls: 0, last_at: "2026-11-28T07:00:00Z" },
  ],
  last_access_at: "2026-11-28T07:00:00Z",
  unanswered: [],
  new_terms: null,
  version: 1,
};

const said = (purpose: string, why: string) => ({
  name: "Ma Balance", publisher: "Exemple Santé", purpose, retention: "Deux ans.",
  reasons: [{ permission: "weight:read" as const, why }, { permission: "weight:write" as const, why: "Noter." }],
});

describe("new terms", () => {
  const asked = { lines: ["weight:read" as const], version: "v", answer_by: "2026-12-27T00:00:00Z" };

  it("are shown by what changed, and nothing else", () => {
    const found = changes({ ...asked, former: said("Suivre.", "Tracer."), now: said("Vendre.", "Vendre.") });
    expect(found).toEqual([
      { what: "purpose", former: "Suivre.", now: "Vendre." },
      { what: "weight:read", former: "Tracer.", now: "Vendre." },
    ]);
  });

  it("that are again the former ones show no change", () => {
    expect(changes({ ...asked, former: said("Suivre.", "Tracer."), now: said("Suivre.", "Tracer.") })).toEqual([]);
  });
});

describe("a request of an application", () => {
  beforeEach(() => device.clear());

  it("is named on arrival, by nothing of itself", () => {
    const name = requestName("#sealed.text", undefined);
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    expect(requestPath(name ?? "")).toBe(`/applications/demande?d=${name}`);
    expect(requestName("#sealed.text", undefined)).not.toBe(name);
  });

  it("is found by its name only, and a name is one of ours", () => {
    const name = "0123456789abcdef0123456789abcdef";
    expect(requestName("", name)).toBe(name);
    expect(requestName("", undefined)).toBeNull();
    expect(requestName("#", "../accueil")).toBeNull();
  });

  it("stays on this page without the device, and goes from both once answered", async () => {
    const name = requestName("#sealed.text", undefined) ?? "";
    const found = await findRequest(name);
    expect(found).toEqual({ name, sealed: "sealed.text" });
    expect(device.size).toBe(0);
    if (found) await keepRequest(found);
    expect([...device.values()]).toEqual(["sealed.text"]);
    if (found) await dropRequest(found);
    expect(device.size).toBe(0);
    expect(await findRequest(name)).toBeNull();
  });

  it("kept before the login leaves nothing of nobody's once it is taken", async () => {
    const name = "fedcba9876543210fedcba9876543210";
    device.set(`request ${name}`, "sealed.before");
    await takeRequest(name);
    expect(device.size).toBe(0);
    expect(await findRequest(name)).toEqual({ name, sealed: "sealed.before" });
  });
});

describe("another profile", () => {
  afterEach(() => {
    sameElsewhere.value = null;
    me.value = null;
    vi.restoreAllMocks();
  });

  it("opens where the screen finds itself again", () => {
    const left = vi.spyOn(location, "replace").mockImplementation(() => undefined);
    me.value = { role: "patient", display_name: "", profiles: [OWN], session: { expires_at: "" } } as PersonMe;
    sameElsewhere.value = "/applications/demande?d=1";
    switchTo("own");
    expect(left).toHaveBeenCalledWith("/applications/demande?d=1");
  });
});

describe("what was allowed", () => {
  it("is shown by kind, reading first, each once", () => {
    expect(inOrder(["document:read", "weight:write", "weight:read", "weight:write"])).toEqual([
      "weight:read", "weight:write", "document:read",
    ]);
    expect(inOrder([...PERMISSIONS].toReversed())).toEqual(PERMISSIONS);
  });

  it("is drawn against the most frequent, without what was never done", () => {
    expect(usesOf(CONSENT).map(({ permission, share }) => [permission, share])).toEqual([
      ["weight:read", 0.25], ["weight:write", 1],
    ]);
    expect(usesOf({ activity: [] })).toEqual([]);
  });
});

describe("the receipt", () => {
  it("says who, what, until when and how to take it back", () => {
    const text = receiptText(receiptOf(CONSENT, OWN, ["weight:read", "weight:write", "document:read"]));
    const plain = text.replaceAll("\u00a0", " ");
    for (const part of [
      "Application : Ma Balance", "Éditeur : Exemple Santé", "Espace concerné : Dominique PAT-TROIS",
      "Donnée le : vendredi 27 novembre 2026 à 19 h 05", "Valable jusqu’au : jeudi 27 mai 2027 à 19 h 05",
      "Référence : 1.ref", "Autorisé\r\n- Lire vos mesures de poids\r\n- Ajouter des mesures de poids",
      "Non autorisé\r\n- Lire vos documents", "Pour retirer cet accès",
    ]) expect(plain).toContain(part);
    expect(plain).not.toContain("tension");
  });

  it("does not say what was refused where it is not known", () => {
    expect(receiptText(receiptOf(CONSENT, OWN))).not.toContain("Non autorisé");
  });
});

describe("an address of somebody else", () => {
  it("is followed only as a page of the web", () => {
    expect(outside("https://editeur.example/donnees")).toBe("https://editeur.example/donnees");
    for (const other of ["javascript:alert(1)", "data:text/html,x", "", "donnees", "mailto:a@b.example"]) {
      expect(outside(other)).toBeNull();
    }
  });
});
