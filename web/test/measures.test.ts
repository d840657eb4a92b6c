import { describe, expect, it } from "vitest";
import type { Measure } from "../src/api/types";
import { datesOf, gapsOf, outliersOf, partsOf, scaleOf, ticksOf } from "../src/lib/curve";
import { blank, csvOf, doubtOf, doubtsOf, dayOf, draftOf, kindOf, momentOf, rangeOf, readNumber, refusedFields, shortMomentOf, sourceOf, valueOf, wrong } from "../src/lib/measures";

const DAY = 86_400_000;
const PARIS = "Europe/Paris";
const NOW = Date.parse("2026-11-23T09:30:00Z");
const USUAL = [
  { component: "weight" as const, low: 32, high: 250 },
  { component: "systolic" as const, low: 70, high: 220 },
  { component: "diastolic" as const, low: 40, high: 130 },
];

const measure = (given: Partial<Measure> = {}): Measure => ({
  id: "1.a.b", kind: "weight", at: "2026-11-23T07:30:00+01:00", values: { weight: 72.4 }, unit: "kg", comment: null,
  device: null, unusual: [], source: { kind: "person", name: null }, is_own: true, abilities: { delete: true },
  created_at: "2026-11-23T06:30:00.000Z", ...given,
});

describe("a curve", () => {
  it("is placed between its lowest and highest", () => {
    expect([70, 72, 74].map(scaleOf(70, 74))).toEqual([0, 0.5, 1]);
    expect(scaleOf(70, 70)(70)).toBe(0.5);
  });

  it("has round marks", () => {
    expect(ticksOf(70.2, 74.9, 5)).toEqual([71, 72, 73, 74]);
    expect(ticksOf(71.1, 71.9, 4)).toEqual([71.2, 71.4, 71.6, 71.8]);
    expect(ticksOf(60, 145, 5)).toEqual([60, 80, 100, 120, 140]);
  });

  it("names weeks, months or years, no more than there is room for", () => {
    const to = Date.parse("2026-11-23T00:00:00Z");
    for (const days of [5, 30, 92, 366, 3000, 20_000]) {
      for (const most of [3, 7]) {
        const dates = datesOf(to - days * DAY, to, most);
        expect(dates.length).toBeGreaterThan(0);
        expect(dates.length).toBeLessThanOrEqual(most + 1);
        expect(dates.every((at) => at >= to - days * DAY && at <= to)).toBe(true);
      }
    }
    const months = datesOf(to - 92 * DAY, to, 7).map((at) => new Date(at).getUTCDate());
    expect(new Set(months)).toEqual(new Set([1]));
  });

  it("stops where days are missing, by what is usual between two points", () => {
    const daily = [0, 1, 2, 4, 5].map((day) => day * DAY);
    expect(gapsOf(daily)).toEqual(new Set([2]));
    const weekly = [0, 7, 14, 28, 35].map((day) => day * DAY);
    expect(gapsOf(weekly)).toEqual(new Set([2]));
    expect(gapsOf([0, 0.3 * DAY, 1.2 * DAY, 1.4 * DAY])).toEqual(new Set());
    expect(gapsOf([])).toEqual(new Set());
    expect(partsOf(5, new Set([2]))).toEqual([[0, 1, 2], [3, 4]]);
    expect(partsOf(0, new Set())).toEqual([]);
  });

  it("tells what is far from what was measured around it, not from long ago", () => {
    const near = [72, 72.4, 82.1, 72.2, 71.9].map((value, n) => ({ at: n * DAY, value }));
    expect(outliersOf(near, 0.1)).toEqual(new Set([2]));
    const growing = [3.2, 4.1, 5, 5.8, 6.4].map((value, n) => ({ at: n * 60 * DAY, value }));
    expect(outliersOf(growing, 0.1)).toEqual(new Set());
  });
});

describe("a measure", () => {
  it("is written as the French do, whoever added it", () => {
    expect(valueOf(measure())).toBe("72,4\u00a0kg");
    expect(valueOf(measure({ kind: "blood_pressure", values: { systolic: 128, diastolic: 79 }, unit: "mmHg" }))).toBe("128/79\u00a0mmHg");
    const byScale = measure({ source: { kind: "application", name: "Balance" }, is_own: false });
    expect(sourceOf(byScale, null)).toBe("Ajouté par l’application Balance");
    expect(sourceOf(measure(), null)).toBe("Ajouté par vous");
    expect(sourceOf(measure(), "Léa")).toBe("Ajouté par vous pour Léa");
    const byParent = measure({ source: { kind: "person", name: "Alban" }, is_own: false });
    expect(sourceOf(byParent, null)).toBe("Ajouté par Alban pour vous");
    expect(sourceOf(byParent, "Léa")).toBe("Ajouté par Alban pour Léa");
  });

  it("is shown on the reader's clock, and on the place's where that tells her something", () => {
    const said = (at: string, zone = PARIS) => shortMomentOf(measure({ at }), zone).replaceAll("\u00a0", " ");
    expect(said("2026-11-27T19:05:00+00:00")).toBe("27 novembre 2026 à 20 h 05");
    expect(said("2026-11-27T23:30:12.345Z")).toBe("28 novembre 2026 à 0 h 30");
    expect(said("2026-11-27T20:05:00+01:00")).toBe("27 novembre 2026 à 20 h 05");
    expect(said("2026-11-27T15:05:00-04:00")).toBe("27 novembre 2026 à 20 h 05 (15 h 05 là où elle a été prise)");
    expect(said("2026-11-28T06:05:00+11:00")).toBe(
      "27 novembre 2026 à 20 h 05 (28 novembre 2026 à 6 h 05 là où elle a été prise)",
    );
    expect(said("2026-11-27T19:05:00+00:00", "Pacific/Noumea")).toBe("28 novembre 2026 à 6 h 05");
    expect(momentOf(measure({ at: "2026-11-27T19:05:00+00:00" }), PARIS)).toMatch(/^vendredi 27\snovembre 2026 à 20/);
    expect(dayOf(measure({ at: "2026-11-27T23:30:00Z" }), PARIS)).toBe("2026-11-28");
  });

  it("is to be checked when the service, or those around it, say so", () => {
    const many = [72, 72.4, 82.1, 72.2, 71.9].map((weight, n) =>
      measure({ at: `2026-11-0${n + 1}T07:30:00+01:00`, values: { weight } }),
    );
    expect(doubtsOf("weight", many).map(Boolean)).toEqual([false, false, true, false, false]);
    expect(doubtsOf("weight", [measure({ unusual: [{ component: "weight", low: 32, high: 250 }] })])[0]).toContain("inhabituelle");
  });

  it("has no name in addresses", () => {
    expect([kindOf("1"), kindOf("2"), kindOf(undefined), kindOf("poids")]).toEqual(["weight", "blood_pressure", "weight", "weight"]);
    expect([rangeOf("1a"), rangeOf("toString"), rangeOf(undefined)]).toEqual(["1a", "3m", "3m"]);
  });
});

