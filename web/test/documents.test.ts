// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import type { CarnetDocument } from "../src/api/types";
import { matches } from "../src/lib/fold";
import { searched } from "../src/screens/documents";

vi.mock("../src/ui/pdf-view", () => ({ default: () => null }));

const written = (profession: string | null, code: string, label: string) =>
  ({
    title: "Échographie cervicale",
    type: { code: "18748-4", label: "Compte rendu d'imagerie médicale" },
    author: { name: "Dr Paul EXEMPLE", profession, organisation: null, specialty: { code, label }, ref: null },
    depositor: { kind: "professional", name: "Dr Paul EXEMPLE" },
  }) as unknown as CarnetDocument;

const finds = (word: string, doc: CarnetDocument) => matches(word, searched(doc));

describe("a document", () => {
  it("is found by the profession and the specialty of its author, without accents", () => {
    const scan = written("Médecin", "S03", "Radiologie et imagerie médicale");
    for (const word of ["medecin", "RADIOLOGIE", "radiologie echographie", "paul"]) {
      expect(finds(word, scan)).toBe(true);
    }
    expect(finds("cardiologie", scan)).toBe(false);
    expect(finds("medecin", written(null, "S03", "Radiologie"))).toBe(false);
  });

  it("is not found by the name of the group that says nothing", () => {
    expect(finds("précisée", written(null, "S42", "Autre ou non précisée"))).toBe(false);
  });
});
