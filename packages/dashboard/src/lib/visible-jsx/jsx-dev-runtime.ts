import { jsxDEV as reactJsxDev } from 'react/jsx-dev-runtime';
import { shownProps } from './shown-props.ts';

/** The same as `jsx-runtime.ts`, as it is compiled to while the dashboard is developed and tested. */
export { Fragment } from 'react/jsx-dev-runtime';
export type { JSX } from 'react/jsx-dev-runtime';

export const jsxDEV: typeof reactJsxDev = (type, props, ...rest) =>
  reactJsxDev(type, shownProps(props as object), ...rest);
