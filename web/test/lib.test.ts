// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import {
  DOCX, base64, downloadName, proposeDate, proposeFamily, proposeTitle, sha256, sniff, textOf, withoutTurns,
} from "../src/lib/file-facts";
import { fold, matches } from "../src/lib/fold";
import { isIns } from "../src/lib/ins";
import { CATEGORIES, categoryNumber, categoryOf, typeFor, typeName } from "../src/lib/kinds";
import { zoomed } from "../src/lib/zoom";
import { byDayAndPerson } from "../src/screens/trace";
import { safeReturn } from "../src/screens/login";
import type { Access } from "../src/api/types";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("search", () => {
  it("ignores accents, case and ligatures", () => {
    expect(matches("radiologie", ["Radiologie"])).toBe(true);
    expect(matches("medecin", ["Dr X, Médecin"])).toBe(true);
    expect(matches("oedeme", ["Œdème"])).toBe(true);
    expect(fold("L’Été")).toBe("l ete");
  });

  it("wants every word, in any field", () => {
    expect(matches("bilan martin", ["Bilan", "Dr Martin"])).toBe(true);
    expect(matches("bilan durand", ["Bilan", "Dr Martin", null])).toBe(false);
  });
});

describe("the INS", () => {
  it.each(["279035121518989", "2 79 03 51 215 189 89", "1 62 12 65 879 136 77"])("accepts %s", (ins) =>
    expect(isIns(ins)).toBe(true),
  );
  it.each(["279035121518988", "27903512151898", "２７９035121518989", "abcdefghijklmno", ""])(
    "refuses %s",
    (ins) => expect(isIns(ins)).toBe(false),
  );
});

describe("the type of a document", () => {
  const report = { code: "11502-2", label: "Compte rendu d'examens biologiques" };

  it("is in plain words for a person", () => {
    expect(typeName(report, "patient")).toBe("Résultats d’analyses");
    expect(typeName({ code: "DOCPAT05", label: "CR déposé par le patient" }, "patient")).toBe("Résultats d’analyses");
  });

  it("has its official name for a professional", () =>
    expect(typeName(report, "professional")).toBe("Compte rendu d’examens biologiques"));

  it("keeps the name it came with when there is no plainer one", () =>
    expect(typeName({ code: "101881-1", label: "Carte d'implant" }, "patient")).toBe("Carte d’implant"));
});

