import { describe, expect, it } from "vitest";
import { ageInWords, byAge } from "../src/lib/prevention";

/** Whatever space binds a number to its word. */
const plain = (text: string) => text.replace(/\s/g, " ");

const step = (title: string, months: number) => ({
  kind: "exam" as const,
  title,
  opens_on: "2027-01-01",
  age_months: months,
  is_conditional: false,
});

describe("the age of a step to come", () => {
  it("is said in months until two years, then in years", () => {
    expect([0, 1, 23].map(ageInWords).map(plain)).toEqual(["Avant 1 mois", "À 1 mois", "À 23 mois"]);
    expect([24, 35, 36, 45 * 12 + 11].map(ageInWords).map(plain)).toEqual(["À 2 ans", "À 2 ans", "À 3 ans", "À 45 ans"]);
  });

  it("gathers those of one age, in their own order", () => {
    const found = byAge([step("a", 4), step("b", 4), step("c", 25), step("d", 30)]);
    expect(found.map(([age, steps]) => [plain(age), steps.map(({ title }) => title)])).toEqual([
      ["À 4 mois", ["a", "b"]],
      ["À 2 ans", ["c", "d"]],
    ]);
  });
});
