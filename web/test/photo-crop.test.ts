import { describe, expect, it } from "vitest";
import { type Crop, WHOLE, areaOf, edgesAt, isWhole, mostOf, turned, unturned, withEdge } from "../src/lib/photo-crop";

const crop: Crop = { top: 10, right: 20, bottom: 30, left: 40 };

describe("the crop of a photo", () => {
  it("is seen turned as the photo is, and comes back", () => {
    expect(turned(crop, 90)).toEqual({ right: 10, bottom: 20, left: 30, top: 40 });
    expect(turned(crop, 180)).toEqual({ bottom: 10, left: 20, top: 30, right: 40 });
    for (const turn of [0, 90, 180, 270] as const) expect(unturned(turned(crop, turn), turn)).toEqual(crop);
  });

  it("leaves a tenth between two edges, whatever is asked", () => {
    expect(mostOf(crop, "top")).toBe(60);
    expect(withEdge(crop, "top", 99).top).toBe(60);
    expect(withEdge(crop, "left", -3).left).toBe(0);
    expect(withEdge(crop, "bottom", 12.4).bottom).toBe(12);
  });

  it("is an area of the picture's own pixels", () => {
    expect(areaOf(crop, 1000, 500)).toEqual({ x: 400, y: 50, width: 400, height: 300 });
    expect(areaOf(WHOLE, 333, 1)).toEqual({ x: 0, y: 0, width: 333, height: 1 });
    expect(areaOf(withEdge(WHOLE, "left", 90), 3, 3)).toEqual({ x: 3, y: 0, width: 1, height: 3 });
    expect([isWhole(WHOLE), isWhole(crop)]).toEqual([true, false]);
  });

  it("is moved by the edge, or the two of a corner, that a finger is near", () => {
    const size = { width: 100, height: 100 };
    expect(edgesAt(crop, { x: 60, y: 12 }, size, 15)).toEqual(["top"]);
    expect(edgesAt(crop, { x: 78, y: 66 }, size, 15)).toEqual(["right", "bottom"]);
    expect(edgesAt(crop, { x: 60, y: 40 }, size, 15)).toEqual([]);
    expect(edgesAt(withEdge(crop, "top", 60), { x: 60, y: 64 }, size, 15)).toEqual(["top"]);
  });
});
