import { describe, expect, it } from "vitest";
import type { NarrativeBlock, NarrativeSection } from "../src/api/types";
import { changeOf, compareResults, measureOf, placesOf, resultsOf, trendsOf } from "../src/lib/compare-results";

const cell = (text: string, more = {}) => ({ blocks: [{ type: "paragraph", runs: [{ type: "text", text }] }] as NarrativeBlock[], ...more });
const row = (...texts: string[]) => texts.map((text) => cell(text));
const section = (...blocks: NarrativeBlock[]): NarrativeSection => ({ title: "Biochimie", blocks });
const table = (head: string[], ...body: string[][]): NarrativeBlock => ({
  type: "table", head: [row(...head)], body: body.map((line) => row(...line)),
});
const result = (value: string, unit = "", name = "TSH") => ({ name, value, unit, reference: "" });

describe("the results of a document", () => {
  it("are read from its tables, whatever their columns are called", () => {
    const sections: NarrativeSection[] = [
      { title: "BIOCHIMIE", sections: [section(table(["BILAN THYROIDIEN", "Résultats", "Valeurs de référence"], ["TSH", "1.950 mUI/l", "(0.270 - 4.200)"]))] },
      section(table(["Analyse", "Résultat", "Unité", "Référence"], ["Glucose", "5,1", "mmol/l", "3,9 à 5,5"])),
      section(table(["Examen", "Résultat du 04/01/2024", "Résultat du 04/12/2023"], ["Test HPV-HR", "détecté", "non détecté"])),
    ];
    expect(resultsOf(sections)).toEqual([
      { name: "TSH", value: "1.950 mUI/l", unit: "", reference: "(0.270 - 4.200)" },
      { name: "Glucose", value: "5,1", unit: "mmol/l", reference: "3,9 à 5,5" },
      { name: "Test HPV-HR", value: "détecté", unit: "", reference: "" },
    ]);
  });

  it("are not read from a table without such a column, nor where cells are merged", () => {
    const merged: NarrativeBlock = { type: "table", head: [row("Analyse", "Résultat")], body: [[cell("TSH", { colspan: 2 })]] };
    expect(resultsOf([section(table(["Vaccin", "Dose"], ["DTP", "1"]), merged, table(["Analyse", "Valeurs de référence"], ["TSH", "0,4 à 4"]))])).toEqual([]);
  });
});

describe("a value", () => {
  it.each([
    ["1.950 mUI/l", 1.95, 3, "mUI/l"],
    ["1 250", 1250, 0, ""],
    ["1\u00a0250,5 G/L", 1250.5, 1, "G/L"],
    ["5", 5, 0, ""],
    ["-2,5 %", -2.5, 1, "%"],
  ])("%s is a number", (value, number, decimals, unit) =>
    expect(measureOf({ value, unit: "" })).toEqual({ value: number, decimals, unit }));

  it.each(["< 0,01", "négatif", "04/01/2024", "1/80", "3 à 5", "10:30", "3-5", "", "12 345 67"])("%s is not", (value) =>
    expect(measureOf({ value, unit: "" })).toBeNull());
});

describe("a change", () => {
  it("is said as it is written, in the decimals of the finer", () => {
    expect(changeOf(result("2,41 mUI/l"), result("1.95", "mUI/L"))).toEqual({ kind: "down", by: "0,46", unit: "mUI/L" });
    expect(changeOf(result("9"), result("10.25"))).toEqual({ kind: "up", by: "1,25", unit: "" });
    expect(changeOf(result("0,1"), result("0,3"))).toEqual({ kind: "up", by: "0,2", unit: "" });
  });

  it("is not computed between units, words or bounds", () => {
    expect(changeOf(result("5 mmol/l"), result("0,9 g/l"))).toEqual({ kind: "unknown" });
    expect(changeOf(result("< 0,01"), result("0,02"))).toEqual({ kind: "unknown" });
    expect(changeOf(result("< 0,01"), result("< 0,02"))).toEqual({ kind: "unknown" });
    expect(changeOf(result("Négatif"), result("Positif"))).toEqual({ kind: "other" });
    expect(changeOf(result("Négatif"), result("negatif"))).toEqual({ kind: "same" });
    expect(changeOf(result("1,0 g"), result("1 g"))).toEqual({ kind: "same" });
    expect(changeOf(null, result("1"))).toEqual({ kind: "alone" });
  });
});

describe("two documents", () => {
  it("are matched by name, and by rank where one is said several times", () => {
    const first = [result("1", "", "Glycémie"), result("2", "", "Glycémie"), result("3", "", "Fer")];
    const second = [result("4", "", "GLYCEMIE"), result("7", "", "Zinc")];
    expect(compareResults(first, second).map(({ name, first: a, second: b }) => [name, a?.value, b?.value])).toEqual([
      ["GLYCEMIE", "1", "4"],
      ["Zinc", undefined, "7"],
      ["Glycémie", "2", undefined],
      ["Fer", "3", undefined],
    ]);
  });

  it("of two methods are not compared", () => {
    const lines = compareResults([result("1", "", "TSH (ECL)")], [result("2", "", "TSH (CLIA)")]);
    expect(lines.map(({ change }) => change.kind)).toEqual(["alone", "alone"]);
  });
});

const on = (day: string, ...results: ReturnType<typeof result>[]) => ({ day, results });

describe("a trend", () => {
  it("has three values of one name in one unit", () => {
    const trends = trendsOf([
      on("2026-01-01", result("1,0 mUI/l"), result("5 g/l", "", "Fer")),
      on("2026-02-01", result("2", "mUI/L"), result("6 mg/l", "", "Fer")),
      on("2026-03-01", result("< 1"), result("7 g/l", "", "Fer")),
      on("2026-04-01", result("1,5 mUI/l")),
    ]);
    expect(trends).toEqual([
      {
        name: "TSH",
        unit: "mUI/l",
        points: [
          { day: "2026-01-01", value: 1, said: "1,0 mUI/l" },
          { day: "2026-02-01", value: 2, said: "2 mUI/L" },
          { day: "2026-04-01", value: 1.5, said: "1,5 mUI/l" },
        ],
      },
    ]);
    expect(placesOf(trends[0]?.points ?? []).map(({ y }) => y)).toEqual([0, 1, 0.5]);
  });

  it("of equal values is drawn in the middle", () => {
    const points = [1, 2, 3].map((n) => ({ day: `2026-01-0${n}`, value: 4, said: "4" }));
    expect(placesOf(points)).toEqual([{ x: 0, y: 0.5 }, { x: 0.5, y: 0.5 }, { x: 1, y: 0.5 }]);
  });
});