describe("a figure typed", () => {
  it("has a comma or a point", () => {
    expect(["72,4", "72.4", " 1 250 ", "72", "", "72,4 kg", "-3", "7,2,4", "1e3"].map(readNumber)).toEqual([
      72.4, 72.4, 1250, 72, null, null, null, null, null,
    ]);
  });

  it("is doubted outside what is usual, and refused nothing for it", () => {
    expect(doubtOf("weight", "7,24", USUAL)).toContain("entre 32 et 250");
    expect(doubtOf("systolic", "12,8", USUAL)).toContain("128");
    expect(doubtOf("systolic", "250", USUAL)).toContain("entre 70 et 220");
    expect([doubtOf("weight", "72,4", USUAL), doubtOf("weight", "", USUAL), doubtOf("weight", "500", [])]).toEqual([null, null, null]);
    expect(wrong({ ...blank("weight", "2026-11-23T07:30"), weight: "7,24" }, PARIS, NOW)).toEqual([]);
  });

  it("is wrong field by field, all at once", () => {
    const typed = { ...blank("blood_pressure", "2026-11-23T07:30"), systolic: "79", diastolic: "128", time: "", comment: "x".repeat(151) };
    expect(wrong(typed, PARIS, NOW).map(({ id }) => id)).toEqual(["diastolic", "time", "comment"]);
    const ids = (given: object) => wrong({ ...blank("weight", "2026-11-23T07:30"), weight: "72", ...given }, PARIS, NOW).map(({ id }) => id);
    expect(ids({ weight: "" })).toEqual(["weight"]);
    expect(ids({ weight: "0" })).toEqual(["weight"]);
    expect(ids({ weight: "abc" })).toEqual(["weight"]);
    expect(ids({ date: "2026-11-24" })).toEqual(["date"]);
    expect(ids({ time: "23:00" })).toEqual(["time"]);
    expect(ids({ date: "2026-03-29", time: "02:30" })).toEqual(["time"]);
  });

  it("is sent with the offset of this device's clock, then", () => {
    const typed = { ...blank("weight", "2026-11-23T07:30"), weight: "72,4", comment: " À jeun " };
    expect(draftOf(typed, PARIS)).toEqual({
      kind: "weight", at: "2026-11-23T07:30:00+01:00", values: { weight: 72.4 }, comment: "À jeun", device: null,
    });
    const at = (zone: string, date = "2026-07-14") => draftOf({ ...typed, date }, zone).at.slice(19);
    expect([at(PARIS), at("America/Cayenne"), at("Pacific/Marquesas"), at("Pacific/Noumea")]).toEqual([
      "+02:00", "-03:00", "-09:30", "+11:00",
    ]);
  });

  it("takes back what the server refuses to its field", () => {
    const refused = [
      { pointer: "/values/diastolic", detail: "a" }, { pointer: "/at", detail: "b" }, { pointer: "/values", detail: "c" },
    ];
    expect(refusedFields(refused, "blood_pressure").map(({ id }) => id)).toEqual(["diastolic", "date", "systolic"]);
  });
});

describe("a copy for a spreadsheet", () => {
  it("has commas, and nothing that a spreadsheet would compute", () => {
    const csv = csvOf("weight", [
      measure({ comment: "=1+1; \"oui\"" }),
      measure({ at: "2026-11-24T07:30:00.123-09:30", source: { kind: "application", name: "Balance" }, is_own: false, device: "@Balance" }),
    ], null, null, PARIS);
    expect(csv.startsWith("\ufeffDate;Heure;Décalage;Poids (kg);Commentaire;Origine;Appareil\r\n")).toBe(true);
    expect(csv.split("\r\n").slice(1)).toEqual([
      `23/11/2026;07:30;UTC+01:00;72,4;"'=1+1; ""oui""";Ajouté par vous;`,
      "24/11/2026;18:00;UTC+01:00;72,4;;Ajouté par l’application Balance;'@Balance",
      "",
    ]);
  });
});
