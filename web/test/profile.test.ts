// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import {
  choice, isGone, keepChoice, ownAmong, profileAmong, profileGone, readChoice, settleChoice, writeChoice,
} from "../src/api/profile-choice";
import { me } from "../src/api/session";
import type { PersonMe, Profile } from "../src/api/types";
import { ofName } from "../src/lib/format";
import { majorityDay, timeLeft } from "../src/lib/majority";
import { currentProfile, said } from "../src/lib/profile";

const profile = (pid: string, more: Partial<Profile> = {}): Profile => ({
  patient_id: pid, relation: "self", given_name: "DOMINIQUE", family_name: "PAT", birth_date: null,
  age: 47, ends_at: null, ...more,
});
const child = (pid: string) => profile(pid, { relation: "representative", given_name: "LÉA", age: 7 });
const OWN = profile("own");
const LEA = child("lea");
const made = (by: string, of: string) => ({ by, of, fresh: false });
const who = (...profiles: Profile[]): PersonMe => ({
  role: "patient", display_name: "", profiles, session: { expires_at: "" },
});

describe("the profile chosen", () => {
  it("is one's own until another is chosen, wherever it comes in the list", () => {
    expect(ownAmong([LEA, OWN])).toBe(OWN);
    expect(profileAmong([LEA, OWN], null)).toBe(OWN);
    expect(profileAmong([OWN, LEA], made("own", "lea"))).toBe(LEA);
  });

  it("is nothing to another person, even to one who represents the same child", () => {
    const other = profile("other");
    expect(profileAmong([other, LEA], made("own", "lea"))).toBe(other);
    expect(isGone([other], made("own", "lea"))).toBe(false);
  });

  it("falls back to one's own when it is no longer among those one may open", () => {
    expect(profileAmong([OWN], made("own", "lea"))).toBe(OWN);
    expect(isGone([OWN], made("own", "lea"))).toBe(true);
    expect(isGone([OWN], made("own", "own"))).toBe(false);
    expect(profileAmong([], made("own", "lea"))).toBe(null);
  });

  it("is written as two opaque ids, and nothing else is read back", () => {
    const text = writeChoice({ by: "01JDK7", of: "01JDK8", fresh: true });
    expect(text).toBe("01JDK7 01JDK8 new");
    expect(readChoice(text)).toEqual({ by: "01JDK7", of: "01JDK8", fresh: true });
    expect(readChoice(writeChoice(made("a", "b")))).toEqual(made("a", "b"));
    for (const other of [null, "", "a", "a b c", "a  b", "<a> b"]) expect(readChoice(other)).toBe(null);
  });
});

describe("a new page", () => {
  beforeEach(() => {
    sessionStorage.clear();
    profileGone.value = false;
  });

  it("keeps the choice of the same person", () => {
    keepChoice(made("own", "lea"));
    settleChoice(who(OWN, LEA));
    expect(sessionStorage.length).toBe(1);
    expect(profileGone.value).toBe(false);
  });

  it("drops one that is over, and tells it", () => {
    keepChoice(made("own", "lea"));
    settleChoice(who(OWN));
    expect([choice.value, sessionStorage.length, profileGone.value]).toEqual([null, 0, true]);
  });

  it("drops that of somebody else in silence", () => {
    keepChoice(made("own", "lea"));
    settleChoice(who(profile("other"), LEA));
    expect([choice.value, sessionStorage.length, profileGone.value]).toEqual([null, 0, false]);
  });
});

describe("words", () => {
  const words = { title: "Mon dossier", group: { a: "votre", b: "b" }, child: { group: { a: "ce" } } };

  it("are those of the profile that is open", () => {
    me.value = who(OWN, LEA);
    keepChoice(null);
    expect(said(words).group).toEqual({ a: "votre", b: "b" });
    keepChoice(made("own", "lea"));
    expect(currentProfile.value?.patient_id).toBe("lea");
    expect(said(words)).toMatchObject({ title: "Mon dossier", group: { a: "ce", b: "b" } });
    expect(words.group.a).toBe("votre");
  });

  it("elide before a vowel", () => {
    expect(["Léa", "Emma", "Élodie", "Yves", "Yasmine", "Hugo", "Œdipe"].map(ofName)).toEqual([
      "de Léa", "d'Emma", "d'Élodie", "d'Yves", "de Yasmine", "de Hugo", "d'Œdipe",
    ]);
  });
});

const left = (until: string) => timeLeft(until, "2026-11-27").replaceAll("\u00a0", " ");

describe("majority", () => {
  it("is the day of birth, or 1 March", () => {
    expect(majorityDay("2013-05-14")).toBe("2031-05-14");
    expect(majorityDay("2012-02-29")).toBe("2030-03-01");
    expect(majorityDay("2012-12-31")).toBe("2030-12-31");
  });

  it("is counted in years, then months, then days", () => {
    expect(left("2031-05-14")).toBe("4 ans");
    expect(left("2028-11-26")).toBe("23 mois");
    expect(left("2027-01-01")).toBe("1 mois");
    expect(left("2026-12-01")).toBe("4 jours");
    expect(left("2026-11-28")).toBe("1 jour");
    expect(left("2026-11-20")).toBe("0 jour");
  });
});
