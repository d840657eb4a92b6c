/** An image from memory: zoom to 400 %, rotation; fingers pinch it as any page. */
import { useEffect, useState } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { Button } from "./button";
import { zoomed } from "../lib/zoom";

export function ImageView({ bytes, format, title }: { bytes: ArrayBuffer; format: string; title: string }) {
  const [address, setAddress] = useState<string | null>(null);
  const [zoom, setZoom] = useState(100);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    const url = URL.createObjectURL(new Blob([bytes], { type: format }));
    setAddress(url);
    return () => URL.revokeObjectURL(url);
  }, [bytes, format]);

  return (
    <section class="viewer" aria-label={t.document.viewer}>
      <div class="viewer-tools" role="group" aria-label={t.document.viewer}>
        <Button kind="quiet" icon="zoom-out" label={t.document.zoomOut} onPress={() => setZoom(zoomed(zoom, -1))}>
          <span class="tool-word">{t.document.zoomOut}</span>
        </Button>
        <p class="viewer-zoom">{t.document.zoom(zoom)}</p>
        <Button kind="quiet" icon="zoom-in" label={t.document.zoomIn} onPress={() => setZoom(zoomed(zoom, 1))}>
          <span class="tool-word">{t.document.zoomIn}</span>
        </Button>
        <Button kind="quiet" icon="rotate-cw" label={t.document.rotate} onPress={() => setTurn((turn + 90) % 360)}>
          <span class="tool-word">{t.document.rotate}</span>
        </Button>
      </div>
      <div class="sheet" tabIndex={0} role="group" aria-label={t.document.viewer}>
        {address && (
          <img
            class="picture"
            src={address}
            alt={t.document.imageAlt(title)}
            style={{ width: `${zoom}%`, transform: `rotate(${turn}deg)` }}
          />
        )}
      </div>
    </section>
  );
}
