/** A QR code as a drawing, dark on white in every theme so that cameras read it. */
import newQrCode from "qrcode-generator";

const MARGIN = 4;
const SMALLEST = 0;

/** The dark modules of a text, each as a square of one. */
function squares(text: string): { path: string; size: number } {
  const code = newQrCode(SMALLEST, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + MARGIN} ${row + MARGIN}h1v1h-1z`;
    }
  }
  return { path, size: count + 2 * MARGIN };
}

export default function QrCode({ text, label }: { text: string; label: string }) {
  const { path, size } = squares(text);
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect class="qr-light" width={size} height={size} />
      <path class="qr-dark" d={path} />
    </svg>
  );
}
