import { useAutomation } from '../../api/guards/automation.ts';
import { Glyph } from '../../ui/glyphs/glyph.tsx';

/** Automation holds still because too much is unhealthy at once. */
export function AutomationNote() {
  const halted = useAutomation()?.halted ?? null;
  if (halted === null) return null;
  return (
    <p className="note mt-2" role="status">
      <Glyph look={{ shape: 'triangle', tone: 'warn' }} /> Automation holds still. {halted.because}
    </p>
  );
}