describe("a file", () => {
  it("is known by its content", () => {
    expect(sniff(bytes("%PDF-1.7 …"))).toBe("application/pdf");
    expect(sniff(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe("image/jpeg");
    expect(sniff(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))).toBe("image/png");
    expect(sniff(Uint8Array.of(0x49, 0x49, 0x2a, 0x00))).toBe("image/tiff");
    expect(sniff(bytes("\0\0\0\x18ftypheic\0\0\0\0mif1heic"))).toBe("image/heic");
    expect(sniff(bytes("{\\rtf1 Bonjour}"))).toBe("text/rtf");
    expect(sniff(bytes("PK\x03\x04 [Content_Types].xml word/document.xml"))).toBe(DOCX);
    expect(sniff(bytes('<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">'))).toBe("text/xml");
    expect(sniff(bytes("Prendre à 8 h"))).toBe("text/plain");
  });

  it("is refused when it is a page, a program or unknown", () => {
    expect(sniff(bytes("<html><script>"))).toBeNull();
    expect(sniff(bytes("<?xml version='1.0'?><svg/>"))).toBeNull();
    expect(sniff(Uint8Array.of(0x4d, 0x5a, 0x90, 0x00))).toBeNull();
    expect(sniff(bytes("PK\x03\x04 a.txt"))).toBeNull();
    expect(sniff(bytes("PK\x03\x04 [Content_Types].xml xl/workbook.xml"))).toBeNull();
  });

  it("proposes a title, a date and a family from its name", () => {
    expect(proposeTitle("2026-11-20_ordonnance-lunettes.pdf")).toBe("Ordonnance lunettes");
    expect(proposeTitle("IMG_20261120_101530.jpg")).toBe("");
    expect(proposeDate("20-11-2026 bilan.pdf", 0)).toBe("2026-11-20");
    expect(proposeDate("bilan.pdf", Date.UTC(2026, 9, 1, 12))).toBe("2026-10-01");
    expect(typeFor(proposeFamily("Ordonnance_lunettes.pdf"), "patient")).toBe("DOCPAT02");
    expect(typeFor(proposeFamily("Résultats labo.pdf"), "professional")).toBe("11502-2");
    expect(typeFor(proposeFamily("truc.pdf"), "patient")).toBe("");
  });

  it("is hashed and encoded", async () => {
    expect(await sha256(bytes("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const long = new Uint8Array(70_000).map((_, n) => n % 251);
    expect(Uint8Array.from(atob(base64(long)), (c) => c.codePointAt(0) ?? 0)).toEqual(long);
  });

  it("gets a name that every file system accepts", () => {
    expect(downloadName("2026-11-23", "Compte rendu", "Dr Martin", "application/pdf")).toBe(
      "2026-11-23 Compte rendu – Dr Martin.pdf",
    );
    expect(downloadName("2026-11-23", 'a/b\\c:"d"\u202Efdp', null, "image/png")).toBe("2026-11-23 a b c d fdp.png");
  });
});

describe("addresses", () => {
  it("carry a category as a number and read it back", () => {
    for (const code of CATEGORIES) expect(categoryOf(String(categoryNumber(code)))).toBe(code);
    expect(categoryOf("99")).toBeNull();
    expect(categoryOf(null)).toBeNull();
  });

  it("return only to a path of ours after the login", () => {
    expect(safeReturn("/documents?c=2", "/accueil")).toBe("/documents?c=2");
    expect(safeReturn("//mal.example", "/accueil")).toBe("/accueil");
    expect(safeReturn("https://mal.example", "/accueil")).toBe("/accueil");
    expect(safeReturn("/\\mal.example", "/accueil")).toBe("/accueil");
    expect(safeReturn(undefined, "/accueil")).toBe("/accueil");
  });
});

it("reads a text of today, and one of Windows", () => {
  expect(textOf(bytes("Lévothyrox 75 µg, 10 €"))).toBe("Lévothyrox 75 µg, 10 €");
  expect(textOf(Uint8Array.of(0x37, 0x35, 0x20, 0xb5, 0x67, 0x20, 0x80))).toBe("75 µg €");
});

it("reads a text in the order it is written, accents and joined emoji kept", () => {
  expect(withoutTurns("Taux : \u202e1,5\u202c g \u2066x\u2069")).toBe("Taux : 1,5 g x");
  expect(withoutTurns("Léa 👩\u200d⚕️")).toBe("Léa 👩\u200d⚕️");
});

it("zooms within bounds", () => {
  expect(zoomed(100, 1)).toBe(125);
  expect(zoomed(400, 1)).toBe(400);
  expect(zoomed(50, -1)).toBe(50);
});

const access = (id: string, at: string, name: string): Access => ({
  id,
  at,
  actor: { kind: "professional", id: null, name, profession: null, organisation: null },
  action: "document.read",
  label: "a ouvert",
  document: null,
  outcome: "allowed",
  right: null,
  count: 1,
  first_at: at,
  last_at: at,
});

it("groups accesses by day in Paris and by person", () => {
  const days = byDayAndPerson([
    access("1", "2026-11-23T10:00:00Z", "A"),
    access("2", "2026-11-22T23:30:00Z", "B"),
    access("3", "2026-11-22T23:10:00Z", "A"),
    access("4", "2026-11-22T10:00:00Z", "A"),
  ]);
  expect(days.map(({ day, people }) => [day, people.map((p) => [p.name, p.accesses.length])])).toEqual([
    ["2026-11-23", [["A", 2], ["B", 1]]],
    ["2026-11-22", [["A", 1]]],
  ]);
});
