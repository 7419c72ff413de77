import { useId } from 'react';
import { switchKeys, useKeysOn } from '../../lib/browser/key-switch.ts';
import { type Theme, chooseTheme, useTheme } from '../../lib/browser/theme.ts';

const THEMES: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** What is kept in this browser alone, for whoever uses it. */
export function ThisBrowser() {
  const theme = useTheme();
  const areKeysOn = useKeysOn();
  const name = useId();
  return (
    <>
      <p className="settings-lede">Kept in this browser only. It changes nothing for anybody else.</p>
      <fieldset className="choices">
        <legend>Theme</legend>
        {THEMES.map(([value, word]) => (
          <label key={value}>
            <input type="radio" name={name} checked={theme === value} onChange={() => chooseTheme(value)} />
            {word}
          </label>
        ))}
      </fieldset>
      <fieldset className="choices">
        <legend>Keyboard</legend>
        <label>
          <input type="checkbox" checked={areKeysOn} onChange={(event) => switchKeys(event.target.checked)} />
          Single keys act on the page
        </label>
        <p className="note">
          Such as <kbd>j</kbd> and <kbd>k</kbd> to move, <kbd>a</kbd> to approve the row under the cursor,{' '}
          <kbd>?</kbd> to list them. Switch them off if you speak to your computer, or if they get in your
          way. <kbd>Ctrl</kbd> <kbd>K</kbd> works either way.
        </p>
      </fieldset>
    </>
  );
}
