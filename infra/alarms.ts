import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  TreatMissingData,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'

/** The page with one heading per alarm. */
export const RUNBOOK = 'docs/runbook.md'

export interface RunbookAlarm {
  /** Heading of the runbook, as the anchor that its page gives it. */
  readonly anchor: string
  readonly says: string
  readonly metric: IMetric
  readonly threshold: number
  readonly comparison: ComparisonOperator
  readonly missing: TreatMissingData
  readonly topic: ITopic
}

/** An alarm that tells whom it wakes what to do: its description links to the runbook. */
export function alarm(scope: Construct, id: string, spec: RunbookAlarm): Alarm {
  const made = new Alarm(scope, id, {
    alarmDescription: `${spec.says}. See ${RUNBOOK}#${spec.anchor}`,
    metric: spec.metric,
    threshold: spec.threshold,
    comparisonOperator: spec.comparison,
    treatMissingData: spec.missing,
    evaluationPeriods: 1,
  })
  made.addAlarmAction(new SnsAction(spec.topic))
  made.addOkAction(new SnsAction(spec.topic))
  return made
}

export const FIVE_MINUTES = Duration.minutes(5)
