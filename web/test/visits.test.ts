import { describe, expect, it } from "vitest";
import { byVisit } from "../src/lib/visits";
import type { Access } from "../src/api/types";

const access = (id: string, time: string, more: Partial<Access> = {}): Access => ({
  id,
  at: `2026-11-23T${time}:00Z`,
  actor: { kind: "professional", id: null, name: "A", profession: null, organisation: null },
  action: "record:document:open",
  label: "a ouvert",
  document: null,
  outcome: "allowed",
  right: null,
  count: 1,
  first_at: `2026-11-23T${time}:00Z`,
  last_at: `2026-11-23T${time}:00Z`,
  ...more,
});

const told = (accesses: Access[]) =>
  byVisit(accesses).map((one) =>
    "accesses" in one
      ? [one.actions, one.firstAt.slice(11, 16), one.lastAt.slice(11, 16), one.accesses.map(({ id }) => id)]
      : one.id,
  );

describe("visits", () => {
  it("gather the lines of one visit, and count what was repeated", () =>
    expect(
      told([
        access("1", "14:09"),
        access("2", "14:07", { count: 3, first_at: "2026-11-23T14:01:00Z" }),
        access("3", "14:02"),
      ]),
    ).toEqual([[5, "14:01", "14:09", ["1", "2", "3"]]]));

  it("end with a pause of more than half an hour", () =>
    expect(
      told(["15:11", "15:10", "15:09", "14:39", "14:08", "14:07"].map((time, n) => access(`${n}`, time))),
    ).toEqual([[4, "14:39", "15:11", ["0", "1", "2", "3"]], "4", "5"]));

  it("never hold a refused or unreadable line, which does not cut them", () =>
    expect(
      told([
        access("1", "14:09"),
        access("no", "14:08", { outcome: "refused" }),
        access("2", "14:07"),
        access("bad", "14:06", { outcome: "unreadable" }),
        access("3", "14:05"),
      ]),
    ).toEqual([[3, "14:05", "14:09", ["1", "2", "3"]], "no", "bad"]));

  it("leave two lines and an organisation's deposits as they are", () => {
    const actor = { kind: "organisation" as const, id: null, name: "B", profession: null, organisation: null };
    expect(told([access("1", "14:09"), access("2", "14:08")])).toEqual(["1", "2"]);
    expect(told(["14:09", "14:08", "14:07"].map((time) => access(time, time, { actor })))).toEqual([
      "14:09", "14:08", "14:07",
    ]);
  });
});
