import { useRouter } from '@tanstack/react-router';
import type { NavPlace } from './root.ts';

export interface NavPage extends NavPlace {
  readonly to: string;
}

/**
 * The pages of the navigation, by the routes that are registered. They are asked of the router: what is drawn around every
 * page cannot import the pages.
 */
export function useNavigation(): readonly NavPage[] {
  return Object.values(useRouter().routesById).flatMap((route) => {
    const { nav } = route.options.staticData ?? {};
    return nav === undefined ? [] : [{ ...nav, to: route.fullPath }];
  });
}

/** Whether an address belongs to a page of the navigation. */
export const isUnder = ({ to, alsoAt = [] }: NavPage, path: string): boolean =>
  to === '/'
    ? path === '/' || alsoAt.some((beginning) => path.startsWith(beginning))
    : [to, ...alsoAt].some((beginning) => path === beginning || path.startsWith(`${beginning}/`));
