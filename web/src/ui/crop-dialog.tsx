/** The part of a photo that is kept: four edges, moved by a finger on the picture or one by one. */
import { useEffect, useRef, useState } from "preact/hooks";
import { catalogue } from "../catalogue";
import { photos as t } from "../catalogue/photos";
import { EDGES, EDGE_MAX, type Crop, type Edge, WHOLE, edgesAt, isWhole, turned, unturned, withEdge } from "../lib/photo-crop";
import { type Photo, cropPhoto } from "../lib/photo-tray";
import { announce } from "./announcer";
import { Button } from "./button";
import { Dialog } from "./dialog";

/** As much as a screen shows of it. */
const SIDE = 1200;
/** Of a finger, in CSS pixels. */
const REACH = 44;

/** Draws the whole photo as it is turned: where a finger is, is then a place of the picture. */
async function draw(canvas: HTMLCanvasElement, { jpeg, turn }: Photo) {
  const picture = await createImageBitmap(jpeg);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width * scale, picture.height * scale];
  const isLying = turn % 180 !== 0;
  canvas.width = Math.round(isLying ? height : width);
  canvas.height = Math.round(isLying ? width : height);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((turn * Math.PI) / 180);
  pen.drawImage(picture, -width / 2, -height / 2, width, height);
  picture.close();
}

/** Where a finger is: in CSS pixels, and how far in from each edge of the picture, in hundredths. */
function placeOf(event: PointerEvent) {
  const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const [x, y] = [event.clientX - left, event.clientY - top];
  const [across, down] = [(x / width) * 100, (y / height) * 100];
  return { x, y, width, height, in: { top: down, bottom: 100 - down, left: across, right: 100 - across } };
}

/** Moves the edges under the finger, from where it is put down until it is lifted. */
function useFinger(crop: Crop, change: (crop: Crop) => void) {
  const held = useRef(new Map<Edge, number>());
  const lift = () => held.current.clear();
  return {
    onPointerDown: (event: PointerEvent) => {
      const place = placeOf(event);
      // Beside its edge, a finger stays beside it.
      held.current = new Map(edgesAt(crop, place, place, REACH).map((edge) => [edge, crop[edge] - place.in[edge]]));
      if (held.current.size) (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      if (!held.current.size) return;
      const place = placeOf(event);
      let moved = crop;
      for (const [edge, beside] of held.current) moved = withEdge(moved, edge, place.in[edge] + beside);
      change(moved);
    },
    onPointerUp: lift,
    onPointerCancel: lift,
  };
}

function Area({ photo, number, crop, change }: { photo: Photo; number: number; crop: Crop; change: (crop: Crop) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const finger = useFinger(crop, change);
  useEffect(() => {
    if (canvas.current) draw(canvas.current, photo).catch(reportError);
  }, [photo]);
  const kept = EDGES.map((edge) => `${crop[edge]}%`).join(" ");
  return (
    <div class="crop-area" {...finger}>
      <canvas ref={canvas} role="img" aria-label={t.alt(number)} />
      <div class="crop-kept" style={{ inset: kept }} aria-hidden="true">
        {EDGES.map((edge) => <span key={edge} class={`crop-${edge}`} />)}
      </div>
    </div>
  );
}

function EdgeSlider({ edge, crop, change }: { edge: Edge; crop: Crop; change: (crop: Crop) => void }) {
  return (
    <div class="crop-edge">
      <p class="crop-label">
        <label for={`crop-${edge}`}>{t.edges[edge]}</label>
        {crop[edge] > 0 && <span class="muted" aria-hidden="true">{t.share(crop[edge])}</span>}
      </p>
      <input
        id={`crop-${edge}`}
        type="range"
        min={0}
        max={EDGE_MAX}
        step={1}
        value={crop[edge]}
        aria-valuetext={t.cutOff(crop[edge])}
        onInput={(event) => {
          const moved = withEdge(crop, edge, Number(event.currentTarget.value));
          // What it may not reach, it does not show.
          event.currentTarget.value = String(moved[edge]);
          change(moved);
        }}
      />
    </div>
  );
}

export function CropDialog({ pid, photo, number, close }: { pid: string; photo: Photo; number: number; close: () => void }) {
  const [crop, setCrop] = useState(() => turned(photo.crop, photo.turn));
  // What is said outside an open dialog is not heard.
  const [told, setTold] = useState("");
  const keep = async () => {
    await cropPhoto(pid, photo, unturned(crop, photo.turn));
    close();
    announce(isWhole(crop) ? t.madeWhole(number) : t.cropped(number));
  };
  const restore = () => {
    setCrop(WHOLE);
    setTold(t.madeWhole(number));
    document.getElementById("crop-top")?.focus();
  };
  return (
    <Dialog title={t.cropNamed(number)} onClose={close}>
      <p class="hint">{t.cropHint}</p>
      <Area photo={photo} number={number} crop={crop} change={setCrop} />
      <div class="crop-edges">
        {(["top", "bottom", "left", "right"] as const).map((edge) => (
          <EdgeSlider key={edge} edge={edge} crop={crop} change={setCrop} />
        ))}
      </div>
      <p class="said" role="status">{told}</p>
      <div class="actions">
        <Button kind="primary" icon="check" onPress={keep}>{t.cropKeep}</Button>
        {!isWhole(crop) && <Button icon="undo-2" onPress={restore}>{t.restore}</Button>}
        <Button kind="quiet" onPress={close}>{catalogue.common.cancel}</Button>
      </div>
    </Dialog>
  );
}
