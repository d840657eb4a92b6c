/** A part of the client fetched when it is first shown; a failure is told and can be tried again. */
import { type ComponentType, Fragment, type FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { catalogue as t } from "../catalogue";
import { Offline } from "../api/problem";
import { Button } from "./button";
import { Page } from "./page";
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

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

/** Makes a whole screen that is loaded on demand: it has a title even when it did not come. */
export const lazyScreen = <P extends object>(load: Load<P>) =>
  lazy(load, ({ children }) => <Page title={t.shell.publicSpace}>{children}</Page>);

/** Makes a component of a part of the client that is loaded on demand. */
export function lazy<P extends object>(load: Load<P>, Frame: FunctionComponent = Fragment) {
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
    return (
      <Frame>
        <Failed
          failures={failures}
          retry={() => setState((old) => ({ ...old, asked: old.failures }))}
        />
      </Frame>
    );
  };
}
