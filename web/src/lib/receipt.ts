/** What a person keeps of a consent: the same facts on screen, on paper and in a file. */
import type { Consent, Permission, Profile } from "../api/types";
import { consentWords } from "../catalogue/consent";
import { brand } from "../brand";
import { firstName, instantLong } from "./format";
import { inOrder } from "./permissions";
import { said } from "./profile";
import { saveAs } from "./save";
import { typo } from "./typo";

const t = consentWords.receipt;

export interface Receipt {
  facts: [string, string][];
  yes: string[];
  no: string[];
}

/** `asked`: all that was asked for, where it is known; what was not given is then said too. */
export function receiptOf(consent: Consent, profile: Profile, asked: Permission[] = []): Receipt {
  const words = said(consentWords).permissions;
  const refused = asked.filter((one) => !consent.permissions.includes(one));
  return {
    facts: [
      [t.application, typo(consent.application.name)],
      [t.publisher, typo(consent.application.publisher)],
      [t.whose, `${firstName(profile.given_name)} ${profile.family_name}`],
      [t.given, instantLong(consent.given_at)],
      [t.until, instantLong(consent.valid_until)],
      [t.reference, consent.id],
    ],
    yes: inOrder(consent.permissions).map((one) => words[one]),
    no: inOrder(refused).map((one) => words[one]),
  };
}

const titled = (title: string, lines: string[]) => (lines.length > 0 ? ["", title, ...lines.map((line) => `- ${line}`)] : []);

/** As a text to keep, with the line ends that every reader of texts knows. */
export function receiptText({ facts, yes, no }: Receipt): string {
  const lines = [
    `${brand.name}\u00a0– ${t.title}`,
    "",
    ...facts.map(([name, value]) => typo(`${name} : ${value}`)),
    ...titled(t.yes, yes),
    ...titled(t.no, no),
    ...titled(t.how, [t.howText, t.phone]),
    "",
  ];
  return lines.join("\r\n");
}

export const downloadReceipt = (receipt: Receipt) =>
  // The mark at its head makes every reader take it as UTF-8.
  saveAs(new Blob([`\ufeff${receiptText(receipt)}`], { type: "text/plain;charset=utf-8" }), t.fileName);
