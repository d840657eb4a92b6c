import { describe, expect, it } from "vitest";
import { catalogue } from "../src/catalogue";
import { agendaWords } from "../src/catalogue/agenda";
import { applicationWords } from "../src/catalogue/applications";
import { consentWords } from "../src/catalogue/consent";
import { deskWords } from "../src/catalogue/desk";
import { messageWords } from "../src/catalogue/messages";
import { measureWords } from "../src/catalogue/measures";
import { compareWords } from "../src/catalogue/compare";
import { noticeWords } from "../src/catalogue/notices";
import { pickWords } from "../src/catalogue/pick";
import { preventionWords } from "../src/catalogue/prevention";
import { publisherWords } from "../src/catalogue/publishers";
import { relationWords } from "../src/catalogue/relations";
import { relativesWords } from "../src/catalogue/relatives";
import { whenWords } from "../src/catalogue/when";

/** Every text of the catalogue, with functions called on ordinary values. */
function texts(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    const call = value as (...args: unknown[]) => unknown;
    const samples = /times|plural|age|page|zoom|percent|count|found|results|sendAll|retryIn|idle|summary|added$|whoCount|picked|limit|archive|retry$|keep$|reading$|pickWords\.(all|allShown|done)|failedTitle|news$|toRead|trendsHint|batch|gaps|missing|compareWords\.draw$|applicationWords\.checkedHere$|deskWords\.waiting$|deskWords\.review\.count$|consentWords\.mine\.(left|calls|bars|timesCount)$/i;
    const numbers = samples.test(path) ? [3, 7, true] : ["X", "Y", true];
    const args = path.endsWith("leftOut") ? [["X", "Y"]] : numbers;
    return texts(call(...args), path);
  }
  if (value !== null && typeof value === "object") {
    return Object.entries(value).flatMap(([key, child]) => texts(child, `${path}.${key}`));
  }
  return [];
}

const all = texts({ ...catalogue, agendaWords, applicationWords, compareWords, consentWords, deskWords, measureWords, messageWords, noticeWords, pickWords, preventionWords, publisherWords, relationWords, relativesWords, whenWords });

describe("the catalogue", () => {
  it("has texts to check", () => expect(all.length).toBeGreaterThan(300));

  it("puts a no-break space before double punctuation and inside guillemets", () => {
    const code = /"\w+":|\b[a-z.]+:\//g; // a member of JSON, the beginning of an address
    const wrong = all.filter(([, text]) => /[^\u00a0][:;!?»%]|«[^\u00a0]/.test(text.replace(code, "")));
    expect(wrong).toEqual([]);
  });

  it("uses the French apostrophe", () => {
    expect(all.filter(([, text]) => text.includes("'"))).toEqual([]);
  });

  it("keeps sentences within twenty words", () => {
    const long = all.flatMap(([path, text]) =>
      text
        .split(/(?<=[.!?])\s+/)
        .filter((sentence) => sentence.split(/\s+/).filter((w) => /\p{L}|\d/u.test(w)).length > 20)
        .map((sentence) => [path, sentence]),
    );
    expect(long).toEqual([]);
  });

  it("accents capitals and avoids gendered words for the reader", () => {
    const wrong = all.filter(([, text]) => /\b(?:Etat|Ecran|A propos|Echec|Etes|Agé)\b|\(e\)/.test(text));
    expect(wrong).toEqual([]);
  });

  it("holds no English word", () => {
    const english = /\b(?:the|and|or|your|you|error|loading|please|click|upload|file|login|document not)\b/i;
    expect(all.filter(([, text]) => english.test(text))).toEqual([]);
  });
});
