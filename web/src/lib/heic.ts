/**
 * A photo as recent phones keep them (HEIC): where it was taken, and notes, are blanked in place.
 * They are items of their own, apart from the picture, which way is up included: that is a property.
 * Nothing moves and no pixel is decoded; a file we cannot follow comes back as it is.
 */
import { tellsPlace, writeOrientation } from "./exif";

type Bytes = Uint8Array<ArrayBuffer>;

interface Box {
  kind: string;
  from: number;
  to: number;
}

interface Place {
  from: number;
  to: number;
}

const MAX_BOXES = 4_000;
const MAX_PLACES = 4_000;

/** Says whether it is such a photo (ISO base media, a HEIF brand). */
export function isHeic(bytes: Uint8Array): boolean {
  const box = String.fromCharCode(...bytes.slice(4, 12));
  return /^ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)/.test(box);
}

const word = (view: DataView, at: number) =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

/** The boxes between two places; raises RangeError past the end. */
function boxes(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at < to; ) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > to || found.length >= MAX_BOXES) throw new RangeError("box");
    found.push({ kind: word(view, at + 4), from: at + 8, to: at + size });
    at += size;
  }
  return found;
}

/** The numbers of the items that are notes, and what kind each is. */
function notes(view: DataView, box: Box): Map<number, string> {
  const wide = view.getUint8(box.from) > 0;
  const found = new Map<number, string>();
  for (const { from } of boxes(view, box.from + (wide ? 8 : 6), box.to)) {
    const long = view.getUint8(from) === 3;
    const id = long ? view.getUint32(from + 4) : view.getUint16(from + 4);
    const kind = word(view, from + (long ? 10 : 8));
    if (kind === "Exif" || kind === "mime") found.set(id, kind);
  }
  return found;
}

/** Reads numbers of a given width one after the other. */
function reader(view: DataView, start: number) {
  let at = start;
  return (width: number): number => {
    const value =
      width === 0 ? 0
      : width === 1 ? view.getUint8(at)
      : width === 2 ? view.getUint16(at)
      : width === 4 ? view.getUint32(at)
      : Number(view.getBigUint64(at));
    at += width;
    return value;
  };
}

/** Where each item is in the file; those kept elsewhere are left out. */
function places(view: DataView, box: Box): Map<number, Place[]> {
  const version = view.getUint8(box.from);
  const read = reader(view, box.from + 4);
  const sizes = read(2);
  const [offset, length, base, index] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15, sizes & 15];
  const id = version === 2 ? 4 : 2;
  const found = new Map<number, Place[]>();
  let left = MAX_PLACES;
  for (let items = read(id); items > 0; items -= 1) {
    const item = read(id);
    const method = version ? read(2) & 15 : 0;
    read(2);
    const start = read(base ?? 0);
    const own: Place[] = [];
    for (let extents = read(2); extents > 0; extents -= 1) {
      left -= 1;
      if (left < 0) throw new RangeError("places");
      if (version) read(index ?? 0);
      const from = start + read(offset ?? 0);
      own.push({ from, to: from + read(length ?? 0) });
    }
    if (method === 0) found.set(item, own);
  }
  return found;
}

/** What stands in place of notes: a directory that says nothing, or spaces where words were. */
function blank(kind: string, length: number): Bytes {
  if (kind === "mime") return new Uint8Array(length).fill(0x20);
  const empty = new Uint8Array(length);
  const nothing = writeOrientation(1);
  if (length >= 4 + nothing.length) empty.set(nothing, 4);
  return empty;
}

const saysPlace = (kind: string, piece: Bytes) =>
  kind === "Exif"
    ? tellsPlace(piece.subarray(4 + new DataView(piece.buffer, piece.byteOffset, 4).getUint32(0)))
    : /GPSL(?:at|ong)itude/.test(new TextDecoder("latin1").decode(piece));

/** Blanks the notes; says whether they told the place. Null where there is nothing to do. */
export function cleanHeic(source: Bytes): { bytes: Bytes; place: boolean } | null {
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  try {
    const meta = boxes(view, 0, source.length).find(({ kind }) => kind === "meta");
    if (!meta) return null;
    const inside = boxes(view, meta.from + 4, meta.to);
    const [items, where] = ["iinf", "iloc"].map((name) => inside.find(({ kind }) => kind === name));
    if (!items || !where) return null;
    const bytes = source.slice();
    let [place, changed] = [false, false];
    const at = places(view, where);
    for (const [id, kind] of notes(view, items)) {
      for (const { from, to } of at.get(id) ?? []) {
        if (to > source.length || from + 4 > to) throw new RangeError("notes");
        const piece = source.subarray(from, to);
        const instead = blank(kind, piece.length);
        if (instead.every((byte, index) => byte === piece[index])) continue;
        place ||= saysPlace(kind, piece);
        bytes.set(instead, from);
        changed = true;
      }
    }
    return changed ? { bytes, place } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
