import { describe, expect, it } from "vitest";
import { readOrientation, tellsPlace, writeOrientation } from "../src/lib/exif";
import { cleanPhoto, preparePhoto } from "../src/lib/photo";

const bytes = (...parts: (number | string | Uint8Array)[]) => {
  const whole: number[] = [];
  for (const part of parts) {
    if (typeof part === "number") whole.push(part);
    else whole.push(...(typeof part === "string" ? new TextEncoder().encode(part) : part));
  }
  return new Uint8Array(whole);
};
const segment = (marker: number, body: Uint8Array) =>
  bytes(0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff, body);

const SOI = bytes(0xff, 0xd8);
const EOI = bytes(0xff, 0xd9);
const JFIF = segment(0xe0, bytes("JFIF\0", 1, 2, 0, 0, 1, 0, 1, 0, 0));
const ICC = segment(0xe2, bytes("ICC_PROFILE\0", 1, 1, "colours"));
const ADOBE = segment(0xee, bytes("Adobe", 0, 100, 0, 0, 0, 0, 1));
/** A scan with a stuffed zero and a restart: neither ends it. */
const SCAN = bytes(segment(0xda, bytes(1, 1, 0, 0, 63, 0)), 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56);
const PICTURE = bytes(segment(0xdb, bytes(0, 1, 2)), segment(0xc0, bytes(8, 0, 1, 0, 1, 1, 1, 17, 0)), SCAN);
const PLAIN = bytes(SOI, JFIF, ICC, ADOBE, PICTURE, EOI);

/** EXIF of a phone: orientation, a position, and a thumbnail with an end of its own. */
function exif(orientation: number, little: boolean): Uint8Array {
  const tiff = new Uint8Array(8 + 2 + 24 + 4);
  const view = new DataView(tiff.buffer);
  tiff.set(little ? [0x49, 0x49, 42, 0] : [0x4d, 0x4d, 0, 42]);
  view.setUint32(4, 8, little);
  view.setUint16(8, 2, little);
  view.setUint16(10, 0x0112, little);
  view.setUint16(12, 3, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, orientation, little);
  view.setUint16(22, 0x8825, little);
  return bytes(tiff, SOI, "thumbnail of home", EOI);
}
const app1 = (tiff: Uint8Array) => segment(0xe1, bytes("Exif\0\0", tiff));
const includes = (whole: Uint8Array, text: string) => new TextDecoder("latin1").decode(whole).includes(text);

describe("a photo of a phone", () => {
  it("comes back as it was when it holds nothing but its picture", () => {
    const { bytes: kept, removed } = cleanPhoto(PLAIN);
    expect(kept).toBe(PLAIN);
    expect(removed).toEqual([]);
  });

  it.each([
    ["a maker's trailer", bytes("SEFH", 0, 1, "SEFT")],
    ["a film", bytes(0, 0, 0, 24, "ftypmp42")],
    ["a second picture", bytes(SOI, app1(exif(6, true)), PICTURE, EOI)],
    ["zeros", new Uint8Array(64)],
  ])("loses %s after its end, and only that", (_, trailer) => {
    const { bytes: kept, removed } = cleanPhoto(bytes(PLAIN, trailer));
    expect(kept).toEqual(PLAIN);
    expect(removed).toEqual(["after"]);
  });

  it.each([true, false])("loses its place and keeps which way is up (little end first: %s)", (little) => {
    const { bytes: kept, removed } = cleanPhoto(bytes(SOI, app1(exif(6, little)), JFIF, PICTURE, EOI));
    expect(kept).toEqual(bytes(SOI, app1(writeOrientation(6)), JFIF, PICTURE, EOI));
    expect(removed).toEqual(["place"]);
    expect(includes(kept, "home")).toBe(false);
  });

  it("is not changed again by a second cleaning", () => {
    const once = cleanPhoto(bytes(SOI, app1(exif(8, true)), PICTURE, EOI, "trailer")).bytes;
    expect(cleanPhoto(once)).toEqual({ bytes: once, removed: [] });
  });

  it("loses the words of XMP, the index of its pictures and comments", () => {
    const xmp = segment(0xe1, bytes("http://ns.adobe.com/xap/1.0/\0 exif:GPSLatitude=49"));
    const index = segment(0xe2, bytes("MPF\0", "second picture"));
    const comment = segment(0xfe, bytes("taken at home"));
    const { bytes: kept, removed } = cleanPhoto(bytes(SOI, xmp, index, comment, PICTURE, EOI));
    expect(kept).toEqual(bytes(SOI, PICTURE, EOI));
    expect(removed.toSorted()).toEqual(["notes", "place"]);
  });

  it("keeps every scan of a progressive picture", () => {
    const twice = bytes(SOI, PICTURE, SCAN, EOI);
    expect(cleanPhoto(bytes(twice, "trailer")).bytes).toEqual(twice);
  });

  it("keeps its name and date as a file, and other files are not touched", async () => {
    const photo = new File([bytes(PLAIN, "film")], "IMG_1.jpg", { type: "image/jpeg", lastModified: 5 });
    const made = await preparePhoto(photo);
    expect([made.file.name, made.file.lastModified, made.file.size]).toEqual(["IMG_1.jpg", 5, PLAIN.length]);
    const text = new File(["texte"], "a.txt");
    expect((await preparePhoto(text)).file).toBe(text);
  });
});

