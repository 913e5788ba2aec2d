import type { Problem } from '../model/problem.ts'
import type { MetricHistory } from '../model/metric.ts'
import { fileProblems, historyFiles, readHistoryFile } from './history-files.ts'
import { metricDays, readLines } from './history-lines.ts'

/**
 * The finished days of each metric, by `<component>.<metric>`, oldest first. A line that cannot be read is an error that
 * names it, and the rest is read; of a day that stands there twice, the first counts.
 */
export function readMetricHistory(root: string): {
  metrics: Record<string, MetricHistory>
  problems: Problem[]
} {
  const found = historyFiles(root, ['metrics'])
  const problems = fileProblems(found)
  const byMetric = Map.groupBy(found.files, ({ component }) => component)
  const metrics: Record<string, MetricHistory> = {}
  for (const [metric, files] of byMetric) {
    const days = new Map<string, MetricHistory[number]>()
    for (const file of files)
      for (const each of readLines(readHistoryFile(root, file), metricDays.schema)) {
        if (each.state === 'bad')
          problems.push({
            level: 'error',
            file: file.path,
            line: each.number,
            column: 1,
            message: each.reason,
          })
        if (each.state !== 'read') continue
        const key = `${each.line.d} ${file.writer}`
        if (!days.has(key)) days.set(key, { ...each.line, writer: file.writer })
      }
    metrics[metric] = [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, day]) => day)
  }
  return { metrics, problems }
}
