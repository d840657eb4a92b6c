import { describe, expect, it } from "vitest";
import type { Card, Permission } from "../src/api/types";
import { ANYTHING, addressOf, among, askedBy, initials, soughtOf } from "../src/lib/applications";

const card = (name: string, theme: Card["theme"], ...asked: Permission[]): Card => ({
  id: name,
  name,
  publisher: { name: "Éditeur Exemple", website: "https://editeur.example" },
  purpose: "Suivre son poids.",
  theme,
  platforms: ["web"],
  price: { kind: "free", detail: "Gratuit" },
  data_asked: asked.map((permission) => ({ permission, why: "Pour le suivi." })),
  retention: "Rien n’est gardé.",
  site: "https://a.example/",
  privacy: "https://a.example/donnees",
  attestations: [],
  state: "online",
  state_since: "2026-11-23T09:30:00Z",
  can_connect: true,
  checked: [],
});

const SCALE = card("Balance", "connected_devices", "weight:write", "weight:read");
const BOOKING = card("Rendez-vous", "appointments", "appointment:write");
const PLAIN = card("Esprit libre", "well_being");
const ALL = [SCALE, BOOKING, PLAIN];

describe("the catalogue", () => {
  it("finds by theme, by data asked, and by words without case or accents", () => {
    expect(among(ALL, { ...ANYTHING, theme: "appointments" }, "")).toEqual([BOOKING]);
    expect(among(ALL, { ...ANYTHING, asked: "weight" }, "")).toEqual([SCALE]);
    expect(among(ALL, { ...ANYTHING, asked: "none" }, "")).toEqual([PLAIN]);
    expect(among(ALL, ANYTHING, "EDITEUR esprit")).toEqual([PLAIN]);
    expect(among(ALL, { ...ANYTHING, asked: "weight" }, "rendez")).toEqual([]);
    expect(among(ALL, ANYTHING, "")).toEqual(ALL);
  });

  it("keeps the order it is given: nobody is put forward", () => {
    expect(among([PLAIN, SCALE, BOOKING], ANYTHING, "exemple")).toEqual([PLAIN, SCALE, BOOKING]);
  });

  it("says what is asked by kind, reading first", () => {
    expect(askedBy(SCALE)).toEqual([["weight", ["read", "write"]]]);
    expect(askedBy(PLAIN)).toEqual([]);
  });

  it("keeps filters in the address as numbers, without a word of health", () => {
    const sought = { theme: "vaccination", asked: "blood_pressure", group: "delisted" } as const;
    expect(addressOf(sought)).toBe("?t=2&d=2&e=3");
    expect(soughtOf({ t: "2", d: "2", e: "3" })).toEqual(sought);
    expect(addressOf(ANYTHING)).toBe("");
    expect(soughtOf({})).toEqual(ANYTHING);
    expect(soughtOf({ t: "99", d: "x", e: "-1" })).toEqual(ANYTHING);
  });

  it("draws two letters in place of a logo", () => {
    expect(initials("Balance")).toBe("B");
    expect(initials("Portail de l’Hôpital Exemple")).toBe("PH");
    expect(initials("Sage-femme à domicile")).toBe("SF");
    expect(initials("cœur calme")).toBe("CC");
    expect(initials("…")).toBe("");
  });
});
