import { describe, expect, it } from "vitest";
import { crc32, distinct, zip } from "../src/lib/zip";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("an archive", () => {
  it("sums its files as everybody does", () => {
    expect(crc32(bytes("123456789"))).toBe(0xcbf43926);
    expect(crc32(bytes(""))).toBe(0);
  });

  it("gives each file a name of its own, whatever the case", () => {
    expect(distinct(["Bilan.pdf", "bilan.PDF", "Bilan.pdf", "Autre.pdf", "Bilan (2).pdf"])).toEqual([
      "Bilan.pdf", "bilan (2).PDF", "Bilan (3).pdf", "Autre.pdf", "Bilan (2) (2).pdf",
    ]);
  });

  it("says where each file is, and ends with how many there are", async () => {
    const entries = [
      { name: "é.txt", bytes: bytes("un").buffer, day: "1974-05-02" },
      { name: "b.txt", bytes: bytes("deux").buffer, day: "2026-11-22" },
    ];
    const made = new DataView(await zip(entries).arrayBuffer());
    const end = made.byteLength - 22;
    expect(made.getUint32(end, true)).toBe(0x06054b50);
    expect(made.getUint16(end + 10, true)).toBe(2);
    const directory = made.getUint32(end + 16, true);
    expect(made.getUint32(directory, true)).toBe(0x02014b50);
    expect(made.getUint32(directory + 42, true)).toBe(0);
    const second = directory + 46 + 6;
    const where = made.getUint32(second + 42, true);
    expect(made.getUint32(where, true)).toBe(0x04034b50);
    expect(made.getUint32(where + 18, true)).toBe(4);
    // 22 November 2026; what is older than 1980 is on its first day.
    expect(made.getUint16(where + 12, true)).toBe((46 << 9) | (11 << 5) | 22);
    expect(made.getUint16(12, true)).toBe((1 << 5) | 1);
  });
});
