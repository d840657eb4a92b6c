/** A PDF of photos, one a page: each JPEG is put in it as it is (ISO 32000-1, DCTDecode). */

/** Quarter turns, clockwise. */
export type Turn = 0 | 90 | 180 | 270;

export interface Sheet {
  jpeg: Blob;
  /** In pixels, before it is turned. */
  width: number;
  height: number;
  turn: Turn;
}

/** The long side of a sheet of A4, in points: printed, a page fills its paper. */
const LONG_SIDE = 842;

/** A JPEG in colours, as every browser writes it. */
const image = ({ jpeg, width, height }: Sheet) =>
  `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} ` +
  `/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.size} >>\nstream\n`;

function size({ width, height }: Sheet): [number, number] {
  const scale = LONG_SIDE / Math.max(width, height);
  return [Math.round(width * scale), Math.round(height * scale)];
}

const FIRST = 3;
const EACH = 3;
const pageAt = (index: number) => FIRST + index * EACH;

/** Writes the PDF; the pages are in the order of the sheets. */
export function pdfOf(sheets: Sheet[]): Blob {
  const pieces: BlobPart[] = [];
  const places: number[] = [];
  let at = 0;
  const write = (piece: string | Blob) => {
    pieces.push(piece);
    // All that is written as text is ASCII: a letter is a byte.
    at += typeof piece === "string" ? piece.length : piece.size;
  };
  const object = (...body: (string | Blob)[]) => {
    places.push(at);
    write(`${places.length} 0 obj\n`);
    for (const piece of body) write(piece);
    write("\nendobj\n");
  };

  write("%PDF-1.4\n");
  object("<< /Type /Catalog /Pages 2 0 R >>");
  const kids = sheets.map((_, index) => `${pageAt(index)} 0 R`).join(" ");
  object(`<< /Type /Pages /Kids [${kids}] /Count ${sheets.length} >>`);
  for (const [index, sheet] of sheets.entries()) {
    const [width, height] = size(sheet);
    const drawing = `q ${width} 0 0 ${height} 0 0 cm /Photo Do Q`;
    const self = pageAt(index);
    object(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Rotate ${sheet.turn} ` +
        `/Contents ${self + 1} 0 R /Resources << /XObject << /Photo ${self + 2} 0 R >> >> >>`,
    );
    object(`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`);
    object(image(sheet), sheet.jpeg, "\nendstream");
  }
  const start = at;
  const rows = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  write(`xref\n0 ${places.length + 1}\n0000000000 65535 f \n${rows}`);
  write(`trailer\n<< /Size ${places.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`);
  return new Blob(pieces, { type: "application/pdf" });
}
