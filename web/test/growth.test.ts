import { describe, expect, it } from "vitest";
import type { Growth, GrowthPlace, Measure } from "../src/api/types";
import { ageOf, apart, bandOf, birthdaysOf, joined, meaningOf, within } from "../src/lib/growth";
import { csvOf, doubtsOf } from "../src/lib/measures";
import { distanceOf, typedTarget, wrongTarget } from "../src/lib/targets";

const DAY = 86_400_000;
const place = (above: number | null, below: number | null, id = "1"): GrowthPlace => ({
  measure_id: id, age_days: 400, above, below,
});
const growth = (given: Partial<Growth> = {}): Growth => ({
  source: "OMS", born_on: "2025-01-31", ends_at_days: 3652, ages: [], curves: [], places: [], ...given,
});
const weight = (kilos: number, given: Partial<Measure> = {}): Measure => ({
  id: "1", kind: "weight", at: "2026-03-07T08:00:00+01:00", values: { weight: kilos }, unit: "kg", comment: null,
  device: null, unusual: [], source: { kind: "person", name: null }, is_own: true, abilities: { delete: true },
  created_at: "2026-03-07T07:00:00.000Z", ...given,
});

const wrongFields = (kilos: string, by = "") =>
  wrongTarget({ weight: kilos, by }, "2026-11-23").errors.map(({ id }) => id);

describe("an age", () => {
  it("is in days, then in months until two years, then in years", () => {
    expect([0, 1, 12, 27].map((days) => ageOf("2025-01-31", days))).toEqual([
      "le jour de la naissance", "1\u00a0jour", "12\u00a0jours", "27\u00a0jours",
    ]);
    // A month is over on the same day of a later one; of the 31st, on the first day after.
    expect([31, 364, 400, 729, 730, 1100].map((days) => ageOf("2025-02-11", days))).toEqual([
      "1\u00a0mois", "11\u00a0mois", "13\u00a0mois", "23\u00a0mois", "2\u00a0ans", "3\u00a0ans",
    ]);
    expect(ageOf("2019-02-11", 2845)).toBe("7\u00a0ans 9\u00a0mois");
  });
});

describe("a band", () => {
  it("is said between two percentiles, or beyond", () => {
    expect(bandOf(place(15, 50))).toBe("entre le 15ᵉ et le 50ᵉ percentile");
    expect(bandOf(place(null, 3))).toBe("sous le 3ᵉ percentile");
    expect(bandOf(place(97, null))).toBe("au-dessus du 97ᵉ percentile");
    expect(meaningOf(place(15, 50))).toContain("entre 15 et 50 pèsent moins");
    expect(meaningOf(place(null, 3))).toContain("moins de 3 pèsent moins");
    expect(meaningOf(place(97, null))).toContain("plus de 97 pèsent moins");
  });
});

describe("a curve of the reference", () => {
  it("is cut where the drawing begins and ends", () => {
    const [ages, weights] = [[0, 10, 20, 30], [3, 4, 6, 7]];
    expect(within(ages, weights, 5, 25)).toEqual([[5, 3.5], [10, 4], [20, 6], [25, 6.5]]);
    expect(within(ages, weights, -50, 100)).toEqual([[0, 3], [10, 4], [20, 6], [30, 7]]);
    expect(within(ages, weights, 12, 18)).toEqual([[12, 4.4], [18, 5.6]]);
    expect(within(ages, weights, 31, 40)).toEqual([]);
    expect(within([], [], 0, 10)).toEqual([]);
  });

  it("has labels that do not touch", () => {
    expect(apart([200, 150, 145, 144, 20], 14)).toEqual([200, 150, 136, 122, 20]);
  });

  it("is named by age, no more often than there is room for", () => {
    const born = Date.UTC(2025, 0, 31);
    const year = birthdaysOf("2025-01-31", born, born + 365 * DAY, 6);
    expect(year.map(({ label }) => label)).toEqual(["naissance", "2\u00a0mois", "4\u00a0mois", "6\u00a0mois", "8\u00a0mois", "10\u00a0mois", "12\u00a0mois"]);
    for (const days of [60, 365, 1200, 3650]) {
      for (const most of [3, 6]) {
        const found = birthdaysOf("2019-02-11", born, born + days * DAY, most);
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThanOrEqual(most + 1);
      }
    }
  });

  it("is one for all pages of a list", () => {
    const curves = [{ percentile: 3, weights: [1] }];
    const all = joined([growth({ places: [] }), growth({ curves, ages: [0], places: [place(3, 15, "a")] }), growth({ places: [place(3, 15, "b")] })]);
    expect(all?.curves).toBe(curves);
    expect(all?.places.map((one) => one.measure_id)).toEqual(["a", "b"]);
    expect(joined([null, null])).toBeNull();
  });
});

describe("weights of a child", () => {
  it("have their age and band in a spreadsheet", () => {
    const csv = csvOf("weight", [weight(9.1), weight(9.2, { id: "2" })], null, growth({ places: [place(15, 50)] }), "Europe/Paris");
    const lines = csv.split("\r\n");
    expect(lines[0]).toContain("Poids (kg);Âge;Percentile (OMS);Commentaire");
    expect(lines[1]).toContain(";9,1;13\u00a0mois;entre le 15ᵉ et le 50ᵉ percentile;");
    expect(lines[2]).toContain(";9,2;;;");
  });

  it("are not doubted for growing", () => {
    const grown = [3.2, 3.6, 4.1, 4.8, 5.4].map((kilos, n) =>
      weight(kilos, { id: String(n), at: new Date(Date.UTC(2025, 1, 1 + 10 * n)).toISOString() }),
    );
    expect(doubtsOf("weight", grown).some(Boolean)).toBe(true);
    const placed = growth({ places: grown.map(({ id }) => place(15, 50, id)) });
    expect(doubtsOf("weight", grown, placed)).toEqual(grown.map(() => null));
  });
});

describe("a weight to reach", () => {
  it("is told from the last weight without judging", () => {
    expect(distanceOf(weight(71.7), 68.5)).toBe("3,2\u00a0kg au-dessus de votre objectif");
    expect(distanceOf(weight(65), 68.5)).toBe("3,5\u00a0kg au-dessous de votre objectif");
    expect(distanceOf(weight(68.52), 68.5)).toBe("à votre objectif");
  });

  it("is refused field by field, and sent as a number", () => {
    for (const text of ["", "lourd", "29,9", "300,1", "68,55"]) expect(wrongFields(text)).toEqual(["target-weight"]);
    expect(wrongFields("0", "2026-11-23")).toEqual(["target-weight", "target-by"]);
    expect(wrongTarget({ weight: "68,5", by: "" }, "2026-11-23").body).toEqual({ weight: 68.5, by: null });
    expect(wrongTarget({ weight: "68.5", by: "2027-06-01" }, "2026-11-23").body).toEqual({ weight: 68.5, by: "2027-06-01" });
    expect(typedTarget({ weight: 68.5, by: null, set_at: "" })).toEqual({ weight: "68,5", by: "" });
  });
});
