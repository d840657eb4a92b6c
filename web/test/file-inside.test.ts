import { expect, it } from "vitest";
import { sha256 } from "../src/lib/file-facts";
import { fileInside } from "../src/lib/file-inside";

const bytes = (text: string) => new TextEncoder().encode(text);
const held = (text: string, more = "") =>
  `<value mediaType="text/plain" representation="B64"${more}>\n${btoa(text)}\n</value>`;
const document = bytes(
  `\ufeff<?xml version="1.0"?><d>é ${held("another")}<v representation='B64'>no base64</v>${held("mine", ' x="1"')}</d>`,
).buffer;

it("a file is taken out of the document that holds it, by its hash", async () => {
  const found = await fileInside(document, await sha256(bytes("mine")));
  expect(new TextDecoder().decode(found ?? new ArrayBuffer(0))).toBe("mine");
});

it("what the document does not hold is not found", async () => {
  expect(await fileInside(document, await sha256(bytes("other")))).toBeNull();
});
