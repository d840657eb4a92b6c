import { describe, expect, it } from "vitest";
import { type Sheet, pdfOf } from "../src/lib/photo-pdf";

const sheet = (bytes: number[], width: number, height: number, turn: Sheet["turn"] = 0): Sheet => ({
  jpeg: new Blob([new Uint8Array(bytes)]), width, height, turn,
});

const written = async (sheets: Sheet[]) =>
  new TextDecoder("latin1").decode(await pdfOf(sheets).arrayBuffer());

describe("a PDF of photos", () => {
  it("says where each of its objects is", async () => {
    const text = await written([sheet([0xff, 0xd8, 1, 0xff, 0xd9], 300, 400), sheet([0xff, 0xd8, 0xff, 0xd9], 40, 30, 90)]);
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
    expect(text.slice(start)).toMatch(/^xref\n0 9\n/);
    const rows = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map((row) => Number(row[1]));
    expect(rows).toHaveLength(8);
    for (const [index, at] of rows.entries()) expect(text.slice(at)).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
  });

  it("has each photo as it is, with its length", async () => {
    const text = await written([sheet([0xff, 0xd8, 0x0a, 0x7f, 0xff, 0xd9], 300, 400)]);
    expect(text).toContain("/DCTDecode /Length 6 >>\nstream\n\u00ff\u00d8\n\u007f\u00ff\u00d9\nendstream");
    expect(text).toContain("/Width 300 /Height 400");
  });

  it("fills a sheet of A4 in its long side, turned as asked", async () => {
    const text = await written([sheet([1], 300, 400), sheet([2], 2000, 1000, 270)]);
    const pages = [...text.matchAll(/MediaBox \[0 0 (\d+) (\d+)\] \/Rotate (\d+)/g)].map((page) => page.slice(1).map(Number));
    expect(pages).toEqual([[632, 842, 0], [842, 421, 270]]);
    expect(text).toContain("/Kids [3 0 R 6 0 R] /Count 2");
  });
});