describe("a picture in PNG", () => {
  const chunk = (kind: string, body: Uint8Array) => bytes(0, 0, 0, body.length, kind, body, 1, 2, 3, 4);
  const PNG = bytes(0x89, "PNG\r\n", 0x1a, "\n");
  const head = chunk("IHDR", new Uint8Array(13));
  const end = bytes(0, 0, 0, 0, "IEND", 0xae, 0x42, 0x60, 0x82);
  const plain = bytes(PNG, head, chunk("iCCP", bytes("p")), chunk("IDAT", bytes("data IEND")), end);

  it("loses what follows its end", () => {
    expect(cleanPhoto(bytes(plain, "more"))).toEqual({ bytes: plain, removed: ["after"] });
    expect(cleanPhoto(plain).bytes).toBe(plain);
  });

  it("loses its place and its words, and keeps which way is up, with a true checksum", () => {
    const found = cleanPhoto(bytes(PNG, head, chunk("eXIf", exif(6, false)), chunk("tEXt", bytes("me")), end));
    expect(found.removed.toSorted()).toEqual(["notes", "place"]);
    const at = PNG.length + head.length;
    const tiff = found.bytes.subarray(at + 8, at + 8 + 26);
    expect(readOrientation(tiff)).toBe(6);
    expect(tellsPlace(tiff)).toBe(false);
    expect(found.bytes.length).toBe(at + 12 + 26 + end.length);
    // Computed by zlib over the same 30 bytes.
    expect(new DataView(found.bytes.buffer).getUint32(at + 34)).toBe(0xd6674b69);
  });
});

describe("a broken or hostile photo", () => {
  const SAMPLES = [
    bytes(SOI, 0xff),
    bytes(SOI, 0xff, 0xe1, 0xff, 0xff, "short"),
    bytes(SOI, 0xff, 0xe1, 0, 0),
    bytes(SOI, 0xff, 0xe1, 0, 1),
    bytes(SOI, PICTURE),
    bytes(SOI, "no marker"),
    bytes(SOI, new Uint8Array(100_000).fill(0xff)),
    bytes(0x89, "PNG\r\n", 0x1a, "\n", 0xff, 0xff, 0xff, 0xff, "IDAT"),
    bytes(0x89, "PNG\r\n", 0x1a, "\n", 0, 0),
  ];
  it("comes back as it was, for the server to refuse", () => {
    for (const sample of SAMPLES) expect(cleanPhoto(sample)).toEqual({ bytes: sample, removed: [] });
  });

  it("may say anything in EXIF", () => {
    for (const tiff of [bytes(), bytes("II*\0"), bytes("II*\0", 0xff, 0xff, 0xff, 0xff), bytes("MM\0*", 0, 0, 0, 8, 0xff, 0xff)]) {
      expect([readOrientation(tiff), tellsPlace(tiff)]).toEqual([1, false]);
      expect(cleanPhoto(bytes(SOI, app1(tiff), PICTURE, EOI)).bytes).toEqual(bytes(SOI, PICTURE, EOI));
    }
  });

  it("cut anywhere, or with any byte changed, ends at once and never grows", () => {
    const whole = bytes(SOI, app1(exif(6, true)), JFIF, PICTURE, EOI, "trailer");
    for (let at = 0; at < whole.length; at += 1) {
      const changed = whole.slice();
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      for (const sample of [whole.slice(0, at), changed]) {
        expect(cleanPhoto(sample).bytes.length).toBeLessThanOrEqual(sample.length);
      }
    }
  });

  it("of four million bytes that look like ends of scans is read in one pass", () => {
    const heavy = new Uint8Array(4_000_000).fill(0xff).map((byte, at) => (at % 2 ? 0 : byte));
    const photo = new Uint8Array(heavy.length + 12);
    photo.set([...SOI, ...SCAN.subarray(0, 10)]);
    photo.set(heavy, 12);
    const began = performance.now();
    cleanPhoto(photo);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
