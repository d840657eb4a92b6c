/** What can be known of a file before it is sent: its kind, its title, its date, its hash. */
import { parisDay } from "./format";
import { isFuture } from "./dates";
import { fold } from "./fold";
import { isHeic } from "./heic";

/** What goes whole; above, a document goes in parts. */
export const MAX_BYTES = 4 * 1024 * 1024;
/** The longest document. */
export const MOST_BYTES = 25 * 1024 * 1024;
/** Above this, the bytes travel raw after the description. */
export const INLINE_BYTES = 3 * 1024 * 1024;

export const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/** What the file chooser shows. HEIC is left out: a phone then gives the photo as a JPEG by itself. */
export const ACCEPT =
  `application/pdf,image/jpeg,image/png,image/tiff,text/plain,text/rtf,.rtf,${DOCX},.docx,text/xml,application/xml`;

export type Format =
  | "application/pdf"
  | "image/jpeg"
  | "image/png"
  | "image/tiff"
  | "image/heic"
  | "text/rtf"
  | typeof DOCX
  | "text/plain"
  | "text/xml";

const starts = (bytes: Uint8Array, ...magic: number[]) =>
  magic.every((value, index) => bytes[index] === value);

/** Decides the kind by content, never by name; null when the kind is not accepted. */
export function sniff(bytes: Uint8Array): Format | null {
  if (starts(bytes, 0x25, 0x50, 0x44, 0x46, 0x2d)) return "application/pdf";
  if (starts(bytes, 0xff, 0xd8, 0xff)) return "image/jpeg";
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (starts(bytes, 0x49, 0x49, 0x2a, 0) || starts(bytes, 0x4d, 0x4d, 0, 0x2a)) return "image/tiff";
  if (isHeic(bytes)) return "image/heic";
  if (starts(bytes, 0x7b, 0x5c, 0x72, 0x74, 0x66, 0x31)) return "text/rtf";
  if (starts(bytes, 0x50, 0x4b, 3, 4)) return isDocx(bytes) ? DOCX : null;
  const text = readText(bytes);
  if (text === null) return null;
  if (/<(?:\w+:)?ClinicalDocument[\s>]/.test(text.slice(0, 65_536))) return "text/xml";
  return /^\s*<(?:!doctype|html|svg|\?xml)/i.test(text) ? null : "text/plain";
}

/** Says whether an archive names the parts of a Word document; the server looks into it. */
function isDocx(bytes: Uint8Array): boolean {
  const names = new TextDecoder("latin1").decode(bytes);
  return names.includes("[Content_Types].xml") && names.includes("word/document.xml");
}

/** Formats that a page shows by itself; the others are for downloading. */
const SHOWN = new Set<string>(["application/pdf", "image/jpeg", "image/png", "text/plain"]);

export const isShown = (format: string) => SHOWN.has(format);

/** A photo that every browser can draw again. */
export const isPicture = (format: Format | null) => format === "image/jpeg" || format === "image/png";

function readText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** A title from a file name: without extension, date or separators. */
export function proposeTitle(name: string): string {
  const plain = name
    .normalize("NFC")
    .replace(/\.[a-z0-9]{1,5}$/i, "")
    .replace(/(?:19|20)\d{2}[-_.]?\d{2}[-_.]?\d{2}/g, " ")
    .replace(/\d{2}[-_.]\d{2}[-_.](?:19|20)\d{2}/g, " ")
    .replace(/[_\-.]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (!plain || /^(?:img|dsc|pxl|scan|image|photos?)?[\s\d]*$/i.test(plain)) return "";
  return (plain.charAt(0).toUpperCase() + plain.slice(1)).slice(0, 200);
}

/** A date from a file name, or the day the file was last changed; `YYYY-MM-DD`. */
export function proposeDate(name: string, lastModified: number): string {
  const iso = /((?:19|20)\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])/.exec(name);
  const french = /(0[1-9]|[12]\d|3[01])[-_.](0[1-9]|1[0-2])[-_.]((?:19|20)\d{2})/.exec(name);
  const found = iso
    ? `${iso[1]}-${iso[2]}-${iso[3]}`
    : french && `${french[3]}-${french[2]}-${french[1]}`;
  return found && !isFuture(found) ? found : parisDay(new Date(lastModified));
}

const HINTS: [RegExp, string][] = [
  [/ordonnance|prescription|traitement/, "prescription"],
  [/radio|irm|scanner|echo|imagerie|mammo/, "imaging"],
  [/analyse|bilan|biolog|sang|labo|resultat/, "biology"],
  [/vaccin|depist|prevention/, "prevention"],
  [/certificat|aptitude/, "certificate"],
  [/attestation|carte|mutuelle/, "administrative"],
  [/directives/, "directives"],
  [/compte rendu|consultation|courrier|lettre|\bcr\b/, "report"],
];

/** The family of document a file name speaks of, if any. */
export const proposeFamily = (name: string): string | null =>
  HINTS.find(([words]) => words.test(fold(name).replace(/[_\-.]/g, " ")))?.[1] ?? null;

/** The SHA-256 of the bytes, in lower-case hexadecimal. */
export async function sha256(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of a base64, or null if it is none. */
export function bytesOf(text: string): ArrayBuffer | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.codePointAt(0) ?? 0).buffer;
  } catch {
    return null;
  }
}

/** Base64 of the bytes, by slices so that the call stack stays small. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** A smaller JPEG of a photo, readable as a page; drops the place and camera it carried. */
export async function shrinkPhoto(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file);
  const ratio = Math.min(1, 2400 / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * ratio);
  canvas.height = Math.round(picture.height * ratio);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no image"))), "image/jpeg", 0.82);
  });
}

const EXTENSIONS: Record<string, string> = {
  "application/pdf": "pdf",
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/tiff": "tif",
  "image/heic": "heic",
  "text/rtf": "rtf",
  [DOCX]: "docx",
  "text/plain": "txt",
  "text/xml": "xml",
};

/** « 2026-11-23 Compte rendu – Dr Martin.pdf »: safe on every file system. */
export function downloadName(
  date: string,
  title: string,
  author: string | null,
  format: string,
): string {
  const stem = [`${date} ${title}`, author].filter(Boolean).join(" – ");
  const clean = stem
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 120);
  return `${clean}.${EXTENSIONS[format] ?? "bin"}`;
}

/** Reads a text as the server found it: UTF-8, or what Windows wrote before. */
export function textOf(bytes: BufferSource): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** They make a reader see another order than the one written: "5,1" may look like "1,5". */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/gu;

export const withoutTurns = (text: string) => text.replace(TURNS, "");
