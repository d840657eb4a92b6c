/**
 * A photo of a phone, ready to leave: only what draws the picture stays. The server refuses a file
 * with anything after its end; phones put there a film, a second picture, notes of the maker.
 * Pixels are never decoded nor written again: whole segments are kept or left out. The position
 * hides in several of them (EXIF, XMP, the maker's notes, the second picture), so all of these go;
 * of EXIF only the orientation stays. A file we cannot follow to its end is returned as it came:
 * the server has the last word.
 */
import { cleanHeic, isHeic } from "./heic";
import { readOrientation, tellsPlace, writeOrientation } from "./exif";

/** What was left out: the place, what followed the picture, or notes about the camera. */
export type Removed = "place" | "after" | "notes";

export interface Cleaned {
  bytes: Uint8Array<ArrayBuffer>;
  removed: Removed[];
}

type Bytes = Uint8Array<ArrayBuffer>;

const ascii = (bytes: Uint8Array, at: number, text: string) =>
  [...text].every((letter, index) => bytes[at + index] === letter.codePointAt(0));

const EXIF = "Exif\0\0";

/** Pieces of a picture kept in order, and what was seen in those left out. */
class Sorted {
  readonly kept: Bytes[] = [];
  readonly removed = new Set<Removed>();
  oriented = false;

  constructor(private readonly source: Bytes) {}

  keep(from: number, to: number) {
    this.kept.push(this.source.subarray(from, to));
  }

  /** Leaves out a piece; of EXIF, the orientation is written again by `wrap`. */
  drop(from: number, to: number, exif: Bytes | null, wrap: (tiff: Bytes) => Bytes) {
    const piece = this.source.subarray(from, to);
    const turn = exif && !this.oriented ? readOrientation(exif) : 1;
    const instead = turn > 1 ? wrap(writeOrientation(turn)) : null;
    if (instead) {
      this.kept.push(instead);
      this.oriented = true;
    }
    if (instead && same(instead, piece)) return;
    this.removed.add((exif && tellsPlace(exif)) || mentionsPlace(piece) ? "place" : "notes");
  }

  done(end: number): Cleaned {
    if (end < this.source.length) this.removed.add("after");
    return { bytes: this.removed.size ? joined(this.kept) : this.source, removed: [...this.removed] };
  }
}

function joined(pieces: Bytes[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const same = (one: Bytes, other: Bytes) =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

/** XMP says the place in words. */
const mentionsPlace = (piece: Bytes) => /GPSL(?:at|ong)itude/.test(new TextDecoder("latin1").decode(piece));

/** Makes the photo ready; any other file, or a damaged one, comes back as it is. */
export function cleanPhoto(source: Bytes): Cleaned {
  const cleaned = isJpeg(source) ? cleanJpeg(source) : isPng(source) ? cleanPng(source) : null;
  if (cleaned) return cleaned;
  const blanked = isHeic(source) ? cleanHeic(source) : null;
  if (!blanked) return { bytes: source, removed: [] };
  return { bytes: blanked.bytes, removed: [blanked.place ? "place" : "notes"] };
}

/** The same for a file as it was chosen; what is not a photo is not read. */
export async function preparePhoto(file: File): Promise<{ file: File; removed: Removed[] }> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (!isJpeg(head) && !isPng(head) && !isHeic(head)) return { file, removed: [] };
  const { bytes, removed } = cleanPhoto(new Uint8Array(await file.arrayBuffer()));
  if (!removed.length) return { file, removed };
  const { name, type, lastModified } = file;
  return { file: new File([bytes], name, { type, lastModified }), removed };
}

const isJpeg = (bytes: Bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

const HEAD_BYTES = 12;
const SOS = 0xda;
const EOI = 0xd9;
const APP0 = 0xe0;
const COMMENT = 0xfe;
const alone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** Colours depend on these: the profile (APP2) and Adobe's transform (APP14); APP0 says « JFIF ». */
function draws(source: Bytes, marker: number, body: number): boolean {
  const app = marker - APP0;
  if (app === 0) return ascii(source, body, "JFIF\0");
  if (app === 2) return ascii(source, body, "ICC_PROFILE\0");
  if (app === 14) return ascii(source, body, "Adobe");
  return marker !== COMMENT && (app < 0 || app > 15);
}

/** Walks from segment to segment: the end of a thumbnail inside one is never taken for ours. */
function cleanJpeg(source: Bytes): Cleaned | null {
  const sorted = new Sorted(source);
  sorted.keep(0, 2);
  for (let at = 2; ; ) {
    const start = at;
    if (source[at] !== 0xff) return null;
    while (source[at] === 0xff) at += 1;
    const marker = source[at];
    if (!marker) return null;
    at += 1;
    if (marker === EOI) {
      sorted.keep(start, at);
      return sorted.done(at);
    }
    if (!alone(marker)) {
      const length = ((source[at] ?? 0) << 8) | (source[at + 1] ?? 0);
      const body = at + 2;
      at += length;
      if (length < 2 || at > source.length) return null;
      if (!draws(source, marker, body)) {
        const exif = ascii(source, body, EXIF) ? source.subarray(body + EXIF.length, at) : null;
        sorted.drop(start, at, exif, app1);
        continue;
      }
      if (marker === SOS) at = afterScan(source, at);
    }
    sorted.keep(start, at);
  }
}

/** Compressed data end at the first marker that is neither a stuffed zero nor a restart. */
function afterScan(source: Bytes, from: number): number {
  for (let at = source.indexOf(0xff, from); at >= 0; at = source.indexOf(0xff, at + 1)) {
    const next = source[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return source.length;
}

function app1(tiff: Bytes): Bytes {
  const length = 2 + EXIF.length + tiff.length;
  return joined([new Uint8Array([0xff, 0xe1, length >> 8, length & 0xff]), encoded(EXIF), tiff]);
}

const encoded = (text: string) => new TextEncoder().encode(text);

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const isPng = (bytes: Bytes) => PNG.every((value, at) => bytes[at] === value);
const NOTES = new Set(["eXIf", "iTXt", "tEXt", "zTXt", "tIME"]);

function cleanPng(source: Bytes): Cleaned | null {
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  const sorted = new Sorted(source);
  sorted.keep(0, PNG.length);
  for (let at = PNG.length; at + 12 <= source.length; ) {
    const start = at;
    const kind = String.fromCodePoint(...source.subarray(at + 4, at + 8));
    const body = at + 8;
    at = body + view.getUint32(start) + 4;
    if (at > source.length) return null;
    if (NOTES.has(kind)) {
      const exif = kind === "eXIf" ? source.subarray(body, at - 4) : null;
      sorted.drop(start, at, exif, chunk);
    } else sorted.keep(start, at);
    if (kind === "IEND") return sorted.done(at);
  }
  return null;
}

function chunk(tiff: Bytes): Bytes {
  const named = joined([encoded("eXIf"), tiff]);
  const [before, after] = [new Uint8Array(4), new Uint8Array(4)];
  new DataView(before.buffer).setUint32(0, tiff.length);
  new DataView(after.buffer).setUint32(0, crc32(named));
  return joined([before, named, after]);
}

function crc32(bytes: Bytes): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
