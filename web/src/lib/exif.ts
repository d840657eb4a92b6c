/** The two things we ask of EXIF (a TIFF directory): which way is up, and whether it says where. */

const ORIENTATION = 0x0112;
const GPS = 0x8825;
const ENTRY_BYTES = 12;

/** The entries of the first directory, as the place of each by its tag; hostile ones stay inside. */
function directory(tiff: Uint8Array): { view: DataView; little: boolean; entries: Map<number, number> } {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const entries = new Map<number, number>();
  const little = tiff[0] === 0x49;
  if (tiff.length < 8) return { view, little, entries };
  const start = view.getUint32(4, little);
  if (start + 2 > tiff.length) return { view, little, entries };
  const count = view.getUint16(start, little);
  for (let n = 0, at = start + 2; n < count && at + ENTRY_BYTES <= tiff.length; n += 1, at += ENTRY_BYTES) {
    entries.set(view.getUint16(at, little), at);
  }
  return { view, little, entries };
}

/** Which way is up, 1 to 8; 1 (as it is) when it is not said, or badly. */
export function readOrientation(tiff: Uint8Array): number {
  const { view, little, entries } = directory(tiff);
  const at = entries.get(ORIENTATION);
  const value = at === undefined ? 1 : view.getUint16(at + 8, little);
  return value >= 1 && value <= 8 ? value : 1;
}

/** Says whether a position is written. */
export const tellsPlace = (tiff: Uint8Array): boolean => directory(tiff).entries.has(GPS);

/** A TIFF directory that says the orientation and nothing else. */
export function writeOrientation(orientation: number): Uint8Array<ArrayBuffer> {
  const tiff = new Uint8Array(8 + 2 + ENTRY_BYTES + 4);
  const view = new DataView(tiff.buffer);
  tiff.set([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1]);
  view.setUint16(10, ORIENTATION);
  view.setUint16(12, 3); // a 16-bit number…
  view.setUint32(14, 1); // …and one of them
  view.setUint16(18, orientation);
  return tiff;
}
