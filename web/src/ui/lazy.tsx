/** A part of the client fetched when it is first shown; a failure is told and can be tried again. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { Offline } from "../api/problem";
import { Button } from "./button";
import { ErrorPanel, Loading } from "./states";

interface State<P> {
  Part: ComponentType<P> | null;
  failures: number;
  asked: number;
}

/** Some browsers never ask again for a file that failed once: after two failures, reload. */
function Failed({ failures, retry }: { failures: number; retry: () => void }) {
  return (
    <ErrorPanel error={new Offline()} retry={retry}>
      {failures > 1 && <Button onPress={() => location.reload()}>{t.common.reloadPage}</Button>}
    </ErrorPanel>
  );
}

/** Makes a component of a part of the client that is loaded on demand. */
export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [state, setState] = useState<State<P>>({ Part: loaded, failures: 0, asked: 0 });
    useEffect(() => {
      if (state.Part) return;
      load()
        .then((module) => {
          loaded = module.default;
          return setState((old) => ({ ...old, Part: module.default }));
        })
        .catch(() => setState((old) => ({ ...old, failures: old.failures + 1 })));
    }, [state.asked]);
    const { Part, failures, asked } = state;
    if (Part) return <Part {...props} />;
    if (failures <= asked) return <Loading lines={6} />;
    return <Failed failures={failures} retry={() => setState((old) => ({ ...old, asked: old.failures }))} />;
  };
}
