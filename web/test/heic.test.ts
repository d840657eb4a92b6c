import { describe, expect, it } from "vitest";
import { tellsPlace } from "../src/lib/exif";
import { cleanHeic } from "../src/lib/heic";
import { cleanPhoto, preparePhoto } from "../src/lib/photo";

const bytes = (...parts: (number | string | Uint8Array)[]) => {
  const whole: number[] = [];
  for (const part of parts) {
    if (typeof part === "number") whole.push(part);
    else whole.push(...(typeof part === "string" ? new TextEncoder().encode(part) : part));
  }
  return new Uint8Array(whole);
};
const long = (value: number) => bytes((value >> 24) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255);
const box = (kind: string, body: Uint8Array) => bytes(long(8 + body.length), kind, body);
const full = (kind: string, version: number, body: Uint8Array) => box(kind, bytes(version, 0, 0, 0, body));

/** A directory with a position, as the payload of an Exif item. */
const EXIF = bytes(0, 0, 0, 0, "MM", 0, 42, long(8), 0, 1, 0x88, 0x25, 0, 4, long(1), long(26), long(0), "HOME HOME HOME");
const XMP = bytes("<x exif:GPSLatitude='48,51N'/>");
const PICTURE = bytes("coded picture");

/** A photo of three items: the picture, its EXIF and its XMP; offsets count from the file. */
function heic(exif = EXIF, xmp = XMP, shift = 0): Uint8Array<ArrayBuffer> {
  const items = ["hvc1", "Exif", "mime"];
  const infe = items.map((kind, n) => full("infe", 2, bytes(0, n + 1, 0, 0, kind, 0)));
  const pieces = [PICTURE, exif, xmp];
  const head = box("ftyp", bytes("heic", 0, 0, 0, 0, "mif1heic"));
  const whole = (start: number) => {
    let at = start;
    const places = pieces.map((piece, n) => {
      const place = bytes(0, n + 1, 0, 0, 0, 0, 0, 1, long(at + shift), long(piece.length));
      at += piece.length;
      return place;
    });
    const meta = bytes(
      full("hdlr", 0, bytes(0, 0, 0, 0, "pict")),
      full("iinf", 0, bytes(0, items.length, ...infe)),
      full("iloc", 1, bytes(0x44, 0, 0, items.length, ...places)),
    );
    return bytes(head, full("meta", 0, meta), box("mdat", bytes(...pieces)));
  };
  const length = pieces.reduce((total, piece) => total + piece.length, 0);
  return whole(whole(0).length - length);
}

const text = (source: Uint8Array) => new TextDecoder("latin1").decode(source);

describe("a photo in HEIC", () => {
  it("loses its place and its notes, and nothing moves", () => {
    const source = heic();
    const { bytes: kept, removed } = cleanPhoto(source);
    expect(removed).toEqual(["place"]);
    expect(kept.length).toBe(source.length);
    expect(text(kept)).toContain("coded picture");
    expect(text(kept)).not.toMatch(/HOME|GPS/);
    expect(text(source)).toContain("HOME");
  });

  it("keeps a directory that a reader can read, which says nothing", () => {
    const kept = cleanHeic(heic())?.bytes ?? new Uint8Array();
    const at = text(kept).indexOf("MM\0*");
    expect(at).toBeGreaterThan(0);
    expect(tellsPlace(kept.subarray(at, at + 26))).toBe(false);
  });

  it("tells notes from a place, and is left alone the second time", () => {
    const camera = bytes(0, 0, 0, 0, "MM", 0, 42, long(8), 0, 0, "camera of somebody here");
    const found = cleanPhoto(heic(camera, bytes("<x/>")));
    expect(found.removed).toEqual(["notes"]);
    expect(cleanPhoto(found.bytes)).toEqual({ bytes: found.bytes, removed: [] });
  });

  it("keeps its name as a file", async () => {
    const { file, removed } = await preparePhoto(new File([heic()], "IMG_2.HEIC", { lastModified: 5 }));
    expect([file.name, file.lastModified, removed]).toEqual(["IMG_2.HEIC", 5, ["place"]]);
  });

  it("comes back as it is when it cannot be followed", () => {
    const whole = heic();
    const samples = [heic(EXIF, XMP, 1e9), whole.slice(0, 60), whole.slice(0, 30)];
    for (let at = 24; at < 250; at += 1) {
      const broken = whole.slice();
      broken.set([0xff, 0xff, 0xff, 0xff], at);
      samples.push(broken);
    }
    for (const sample of samples) expect(cleanPhoto(sample).bytes.length).toBe(sample.length);
    expect(cleanPhoto(samples[0] ?? whole)).toEqual({ bytes: samples[0], removed: [] });
  });
});
