/**
 * A ZIP archive made in the browser, its files as they are: documents are compressed already.
 * Source: APPNOTE.TXT 6.3.10, 4.3; below 4 GiB and 65,535 files, which a choice never reaches.
 */

export interface ZipEntry {
  name: string;
  bytes: ArrayBuffer;
  /** Of the care, `YYYY-MM-DD`. */
  day: string;
}

const VERSION = 20;
const NAMES_IN_UTF8 = 1 << 11;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** Little-endian numbers, each of a number of bytes. */
function fields(...pairs: [number, 2 | 4][]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(pairs.reduce((all, [, size]) => all + size, 0)));
  let at = 0;
  for (const [value, size] of pairs) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

/** The archive's own calendar begins in 1980. */
function dosDay(day: string): number {
  const [year = 1980, month = 1, date = 1] = day.split("-").map(Number);
  return year < 1980 ? 0x21 : ((year - 1980) << 9) | (month << 5) | date;
}

/** Gives every file a name of its own, whatever the case: « Bilan.pdf », « Bilan (2).pdf ». */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const dot = name.lastIndexOf(".");
    let free = name;
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name.slice(0, dot)} (${n})${name.slice(dot)}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

export function zip(entries: readonly ZipEntry[]): Blob {
  const body: BlobPart[] = [];
  const directory: BlobPart[] = [];
  const names = distinct(entries.map(({ name }) => name));
  let at = 0;
  let directorySize = 0;
  for (const [index, { bytes, day }] of entries.entries()) {
    const name = new TextEncoder().encode(names[index]);
    const size = bytes.byteLength;
    const common: [number, 2 | 4][] = [
      [VERSION, 2], [NAMES_IN_UTF8, 2], [0, 2], [0, 2], [dosDay(day), 2],
      [crc32(new Uint8Array(bytes)), 4], [size, 4], [size, 4], [name.length, 2], [0, 2],
    ];
    const local = fields([LOCAL, 4], ...common);
    const central = fields([CENTRAL, 4], [VERSION, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]);
    body.push(local, name, bytes);
    directory.push(central, name);
    at += local.length + name.length + size;
    directorySize += central.length + name.length;
  }
  const count = entries.length;
  const end = fields([END, 4], [0, 2], [0, 2], [count, 2], [count, 2], [directorySize, 4], [at, 4], [0, 2]);
  return new Blob([...body, ...directory, end], { type: "application/zip" });
}
