/** Draws a component again only when one of its properties changes (preact/compat's memo, alone). */
import { Component, type ComponentType, type FunctionComponent, h } from "preact";

export function memo<P extends object>(draw: FunctionComponent<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P) {
      const now = this.props as Record<string, unknown>;
      const then = next as Record<string, unknown>;
      return [...Object.keys(now), ...Object.keys(then)].some((key) => now[key] !== then[key]);
    }

    override render() {
      return h(draw, this.props as P);
    }
  };
}
