import { describe, expect, it } from "vitest";
import { isFuture, monthsAgo, readDate } from "../src/lib/dates";
import {
  dateLong, dateMedium, dateShort, duration, fileSize, instantLong, number, parisDay, plural,
  relativeDay, timeOfDay,
} from "../src/lib/format";
import { typo } from "../src/lib/typo";

describe("dates", () => {
  it("writes a long date with its weekday", () => {
    expect(dateLong("2026-11-23")).toBe("lundi 23\u00a0novembre 2026");
  });

  it("writes the first of the month as « 1er »", () => {
    expect(dateMedium("2026-11-01")).toBe("1er\u00a0novembre 2026");
    expect(dateLong("2026-11-01")).toBe("dimanche 1er\u00a0novembre 2026");
    expect(dateMedium("2026-11-21")).toBe("21\u00a0novembre 2026");
  });

  it("never moves a birth date, whatever the time zone", () => {
    expect(dateShort("1979-03-28")).toBe("28/03/1979");
    expect(dateMedium("1899-12-31")).toBe("31\u00a0décembre 1899");
  });

  it("shows instants in Paris, in winter and in summer", () => {
    expect(instantLong("2026-11-23T13:05:00Z")).toBe("lundi 23\u00a0novembre 2026 à 14\u00a0h\u00a005");
    expect(timeOfDay("2026-07-01T06:00:00Z")).toBe("8\u00a0h\u00a000");
    expect(parisDay("2026-11-22T23:30:00Z")).toBe("2026-11-23");
  });

  it("says how far a day is, up to a month", () => {
    const now = new Date("2026-11-23T22:59:00Z");
    expect(relativeDay("2026-11-23", now)).toBe("aujourd’hui");
    expect(relativeDay("2026-11-22", now)).toBe("hier");
    expect(relativeDay("2026-11-20", now)).toBe("il y a 3 jours");
    expect(relativeDay("2026-09-20", now)).toBeNull();
  });

  it.each([
    ["12/03/1979", "1979-03-12"],
    ["1 3 1979", "1979-03-01"],
    ["12031979", "1979-03-12"],
    [" 12-03-1979 ", "1979-03-12"],
    ["1979-03-12", "1979-03-12"],
    ["29/02/2024", "2024-02-29"],
  ])("reads %j", (text, date) => expect(readDate(text)).toBe(date));

  it.each(["", "31/02/2024", "29/02/2023", "12/13/1979", "12/03/79", "demain", "00/01/2000"])(
    "refuses %j",
    (text) => expect(readDate(text)).toBeNull(),
  );

  it("knows the future in Paris", () => {
    const now = new Date("2026-11-22T23:30:00Z");
    expect(isFuture("2026-11-23", now)).toBe(false);
    expect(isFuture("2026-11-24", now)).toBe(true);
  });

  it("goes back by months and stays in the month", () => {
    expect(monthsAgo(3, new Date("2026-05-31T10:00:00Z"))).toBe("2026-02-28");
    expect(monthsAgo(12, new Date("2026-11-23T10:00:00Z"))).toBe("2025-11-23");
  });
});

describe("numbers and sizes", () => {
  it("groups thousands and uses the comma", () => {
    expect(number(1250)).toBe("1\u00a0250");
    expect(number(37.5)).toBe("37,5");
  });

  it("says sizes in octets", () => {
    expect(fileSize(812)).toBe("812\u00a0octets");
    expect(fileSize(31 * 1024)).toBe("31\u00a0ko");
    expect(fileSize(3.42 * 1024 * 1024)).toBe("3,4\u00a0Mo");
  });

  it("says durations and counts", () => {
    expect(duration(11.6)).toBe("12\u00a0s");
    expect(duration(0.2)).toBe("1\u00a0s");
    expect(duration(150)).toBe("3\u00a0min");
    expect(plural(0, "document", "documents")).toBe("0\u00a0document");
    expect(plural(2, "document", "documents")).toBe("2\u00a0documents");
  });
});

describe("typography", () => {
  it("sets no-break spaces and apostrophes", () => {
    expect(typo("Qui l'a vu ?")).toBe("Qui l’a vu\u00a0?");
    expect(typo("« Bilan »")).toBe("«\u00a0Bilan\u00a0»");
    expect(typo("au 01 99 00 12 34, à 9 h 05")).toBe(
      "au 01\u00a099\u00a000\u00a012\u00a034, à 9\u00a0h\u00a005",
    );
    expect(typo("Dr Claire EXEMPLE")).toBe("Dr\u00a0Claire EXEMPLE");
  });

  it("leaves a text already set as it is", () => {
    const set = typo("« Qui l'a vu ? » : 4 Mo");
    expect(typo(set)).toBe(set);
  });
});
