import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  Runtime,
  type ILayerVersion,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { FunctionName } from '../../functions/config-names.ts'

export interface PlatformFunctionProps {
  readonly name: FunctionName
  /** Folder of the bundled code. */
  readonly code: string
  readonly timeoutSeconds: number
  readonly memoryMb: number
  readonly environment: Readonly<Record<string, string>>
  readonly grants: readonly PolicyStatement[]
  readonly layers?: readonly ILayerVersion[]
}

/** A function with a log group and a role of its own, which may do what its grants say and no more. */
export class PlatformFunction extends Construct {
  readonly handler: LambdaFunction

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Argosy ${props.name}`,
    })
    // AWS's managed policy would let it write to every log group of the account.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    )
    for (const grant of props.grants) role.addToPolicy(grant)
    this.handler = new LambdaFunction(this, 'Function', {
      description: `Argosy ${props.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.code),
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMb,
      environment: { ...props.environment },
      layers: [...(props.layers ?? [])],
      role,
      logGroup,
    })
  }
}
