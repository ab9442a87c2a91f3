import type { ReportOperations } from '../../../core/measure/report-operations.ts';
import type { Dependencies } from '../../dependencies.ts';

export function createReportOperations(deps: Dependencies): ReportOperations {
  return {
    write: async (request, call) => (await import('./write-report.ts')).writeReport(deps, call, request),
    drawBoot: async (request) => (await import('./draw-boot.ts')).drawBoot(deps, request),
    history: async (request, call) => (await import('./read-history.ts')).readHistory(deps, call, request),
    exportHistory: async (request, call) => (await import('./export-history.ts')).exportHistory(deps, call, request),
  };
}
