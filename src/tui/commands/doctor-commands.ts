import type { DoctorReport } from '../../core/engine.ts';
import type { App } from '../app.ts';
import { doctorRows } from '../screens/doctor-rows.ts';
import { type AppState, withWorld } from '../state/app-state.ts';
import { arrange, cursorRow } from '../state/list-state.ts';
import type { UiCommand } from './ui-command.ts';

const targetFinding = ({ world, lists }: AppState) =>
  cursorRow(arrange(doctorRows(world.doctor.value?.findings ?? []), lists.doctor), lists.doctor)?.finding;

export const doctorCommands: readonly UiCommand[] = [
  {
    ...{ id: 'doctor-again', title: 'look for this finding again', short: 'again', group: 'view' },
    ...{ keys: ['enter'], screens: ['doctor'] },
    when: (state) => targetFinding(state) !== undefined,
    run: (app) => {
      const finding = targetFinding(app.store.get());
      if (finding !== undefined) lookAgain(app, finding.id);
    },
  },
];

function lookAgain(app: App, id: string): void {
  app.tasks.start({
    title: `look for ${id} again`,
    run: async (call) => {
      const report = await app.host.engine.doctor({ refresh: true, only: id }, call);
      app.store.set((state) => {
        const { doctor } = state.world;
        if (doctor.value === undefined) return state;
        return withWorld(state, { doctor: { ...doctor, value: withFinding(doctor.value, id, report) } });
      });
      return report.findings[0]?.summary ?? 'there is no such finding any more';
    },
  });
}

/** At its former place; gone when it was not found. */
function withFinding(before: DoctorReport, id: string, { findings, ...rest }: DoctorReport): DoctorReport {
  return { ...before, ...rest, findings: before.findings.flatMap((one) => (one.id === id ? findings : [one])) };
}
