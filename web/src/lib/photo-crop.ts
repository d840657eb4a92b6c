/** How much of a photo is cut off at each edge, in hundredths of its side. Pure. */
import type { Turn } from "./photo-pdf";

export const EDGES = ["top", "right", "bottom", "left"] as const;
export type Edge = (typeof EDGES)[number];
export type Crop = Readonly<Record<Edge, number>>;

export const WHOLE: Crop = { top: 0, right: 0, bottom: 0, left: 0 };

/** What must be left between two edges. */
const LEAST = 10;
export const EDGE_MAX = 100 - LEAST;

export const isWhole = (crop: Crop) => EDGES.every((edge) => crop[edge] === 0);

export const facing = (edge: Edge): Edge => EDGES[(EDGES.indexOf(edge) + 2) % 4] as Edge;

/** How far an edge may go in. */
export const mostOf = (crop: Crop, edge: Edge) => EDGE_MAX - crop[facing(edge)];

/** Moves an edge, as far as it may go. */
export const withEdge = (crop: Crop, edge: Edge, asked: number): Crop => ({
  ...crop,
  [edge]: Math.min(Math.max(Math.round(asked), 0), mostOf(crop, edge)),
});

/** The edges of a picture as they are once it is turned clockwise: its top is then on the right. */
export function turned(crop: Crop, turn: Turn): Crop {
  const seen = { ...crop };
  for (const [index, edge] of EDGES.entries()) seen[EDGES[(index + turn / 90) % 4] as Edge] = crop[edge];
  return seen;
}

/** The edges of the picture itself, from those that are seen of it turned. */
export const unturned = (seen: Crop, turn: Turn): Crop => turned(seen, ((360 - turn) % 360) as Turn);

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is left of a picture, in its own pixels. */
export function areaOf({ top, right, bottom, left }: Crop, width: number, height: number): Area {
  const x = Math.round((left * width) / 100);
  const y = Math.round((top * height) / 100);
  return {
    x,
    y,
    width: Math.max(1, Math.round(((100 - right) * width) / 100) - x),
    height: Math.max(1, Math.round(((100 - bottom) * height) / 100) - y),
  };
}

/** The edges within reach of a finger, at most one of two that face each other: the nearest. */
export function edgesAt(crop: Crop, at: { x: number; y: number }, size: { width: number; height: number }, reach: number): Edge[] {
  const { x, y, width, height } = areaOf(crop, size.width, size.height);
  const far: Record<Edge, number> = {
    top: Math.abs(at.y - y),
    bottom: Math.abs(at.y - y - height),
    left: Math.abs(at.x - x),
    right: Math.abs(at.x - x - width),
  };
  return EDGES.filter((edge) => far[edge] <= reach && far[edge] <= far[facing(edge)]);
}
