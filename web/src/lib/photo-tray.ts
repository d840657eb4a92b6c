/**
 * The photos of one document being made, in memory and, for a person's own, on the device: a phone may
 * drop the page while its camera is open (ADR 0034).
 */
import { type Signal, signal } from "@preact/signals";
import { idempotencyKey } from "./ids";
import { keeper } from "./kept-files";
import { type Crop, WHOLE, isWhole } from "./photo-crop";
import type { Sheet, Turn } from "./photo-pdf";
import { tellUnsent } from "./unsent";
import type { Role } from "./upload-queue";

/** A picture that the page shows, and where from. */
interface Shown {
  jpeg: Blob;
  width: number;
  height: number;
  url: string;
}

/** The whole of what was taken, and what is left of it once its edges are cut off. */
export interface Photo extends Sheet {
  place: string;
  url: string;
  kept: boolean;
  /** Of the photo before it is turned. */
  crop: Crop;
  cut: Shown | null;
}

export interface Tray {
  photos: Photo[];
  /** How many are being made into pages. */
  preparing: number;
}

const trays = new Map<string, Signal<Tray>>();

/** The photos of one record: those taken for one person are never shown for another. */
export function trayOf(pid: string): Signal<Tray> {
  const known = trays.get(pid) ?? signal<Tray>({ photos: [], preparing: 0 });
  trays.set(pid, known);
  return known;
}

const all = () => [...trays.values()].flatMap(({ value }) => value.photos);

tellUnsent("file", (leaving) => all().some(({ kept }) => leaving === "session" || !kept));

/** A page of before photos had a crop says none. */
type Kept = Pick<Photo, "place" | "width" | "height" | "turn"> & { pid: string; crop?: Crop };

const keptRows = (): Kept[] =>
  [...trays].flatMap(([pid, tray]) =>
    tray.value.photos
      .filter(({ kept }) => kept)
      .map(({ place, width, height, turn, crop }) => ({ pid, place, width, height, turn, crop })),
  );

async function takeUp({ pid, crop = WHOLE, ...row }: Kept, read: (place: string) => Promise<Blob | null>) {
  const jpeg = await read(row.place);
  if (!jpeg) return;
  const cut = await cutOf(jpeg, crop);
  put(pid, [...trayOf(pid).value.photos, { ...row, jpeg, crop, cut, kept: true, url: URL.createObjectURL(jpeg) }]);
}

/** Draws again what is left: the device keeps the photo, and where its edges are. */
async function cutOf(photo: Blob, crop: Crop): Promise<Shown | null> {
  if (isWhole(crop)) return null;
  const { sheetOf } = await import("./photo-sheet");
  const { jpeg, width, height } = await sheetOf(photo, crop);
  return { jpeg, width, height, url: URL.createObjectURL(jpeg) };
}

const device = keeper<Kept>("photos", keptRows, takeUp, () => trays.clear());

function put(pid: string, photos: Photo[]) {
  const tray = trayOf(pid);
  tray.value = { ...tray.value, photos };
  device.touch();
}

/** Puts a page at the end. */
export async function keepPhoto(pid: string, sheet: Sheet, role: Role) {
  const url = URL.createObjectURL(sheet.jpeg);
  const photo: Photo = { ...sheet, place: idempotencyKey(), url, kept: false, crop: WHOLE, cut: null };
  // As with files: not on the post of a professional.
  if (role === "patient") photo.kept = await device.keep(photo.place, sheet.jpeg);
  put(pid, [...trayOf(pid).value.photos, photo]);
}

export function removePhoto(pid: string, photo: Photo) {
  URL.revokeObjectURL(photo.url);
  if (photo.cut) URL.revokeObjectURL(photo.cut.url);
  device.drop(photo.place);
  put(pid, trayOf(pid).value.photos.filter((other) => other !== photo));
}

/** Puts a page in the place of another, if it is still there. */
const change = (pid: string, photo: Photo, changed: Photo) =>
  put(pid, trayOf(pid).value.photos.map((other) => (other === photo ? changed : other)));

export function turnPhoto(pid: string, photo: Photo) {
  change(pid, photo, { ...photo, turn: ((photo.turn + 90) % 360) as Turn });
}

/** Cuts the edges off, or puts back what was. */
export async function cropPhoto(pid: string, photo: Photo, crop: Crop) {
  const cut = await cutOf(photo.jpeg, crop);
  change(pid, photo, { ...photo, crop, cut });
  if (photo.cut) URL.revokeObjectURL(photo.cut.url);
}

/** Changes places with the page before or after it. */
export function movePhoto(pid: string, photo: Photo, by: -1 | 1) {
  const photos = trayOf(pid).value.photos.filter((other) => other !== photo);
  const at = trayOf(pid).value.photos.indexOf(photo) + by;
  put(pid, photos.toSpliced(Math.max(0, at), 0, photo));
}

export function emptyTray(pid: string) {
  for (const photo of trayOf(pid).value.photos) removePhoto(pid, photo);
}
