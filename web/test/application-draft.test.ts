import { describe, expect, it } from "vitest";
import type { ApplicationFile } from "../src/api/types";
import { BLANK, type TypedApplication, bodyOf, changesOf, fieldOf, keysOf, typedOf } from "../src/lib/application-draft";

const TYPED: TypedApplication = {
  ...BLANK,
  name: " Balance ",
  publisher: "Balance Exemple",
  website: "https://balance.example/",
  purpose: "Peser.",
  theme: "connected_devices",
  platforms: ["device", "web"],
  priceDetail: "Gratuite",
  asked: { "document:read": "Comparer", "weight:write": " Ajouter " },
  retention: "Un an.",
  site: "https://balance.example/",
  privacy: "https://balance.example/donnees",
  redirects: ["", " https://balance.example/retour ", "https://balance.example/b"],
  attested: { hds: " ", iso_27001: "42" },
};

const filed = (over: Partial<ApplicationFile> = {}): ApplicationFile => ({
  ...bodyOf(TYPED),
  id: "1",
  siret: null,
  client_id: "1",
  authentication: "none",
  state: "candidate",
  state_since: "2026-11-20T08:00:00Z",
  can_connect: true,
  acts: false,
  checked: [],
  missing: [],
  history: [],
  ...over,
});

describe("what a publisher types", () => {
  it("becomes what the contract asks for, in its usual order and without blanks", () => {
    expect(bodyOf(TYPED)).toMatchObject({
      name: "Balance",
      platforms: ["web", "device"],
      data_asked: [
        { permission: "weight:write", why: "Ajouter" },
        { permission: "document:read", why: "Comparer" },
      ],
      attestations: [{ kind: "iso_27001", reference: "42" }],
      redirect_uris: ["https://balance.example/retour", "https://balance.example/b"],
      jwks: null,
    });
  });

  it("comes back as it was filed", () => {
    const file = filed();
    expect(bodyOf(typedOf(file))).toEqual(bodyOf(TYPED));
    expect(changesOf(typedOf(file), file)).toEqual({});
  });

  it("sends only what is said otherwise", () => {
    const file = filed();
    expect(changesOf({ ...typedOf(file), name: "Autre" }, file)).toEqual({ name: "Autre" });
    const keyed = filed({ jwks: { keys: [] } });
    expect(changesOf({ ...typedOf(keyed), isPublic: true }, keyed)).toEqual({ jwks: null });
  });

  it("finds the field that the server speaks of, whatever lines were left empty", () => {
    const cases: [string, string][] = [
      ["/publisher/website", "website"],
      ["/redirect_uris/0", "redirect-1"],
      ["/redirect_uris/1", "redirect-2"],
      ["/data_asked/1/why", "why-document:read"],
      ["/attestations/0/reference", "attested-iso_27001"],
      ["/price/detail", "priceDetail"],
      ["/jwks", "jwks"],
      ["/unheard/of", "name"],
    ];
    expect(cases.map(([pointer]) => fieldOf(pointer, TYPED))).toEqual(cases.map(([, field]) => field));
  });

  it("reads keys only from JSON of an object", () => {
    expect(keysOf('{"keys": []}')).toEqual({ keys: [] });
    expect(["", "[]", "null", '"https://a.example/jwks"', "{"].map(keysOf)).toEqual(Array(5).fill(null));
  });
});
