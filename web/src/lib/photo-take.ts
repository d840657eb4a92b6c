/** Photos made into the pages of one document, and the document of these pages: loaded with the first photo. */
import { pdfOf } from "./photo-pdf";
import { sheetOf } from "./photo-sheet";
import { keepPhoto, trayOf } from "./photo-tray";
import type { Role } from "./upload-queue";

export const PAGES_MAX = 20;

/** Makes photos into pages, one at a time: each is large in memory. Says what could not be. */
export async function addPhotos(pid: string, files: Blob[], role: Role): Promise<{ unreadable: number; tooMany: boolean }> {
  const tray = trayOf(pid);
  const { photos, preparing } = tray.value;
  const taken = files.slice(0, Math.max(0, PAGES_MAX - photos.length - preparing));
  let unreadable = 0;
  tray.value = { photos, preparing: preparing + taken.length };
  for (const file of taken) {
    try {
      await keepPhoto(pid, await sheetOf(file), role);
    } catch {
      unreadable += 1;
    }
    tray.value = { ...tray.value, preparing: tray.value.preparing - 1 };
  }
  return { unreadable, tooMany: taken.length < files.length };
}

/** One document of all the pages; nothing of what was cut off is in it. */
export const documentOf = (pid: string): Blob =>
  pdfOf(
    trayOf(pid).value.photos.map(({ cut, turn, ...whole }) => {
      const { jpeg, width, height } = cut ?? whole;
      return { jpeg, width, height, turn };
    }),
  );
