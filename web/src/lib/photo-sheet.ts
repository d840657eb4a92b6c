/**
 * A photo made into a page: upright as its EXIF says, as large as a sheet needs to be read and printed,
 * and drawn again, so that nothing but the picture stays: neither place nor camera.
 */
import { type Area, WHOLE, type Crop, areaOf } from "./photo-crop";
import type { Sheet } from "./photo-pdf";

/** Some 200 points an inch on A4: small print stays readable. */
const SIDES = [2339, 2339, 2339, 2000, 1654];
const QUALITIES = [0.8, 0.68, 0.55, 0.5, 0.45];
/** Five pages stay under 5 MB. */
const PAGE_BYTES = 980_000;

const asJpeg = (canvas: HTMLCanvasElement, quality: number): Promise<Blob> =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no image"))), "image/jpeg", quality);
  });

function drawn(picture: ImageBitmap | HTMLCanvasElement, side: number, area: Area): HTMLCanvasElement {
  const ratio = Math.min(1, side / Math.max(area.width, area.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(area.width * ratio));
  canvas.height = Math.max(1, Math.round(area.height * ratio));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  // What is transparent would be black in a JPEG.
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, area.x, area.y, area.width, area.height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Makes the page of what is kept of a photo; raises when the browser cannot read it. */
export async function sheetOf(photo: Blob, crop: Crop = WHOLE): Promise<Sheet> {
  const picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
  let canvas = drawn(picture, SIDES[0] as number, areaOf(crop, picture.width, picture.height));
  picture.close();
  for (let step = 0; ; step += 1) {
    const jpeg = await asJpeg(canvas, QUALITIES[step] as number);
    const side = SIDES[step + 1];
    if (jpeg.size <= PAGE_BYTES || side === undefined) {
      return { jpeg, width: canvas.width, height: canvas.height, turn: 0 };
    }
    canvas = drawn(canvas, side, areaOf(WHOLE, canvas.width, canvas.height));
  }
}
