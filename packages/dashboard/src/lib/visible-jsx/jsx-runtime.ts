import { jsx as reactJsx, jsxs as reactJsxs } from 'react/jsx-runtime';
import { shownProps } from './shown-props.ts';

/**
 * What every `<…>` of the dashboard is compiled to: React's own, with texts made visible on their way. So no page, button or title
 * can forget it, and what a server or a person wrote never hides anything.
 */
export { Fragment } from 'react/jsx-runtime';
export type { JSX } from 'react/jsx-runtime';

export const jsx: typeof reactJsx = (type, props, key) => reactJsx(type, shownProps(props as object), key);
export const jsxs: typeof reactJsxs = (type, props, key) => reactJsxs(type, shownProps(props as object), key);
