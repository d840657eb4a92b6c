import { describe, expect, it } from "vitest";
import { addMonths, weeksOf } from "../src/lib/calendar";
import { blank, dayBounds, draftOf, lateLeads, repeated, skipped, startMoved, wrong } from "../src/lib/appointment-draft";
import { leadInWords, timeInWords } from "../src/lib/when";
import { afterGap, instantsOf, wallOf } from "../src/lib/zoned";

const PARIS = "Europe/Paris";
const typed = (given: object) => blank(PARIS, { title: "Dentiste", date: "2026-12-03", start: "09:30", ...given });

describe("clocks", () => {
  it("finds one instant as a rule, none in spring's hour, two in autumn's", () => {
    expect(instantsOf("2026-12-03T09:30", PARIS)).toEqual([Date.parse("2026-12-03T08:30:00Z")]);
    expect(instantsOf("2026-03-29T02:30", PARIS)).toEqual([]);
    expect(instantsOf("2026-10-25T02:30", PARIS)).toEqual(
      ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map((at) => Date.parse(at)),
    );
  });

  it("offers the hour that the clock shows instead", () => {
    expect(afterGap("2026-03-29T02:30", PARIS)).toBe("2026-03-29T03:30");
    expect(skipped(typed({ date: "2026-03-29", start: "02:30" }))).toBe("03:30");
    expect(repeated(typed({ date: "2026-10-25", start: "02:30" }))).not.toBeNull();
  });

  it("comes back from an instant, in each zone of France", () => {
    for (const zone of [PARIS, "Indian/Reunion", "America/Cayenne", "Pacific/Marquesas", "Pacific/Noumea"]) {
      const at = Date.parse("2026-07-14T12:00:00Z");
      expect(instantsOf(wallOf(at, zone), zone)).toContain(at);
    }
  });

  it("says both times when the place keeps another one", () => {
    const moment = {
      all_day: false, start: "2026-12-03T09:30", end: "2026-12-03T10:00", zone: "Indian/Reunion",
      start_shown: "2026-12-03T06:30", zone_shown: PARIS,
    };
    expect(timeInWords(moment)).toBe("9\u00a0h\u00a030, heure de La Réunion (6\u00a0h\u00a030 à Paris)");
    expect(timeInWords({ ...moment, zone: PARIS, start: moment.start_shown })).toBe("6\u00a0h\u00a030");
  });
});

describe("an appointment that is typed", () => {
  it.each([
    [{ title: " " }, ["title"]],
    [{ date: "" }, ["date"]],
    [{ date: "9999-12-31" }, ["date"]],
    [{ end: "09:00" }, ["end"]],
    [{ date: "2026-03-29", start: "02:30" }, ["start"]],
    [{ link: "http://x" }, ["link"]],
    [{ allDay: true, endDate: "2026-12-01" }, ["endDate"]],
    [{ title: "", date: "", start: "" }, ["title", "date", "start"]],
    [{}, []],
  ])("%j is wrong in %j", (given, fields) => {
    expect(wrong(typed(given)).map(({ id }) => id)).toEqual(fields);
  });

  it("sends the whole day as dates, and says which of two hours only when there are two", () => {
    expect(draftOf(typed({ allDay: true }), true)).toMatchObject({ start: "2026-12-03", end: null, fold: null });
    expect(draftOf(typed({ date: "2026-10-25", start: "02:30", fold: "1" }), true).fold).toBe(1);
    expect(draftOf(typed({}), false)).not.toHaveProperty("reminders");
  });

  it.each([
    [1440, false, "la veille"],
    [120, false, "2\u00a0heures avant"],
    [90, false, "1\u00a0h\u00a030 avant"],
    [0, true, "le jour même à 9\u00a0h\u00a000"],
    [900, true, "la veille à 18\u00a0h\u00a000"],
  ])("a reminder of %d minutes reads %s", (minutes, allDay, words) => {
    expect(leadInWords(minutes, allDay)).toBe(words);
  });
});

describe("a month", () => {
  it("begins its weeks on Monday and stays in the month", () => {
    const weeks = weeksOf("2026-11-25");
    expect(weeks.map((week) => week[0])).toEqual([
      "2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30",
    ]);
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
  });
});

describe("reminders that are too late", () => {
  const now = Date.parse("2026-12-02T18:00:00Z");

  it("are told before anything is saved, with one that is possible", () => {
    expect(lateLeads(typed({ reminders: [1440] }), now)).toEqual({ late: [1440], instead: 120 });
    expect(lateLeads(typed({ reminders: [1440, 30] }), now)).toEqual({ late: [1440], instead: null });
    expect(lateLeads(typed({ reminders: [120] }), now)).toEqual({ late: [], instead: null });
  });

  it("are all of them for what is past, and nothing is offered", () => {
    expect(lateLeads(typed({ date: "2026-12-01", reminders: [30] }), now)).toEqual({ late: [30], instead: null });
  });

  it("count from nine in the morning of a whole day, there", () => {
    const day = { allDay: true, start: "", reminders: [900] };
    expect(lateLeads(typed(day), now).late).toEqual([900]); // 17 h the day before, in Paris
    expect(lateLeads(typed({ ...day, zone: "America/Cayenne" }), now).late).toEqual([]);
  });

  it("are not guessed before a day and an hour are chosen", () => {
    expect(lateLeads(typed({ date: "", reminders: [1440] }), now).late).toEqual([]);
    expect(lateLeads(typed({ start: "", reminders: [1440] }), now).late).toEqual([]);
  });
});

describe("the days that can be chosen", () => {
  it("end where those of the service do", () => {
    const { max } = dayBounds();
    expect(wrong(typed({ date: max }))).toEqual([]);
    expect(wrong(typed({ date: `${Number(max.slice(0, 4)) + 1}-01-01` })).map(({ id }) => id)).toEqual(["date"]);
  });
});

describe("another start", () => {
  it("keeps how long it lasts, over midnight and back", () => {
    const set = typed({ start: "20:00", end: "20:30" });
    expect(startMoved(set, "09:00")).toEqual({ start: "09:00", end: "09:30", endDate: "" });
    const late = { ...set, ...startMoved(set, "23:45") };
    expect(late).toMatchObject({ end: "00:15", endDate: "2026-12-04" });
    expect(startMoved(late, "20:00")).toEqual({ start: "20:00", end: "20:30", endDate: "" });
  });

  it("touches nothing that was not said", () => {
    expect(startMoved(typed({ end: "" }), "10:00")).toEqual({ start: "10:00" });
    expect(startMoved(typed({ end: "10:00" }), "")).toEqual({ start: "" });
  });
});
